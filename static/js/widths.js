/* The end of a header is a handle that changes the width of its column: with the mouse, a pen, a finger, or arrow keys. */

import { HEAD, headsOf, labelOf, menuOf, nameOf, save, say, tableOf, words } from "./columns.js";

const LEAST = 6;
const MOST = 96;
const STEP = parseFloat(getComputedStyle(document.documentElement).fontSize) / 2;
const PATIENCE = 400;
// How far from the end of a header a press is meant for the handle, in pixels.
const NEAR = { touch: 20, pen: 12, mouse: 8 };

/* One handle serves all headers: it goes to the one with the pointer or the focus. */
const handle = document.createElement("span");
handle.className = "resizes";
handle.role = "separator";
handle.tabIndex = 0;
handle.ariaOrientation = "vertical";
handle.ariaValueMin = LEAST;
handle.ariaValueMax = MOST;

let dragged = null;
let changed = {};
let later = 0;

const bounded = (steps) => Math.max(LEAST, Math.min(MOST, Math.round(steps)));
const stepsOf = (head) => bounded(head.offsetWidth / STEP);

function goTo(head) {
  if (dragged || document.activeElement === handle) return;
  if (handle.parentNode !== head) head.append(handle);
  handle.ariaLabel = words(tableOf(head), "handle", labelOf(head));
  handle.ariaValueNow = stepsOf(head);
}

/* All columns keep the width that they have now, so that only one changes. */
function freeze(table) {
  if ("sized" in table.dataset) return;
  const found = headsOf(table).map((head) => [head, stepsOf(head)]);
  for (const [head, steps] of found) set(head, steps);
  table.dataset.sized = "";
}

function set(head, steps) {
  head.dataset.width = String(steps).padStart(2, "0");
  changed[`width-${nameOf(head)}`] = steps;
}

export function resize(head, steps) {
  freeze(tableOf(head));
  set(head, bounded(steps));
  if (handle.parentNode === head) handle.ariaValueNow = bounded(steps);
  fit();
}

/* Without a width of their own, columns are as wide as the stylesheet says. */
function reset(head) {
  delete head.dataset.width;
  changed[`width-${nameOf(head)}`] = "";
  const table = tableOf(head);
  if (!table.querySelector("th[data-width]")) delete table.dataset.sized;
  handle.ariaValueNow = stepsOf(head);
  fit();
}

function keep(head) {
  clearTimeout(later);
  if (Object.keys(changed).length) save(head, changed);
  changed = {};
}

function keepSoon(head) {
  clearTimeout(later);
  later = setTimeout(keep, PATIENCE, head);
}

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const head = event.target.closest?.(HEAD);
    if (head && event.target !== handle && event.pointerType !== "touch") goTo(head);
  });
}

const KEYS = {
  ArrowLeft: (steps) => steps - 1,
  ArrowRight: (steps) => steps + 1,
  Home: () => LEAST,
  End: () => MOST,
};

handle.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  const head = handle.parentNode;
  resize(head, KEYS[event.key](stepsOf(head)));
  keepSoon(head);
});
handle.addEventListener("blur", () => handle.parentNode && keep(handle.parentNode));
handle.addEventListener("dblclick", () => {
  reset(handle.parentNode);
  keep(handle.parentNode);
});

/* Whether a press on this header is one on its end. */
export function atEnd(head, event) {
  return event.target === handle || head.getBoundingClientRect().right - event.clientX < NEAR[event.pointerType];
}

function stop(cancel) {
  const { head, width, before } = dragged;
  delete tableOf(head).dataset.resizing;
  dragged = null;
  if (!cancel) return keep(head);
  // As it was, also the columns that were only kept from changing.
  changed = {};
  for (const [each, was] of before) {
    if (was) each.dataset.width = was;
    else delete each.dataset.width;
  }
  if (!width) delete tableOf(head).dataset.sized;
  fit();
}

document.addEventListener("pointerdown", (event) => {
  const head = event.target.closest?.(HEAD);
  if (!head || event.button || !atEnd(head, event)) return;
  if (event.target === handle) event.preventDefault();
  else handle.blur();
  goTo(head);
  const table = tableOf(head);
  const before = headsOf(table).map((each) => [each, each.dataset.width]);
  dragged = { head, id: event.pointerId, x: event.clientX, from: head.offsetWidth, before, width: "sized" in table.dataset };
});

document.addEventListener("pointermove", (event) => {
  if (!dragged || event.pointerId !== dragged.id) return;
  const { head, x, from } = dragged;
  const table = tableOf(head);
  if (!("resizing" in table.dataset)) {
    if (Math.abs(event.clientX - x) < STEP / 2) return;
    table.dataset.resizing = "";
    handle.setPointerCapture(event.pointerId);
  }
  resize(head, (from + event.clientX - x) / STEP);
});

document.addEventListener("pointerup", (event) => dragged?.id === event.pointerId && stop(false));
document.addEventListener("pointercancel", (event) => dragged?.id === event.pointerId && stop(true));
document.addEventListener("keydown", (event) => {
  if (dragged && event.key === "Escape") stop(true);
});

/* Wider, narrower and usual in the menu of a column: the menu stays open for the next step. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#inline button[data-widens]");
  if (!button) return;
  const path = new URL(button.form.action).pathname;
  const head = [...document.querySelectorAll(HEAD)].find((each) => menuOf(each).pathname === path);
  if (!head) return;
  event.preventDefault();
  if (button.dataset.widens) resize(head, stepsOf(head) + Number(button.dataset.widens));
  else reset(head);
  say(`${words(tableOf(head), "handle", labelOf(head))}: ${stepsOf(head)}`);
  keepSoon(head);
});

/* A table that fits doesn't scroll to the side, so its header can stay at the top. */
function fit() {
  const table = document.querySelector(".records:is([data-many], [data-sized])");
  const box = table?.closest(".scroll");
  if (!box) return;
  const look = getComputedStyle(box);
  const room = box.clientWidth - parseFloat(look.paddingInlineStart) - parseFloat(look.paddingInlineEnd);
  box.toggleAttribute("data-fits", table.offsetWidth <= room + 1);
}

addEventListener("resize", fit);
document.addEventListener("htmx:afterSettle", fit);
fit();
