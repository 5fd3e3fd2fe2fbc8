/* A row of an ordered table or list that is dragged by its grip to another place; Escape puts it back. In a list that is part of
   a form, its buttons and the arrow keys on them move it too, and its field gets the place; elsewhere, the server moves it. */

const EDGE = 48;

let drag = null;

const rowsOf = (list) => [...list.children].filter((row) => "row" in row.dataset);
const others = () => rowsOf(drag.row.parentElement).filter((row) => row !== drag.row);
const rowBefore = (row) => rowsOf(row.parentElement)[rowsOf(row.parentElement).indexOf(row) - 1] ?? null;

/* The row that the dragged one would follow; none at the beginning. */
function rowAbove(y) {
  const above = others().filter((row) => {
    const { top, height } = row.getBoundingClientRect();
    return top + height / 2 < y;
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
  const list = row.parentElement;
  const all = rowsOf(list);
  for (const [place, one] of all.entries()) one.querySelector("[type=number]").value = place + 1;
  const said = document.getElementById(list.dataset.ordered);
  const words = [row.dataset.label, all.indexOf(row) + 1, all.length];
  said.textContent = said.dataset.said.replace(/\{(\d)\}/g, (_, number) => words[number]);
}

/* From the server, the page comes back in the new order. */
function drop() {
  const { row, after, first } = drag;
  const [next] = others();
  end();
  if (after === first) return;
  if (after) after.after(row);
  else next.before(row);
  if ("ordered" in row.parentElement.dataset) return count(row);
  const form = document.getElementById("order");
  for (const [name, value] of [["row", row.dataset.row], ["after", after?.dataset.row ?? ""]]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  form.requestSubmit();
}

/* One place up or down; the button keeps the focus. */
function step(button, by) {
  const row = button.closest("[data-row]");
  const all = rowsOf(row.parentElement);
  const other = all[all.indexOf(row) + by];
  if (!other) return;
  if (by < 0) other.before(row);
  else other.after(row);
  button.focus();
  row.scrollIntoView({ block: "nearest" });
  count(row);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-ordered] [data-by]");
  if (button) step(button, Number(button.dataset.by));
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const button = by && event.target.closest?.("[data-ordered] [data-by]");
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
  drag = { row, first, after: first, id: event.pointerId, y: event.clientY, scrolled: box.scrollTop };
  grip.setPointerCapture(event.pointerId);
  row.dataset.dragged = "";
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drag?.id) return;
  const [box, top, bottom] = edges(drag.row.parentElement);
  if (event.clientY > bottom - EDGE) box.scrollBy(0, EDGE / 4);
  if (event.clientY < top + EDGE) box.scrollBy(0, -EDGE / 4);
  drag.row.style.translate = `0 ${event.clientY - drag.y + box.scrollTop - drag.scrolled}px`;
  mark(rowAbove(event.clientY));
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
