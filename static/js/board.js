/* A board: cards move by keys and by the menu on each of them, and follow what colleagues do. Without this file, the menu
   is a page. Dragging is in drags.js. */

import { openDialog } from "./dialogs.js";
import { areOff } from "./keys.js";
import { token } from "./tokens.js";

export const board = () => document.querySelector(".board");
export const cardOf = (element) => element?.closest?.(".ticket");
export const laneOf = (card) => card.closest("[data-lane]");
const linkOf = (card) => card?.querySelector(".lead a");
const lanes = () => [...board().querySelectorAll(".column[data-lane]")];
const tell = (name) => window.htmx.trigger(document.body, name);

function say(text) {
  const status = document.getElementById("board-said");
  if (status && text && status.textContent !== text) status.textContent = text;
}

/* Messages are said here too: a region that arrives together with its text isn't announced by every screen reader. */
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "notice") say(event.target.querySelector(".message:last-child p")?.textContent.trim());
});

const headers = () => ({ "HX-Request": "true", "HX-Target": "board", "HX-Current-URL": location.href });

/* A card as the server draws it takes the place of the one that is shown. One that arrives in a column comes first. */
function put(card) {
  const shown = document.getElementById(card.id);
  const list = board().querySelector(`.column[data-lane="${card.dataset.column}"] > ol`);
  if (!list) return shown?.remove();
  const stays = shown?.parentElement === list;
  if (stays && shown.dataset.version === card.dataset.version && !shown.ariaBusy) return;
  const focused = shown?.contains(document.activeElement);
  if (shown?.querySelector(".tick")?.checked) card.querySelector(".tick").checked = true;
  if (stays) {
    shown.replaceWith(card);
  } else {
    shown?.remove();
    list.prepend(card);
  }
  if (!stays || shown.ariaBusy) card.dataset.arrived = "";
  if (focused) linkOf(card).focus({ preventScroll: true });
}

const parsed = (text) => new DOMParser().parseFromString(text, "text/html").body;

function apply(root) {
  for (const card of root.querySelectorAll(".ticket")) put(document.adoptNode(card));
  for (const gone of root.querySelectorAll("[data-gone]")) document.getElementById(`card-${gone.dataset.gone}`)?.remove();
}

/* Moves a card to a column at once, and puts it back if the server says so. */
export async function move(card, value, { focus = false } = {}) {
  if (card.ariaBusy || laneOf(card).dataset.lane === value) return;
  const [list, next] = [card.parentElement, card.nextElementSibling];
  const data = new FormData();
  data.set("column", value);
  data.set("version", card.dataset.version);
  data.set("csrfmiddlewaretoken", token() ?? document.querySelector("[name=csrfmiddlewaretoken]").value);
  card.ariaBusy = "true";
  board().querySelector(`.column[data-lane="${value}"] > ol`)?.prepend(card);
  const back = () => list.insertBefore(card, next?.parentElement === list ? next : null);
  const answer = await fetch(card.querySelector(".to").href, { method: "POST", body: data, headers: headers() }).catch(() => null);
  if (answer?.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
  const text = await answer?.text();
  const { id } = card;
  if (!answer?.ok) {
    back();
    card.ariaBusy = null;
    say(board().dataset.back);
    if (text) document.getElementById("notice").innerHTML = text;
  } else {
    const root = parsed(text);
    const drawn = root.querySelector(".ticket");
    if (drawn && drawn.dataset.column !== value) back();
    apply(root);
    const said = root.querySelector("p")?.textContent;
    say(said ?? board().dataset.back);
    const asks = root.querySelector("[data-asks]")?.dataset.asks;
    if (asks) return openDialog(asks, linkOf(document.getElementById(id)));
    tell("notices");
    tell("records-changed");
  }
  const place = linkOf(document.getElementById(id));
  if (focus) (place ?? linkOf(board()))?.focus();
}

/* The menu of a card. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  const card = form.closest("#inline") && document.getElementById(form.dataset.card);
  if (!card) return;
  event.preventDefault();
  document.getElementById("inline").hidePopover();
  move(card, event.submitter.value, { focus: true });
});

/* The form that a move asked for was saved. */
document.addEventListener("board-changed", () => {
  const dialog = document.getElementById("dialog");
  dialog?.close();
  look();
});

/* More cards of a column. */
document.addEventListener("click", async (event) => {
  const more = event.target.closest?.("[data-further]");
  if (!more || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (more.ariaBusy) return;
  more.ariaBusy = "true";
  const answer = await fetch(more.href, { headers: { ...headers(), "HX-Target": "further" } });
  if (!answer.ok || answer.headers.has("HX-Redirect")) return location.assign(more.href);
  const root = parsed(await answer.text());
  const list = more.parentElement.querySelector("ol");
  const cards = [...root.querySelectorAll(".ticket")].filter((card) => !document.getElementById(card.id));
  list.append(...cards);
  const next = root.querySelector("[data-further]");
  if (next) more.replaceWith(next);
  else more.remove();
  linkOf(cards[0])?.focus({ preventScroll: true });
});

/* Keys: j k h l, and the arrows on a card, walk; H and L move the card; m opens its menu. */
function walk(card, across, down) {
  const filled = lanes().filter((lane) => lane.querySelector(".ticket"));
  if (!card) return linkOf(filled[0]);
  const cards = [...laneOf(card).querySelectorAll(".ticket")];
  if (!across) return linkOf(cards[cards.indexOf(card) + down] ?? card);
  const lane = filled[filled.indexOf(laneOf(card)) + across];
  const beside = lane ? [...lane.querySelectorAll(".ticket")] : [card];
  return linkOf(lane ? beside[Math.min(cards.indexOf(card), beside.length - 1)] : card);
}

function shift(card, step) {
  const all = lanes();
  const lane = all[all.indexOf(laneOf(card)) + step];
  if (lane && card.querySelector(".to")) move(card, lane.dataset.lane, { focus: true });
}

const STEPS = { j: [0, 1], k: [0, -1], h: [-1, 0], l: [1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const ON_CARD = {
  H: (card) => shift(card, -1),
  L: (card) => shift(card, 1),
  m: (card) => card.querySelector(".to")?.click(),
  x: (card) => card.querySelector(".tick")?.click(),
  o: (card) => linkOf(card).click(),
  e: (card) => location.assign(`${linkOf(card).pathname}/edit`),
};

window.addEventListener(
  "keydown",
  (event) => {
    if (!board() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (document.querySelector("dialog[open], [popover]:popover-open:not(#rail)")) return;
    const card = cardOf(document.activeElement);
    if (event.key.length === 1 && areOff()) return;
    const step = (card || event.key.length === 1) && STEPS[event.key];
    const act = card && ON_CARD[event.key];
    if (!step && !act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (act) return act(card);
    const link = walk(card, ...step);
    link?.focus();
    cardOf(link)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  },
  true,
);

/* What colleagues changed: a small question every few seconds, which mostly has no answer. Never in a hidden tab. */
const EVERY = 3500; // milliseconds
const LONGEST = 60_000;
const MOST = 700; // cards that fit into an address; with more, the board is read again as a whole
let timer = 0;
let wait = EVERY;
let counted = 0;
let stale = false;

function address(box) {
  const ids = [...box.querySelectorAll(".ticket")].map((card) => Number(card.id.slice(5))).sort((a, b) => a - b);
  // Only the steps between the numbers, which are short.
  const steps = ids.map((id, place) => (id - (ids[place - 1] ?? 0)).toString(36)).join(".");
  return `${box.dataset.changes}&seen=${box.dataset.seen}${ids.length > MOST ? "" : `&shown=${steps}`}`;
}

async function ask(box) {
  const answer = await fetch(address(box), { headers: headers() }).catch(() => null);
  // Signed out: the next click says so.
  if (answer?.headers.has("HX-Redirect")) return 0;
  if (!answer?.ok) return Math.min(wait * 2, LONGEST);
  const seen = answer.headers.get("Board-Seen");
  if (answer.status === 205) {
    window.htmx.ajax("GET", location.href, { target: "#records", swap: "innerHTML" });
  } else if (box.isConnected && !box.dataset.moving) {
    box.dataset.seen = seen;
    if (answer.status === 200) apply(parsed(await answer.text()));
  }
  // Counting costs more than looking.
  stale ||= answer.status !== 204;
  if (stale && Date.now() - counted > 3 * EVERY) {
    [counted, stale] = [Date.now(), false];
    tell("records-changed");
  }
  return EVERY;
}

async function look() {
  clearTimeout(timer);
  const box = board();
  if (document.hidden || !box) return;
  wait = "moving" in box.dataset ? EVERY : await ask(box);
  clearTimeout(timer);
  if (wait && !document.hidden) timer = setTimeout(look, wait);
}

if (board()) {
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", (event) => event.persisted && look());
  timer = setTimeout(look, EVERY);
  if (location.hash.startsWith("#card-")) linkOf(document.getElementById(location.hash.slice(1)))?.focus();
}
