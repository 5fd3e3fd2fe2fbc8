/* A row of an ordered table or list, or a card of a dashboard, that is dragged by its grip to another place; Escape puts it back. In
   a list that is part of a form, its buttons and the arrow keys on them move it too, and its field gets the place; elsewhere, the
   server moves it. A dashboard stays as it is meanwhile, so its cards aren't loaded again. */

const EDGE = 48;

let drag = null;

const rowsOf = (list) => [...list.children].filter((row) => "row" in row.dataset);
const others = () => rowsOf(drag.row.parentElement).filter((row) => row !== drag.row);
const rowBefore = (row) => rowsOf(row.parentElement)[rowsOf(row.parentElement).indexOf(row) - 1] ?? null;

const isArranged = (row) => "arranged" in row.parentElement.dataset;

/* The row that the dragged one would follow; none at the beginning. Cards are side by side. */
function rowAbove(x, y) {
  const above = others().filter((row) => {
    const { left, top, bottom, width, height } = row.getBoundingClientRect();
    if (!isArranged(row)) return top + height / 2 < y;
    return bottom < y || (top < y && left + width / 2 < x);
  });
  return above.at(-1) ?? null;
}

function mark(after) {
  for (const row of others()) delete row.dataset.drop;
  drag.after = after;
  if (after === drag.first) return;
  if (after) after.dataset.drop = "after";
  else others()[0].dataset.drop = "before";
}

function end() {
  const { row } = drag;
  mark(drag.first);
  delete row.dataset.dragged;
  row.style.translate = "";
  drag = null;
}

/* The fields of a form get the new places, and the place is said. */
function count(row) {
  for (const [place, one] of rowsOf(row.parentElement).entries()) one.querySelector("[type=number]").value = place + 1;
  say(row);
}

function say(row) {
  const list = row.parentElement;
  const all = rowsOf(list);
  const said = document.getElementById(list.dataset.ordered ?? list.dataset.arranged);
  const words = [row.dataset.label, all.indexOf(row) + 1, all.length];
  said.textContent = said.dataset.said.replace(/\{(\d)\}/g, (_, number) => words[number]);
}

const order = () => document.getElementById("order");
const waiting = [];
let sending = null;

/* One move after the other, each with the version that the answer to the one before has brought. */
function send(row, after, before) {
  waiting.push({ row, after, before });
  if (!sending) sendNext();
}

function sendNext() {
  sending = waiting.shift() ?? null;
  if (!sending) return;
  const form = order();
  for (const old of form.querySelectorAll("[name=row], [name=after]")) old.remove();
  for (const [name, value] of [["row", sending.row.dataset.row], ["after", sending.after?.dataset.row ?? ""]]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  form.requestSubmit();
}

function put(row, after) {
  if (after) after.after(row);
  else row.parentElement.prepend(row);
}

/* What the server didn't take goes back; those that wait for it too. */
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt !== order() || !sending) return;
  if (!detail.successful) for (const { row, before } of [sending, ...waiting.splice(0)].reverse()) put(row, before);
  sendNext();
});

/* From the server, the page comes back in the new order. */
function drop() {
  const { row, after, first } = drag;
  const [next] = others();
  end();
  if (after === first) return;
  if (after) after.after(row);
  else next.before(row);
  if ("ordered" in row.parentElement.dataset) return count(row);
  if (isArranged(row)) say(row);
  send(row, after, first);
}

/* One place up or down; the button keeps the focus. */
function step(button, by) {
  const row = button.closest("[data-row]");
  const all = rowsOf(row.parentElement);
  const other = all[all.indexOf(row) + by];
  if (!other) return;
  const before = rowBefore(row);
  if (by < 0) other.before(row);
  else other.after(row);
  button.focus();
  row.scrollIntoView({ block: "nearest" });
  if (!isArranged(row)) return count(row);
  say(row);
  send(row, rowBefore(row), before);
}

const STEPS = ":is([data-ordered], [data-arranged]) [data-by]";

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(STEPS);
  if (!button) return;
  event.preventDefault();
  step(button, Number(button.dataset.by));
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const button = by && event.target.closest?.(STEPS);
  if (!button) return;
  event.preventDefault();
  step(button, by);
});

/* A list may scroll by itself, such as in a dialog. */
function edges(list) {
  const { top, bottom } = list.getBoundingClientRect();
  return "ordered" in list.dataset ? [list, top, bottom] : [document.scrollingElement, 0, innerHeight];
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button || drag) return;
  event.preventDefault();
  const row = grip.closest("[data-row]");
  const first = rowBefore(row);
  const [box] = edges(row.parentElement);
  drag = { row, first, after: first, id: event.pointerId, x: event.clientX, y: event.clientY, scrolled: box.scrollTop };
  grip.setPointerCapture(event.pointerId);
  row.dataset.dragged = "";
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drag?.id) return;
  const [box, top, bottom] = edges(drag.row.parentElement);
  if (event.clientY > bottom - EDGE) box.scrollBy(0, EDGE / 4);
  if (event.clientY < top + EDGE) box.scrollBy(0, -EDGE / 4);
  const across = isArranged(drag.row) ? event.clientX - drag.x : 0;
  drag.row.style.translate = `${across}px ${event.clientY - drag.y + box.scrollTop - drag.scrolled}px`;
  mark(rowAbove(event.clientX, event.clientY));
});

document.addEventListener("pointerup", (event) => event.pointerId === drag?.id && drop());
document.addEventListener("pointercancel", (event) => event.pointerId === drag?.id && end());

window.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !drag) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    end();
  },
  true,
);
