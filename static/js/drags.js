/* A card that is dragged to another column of a board, or a task to another day, with the mouse; Escape puts it back.
   Fingers scroll, and have the card's menu or the task's page. */

import { cardOf as ticketOf, move } from "./board.js";
import { plan, writeClock } from "./planning.js";

const FAR = 6; // pixels: less than that is a click
const EDGE = 48;

/* What is dragged, in which box, and where it can be dropped. */
const BOARD = { box: ".board", lane: "[data-lane]", own: "input, .to", drop: (card, lane) => move(card, lane.dataset.lane) };
const DAYS = { box: ".calendar, #tasks", lane: "[data-day]", own: "input, button, [data-dial]", drop: (entry, lane, top) => plan(entry, lane.dataset.day, clockAt(entry, lane, top)) };

let drag = null;
let justDragged = false;

const taskOf = (element) => element?.closest?.("[data-entry], [data-task]");
const cardOf = (element) => ticketOf(element) ?? taskOf(element);
const laneOf = (card) => card.closest(drag.kind.lane);
const board = () => drag.card.closest(drag.kind.box);

/* In the hours of a day, the quarter at the upper edge of what was dropped; above them, a task is due all day. '' keeps the time. */
export function clockAt(entry, lane, top) {
  const hours = lane.querySelector(".hours");
  if (!hours || getComputedStyle(hours).position !== "relative") return "";
  const box = hours.getBoundingClientRect();
  if (top < box.top - 12) return entry.dataset.task && entry.dataset.clock ? "all_day" : "";
  const quarters = Math.round(((top - box.top) / box.height) * hours.dataset.hours * 4) + hours.dataset.first * 4;
  return writeClock(Math.min(Math.max(quarters, 0), 95) * 15);
}

/* The column under the pointer, however short it is, or the status where leads leave the board; or the day. */
function laneAt(x, y) {
  const hit = document.elementFromPoint(x, y)?.closest(drag.kind.lane);
  if (hit) return hit;
  return [...board().querySelectorAll(".column[data-lane]")].find((lane) => {
    const { left, right } = lane.getBoundingClientRect();
    return left <= x && x <= right;
  });
}

function mark(lane) {
  if (lane === drag.lane) return;
  drag.lane?.removeAttribute("data-over");
  drag.lane = lane;
  if (lane && lane !== laneOf(drag.card)) lane.dataset.over = "";
}

function begin(event) {
  drag.going = true;
  drag.card.setPointerCapture(event.pointerId);
  board().dataset.moving = drag.card.dataset.dragged = "";
}

function follow(event) {
  const box = board();
  const { left, right } = box.getBoundingClientRect();
  if (event.clientX > right - EDGE) box.scrollLeft += EDGE / 4;
  if (event.clientX < left + EDGE) box.scrollLeft -= EDGE / 4;
  if (event.clientY > innerHeight - EDGE) scrollBy(0, EDGE / 4);
  if (event.clientY < EDGE) scrollBy(0, -EDGE / 4);
  const across = event.clientX - drag.x + box.scrollLeft - drag.scrolled;
  drag.card.style.translate = `${across}px ${event.clientY - drag.y + scrollY - drag.down}px`;
  mark(laneAt(event.clientX, event.clientY));
}

function end() {
  const { card, going, lane } = drag;
  const box = board();
  drag = null;
  lane?.removeAttribute("data-over");
  if (!going) return;
  delete box.dataset.moving;
  delete card.dataset.dragged;
  card.style.translate = "";
}

document.addEventListener("pointerdown", (event) => {
  justDragged = false;
  const ticket = ticketOf(event.target);
  const card = ticket?.querySelector(".to") ? ticket : taskOf(event.target);
  const kind = card === ticket ? BOARD : DAYS;
  const box = card?.closest(kind.box);
  if (!box || event.target.closest(kind.own) || event.pointerType === "touch") return;
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || card.ariaBusy) return;
  drag = { card, kind, id: event.pointerId, x: event.clientX, y: event.clientY, scrolled: box.scrollLeft, down: scrollY };
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drag?.id) return;
  if (!drag.going && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
  if (!drag.going) begin(event);
  follow(event);
});

document.addEventListener("pointerup", (event) => {
  if (event.pointerId !== drag?.id) return;
  const { card, going, kind, lane } = drag;
  justDragged = Boolean(going);
  const { top } = card.getBoundingClientRect();
  end();
  if (going && lane) kind.drop(card, lane, top);
});

document.addEventListener("pointercancel", (event) => event.pointerId === drag?.id && end());

window.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !drag?.going) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    justDragged = true;
    end();
  },
  true,
);

/* The browser would drag the link on the card or select its text, or follow the link after the card was dropped. */
document.addEventListener("dragstart", (event) => cardOf(event.target) && event.preventDefault());
document.addEventListener("selectstart", (event) => drag && event.preventDefault());
document.addEventListener(
  "click",
  (event) => {
    if (!justDragged || !event.detail || !cardOf(event.target)) return;
    justDragged = false;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
