/* A header that is dragged to another place takes its column along; Escape puts it back. Its menu moves it too. */

import { HEAD, headsOf, labelOf, nameOf, save, say, tableOf, words } from "./columns.js";
import { atEnd } from "./widths.js";

const FAR = 6; // pixels: less than that is a click
const EDGE = 40;

const line = document.createElement("div");
line.className = "drop-line";

let move = null;
let justMoved = false;

/* The header that the dragged one would follow here: the name stays first, so there is always one. */
function placeAt(x) {
  const others = headsOf(move.table).filter((head) => head !== move.head);
  const before = others.filter((head) => {
    const { left, width } = head.getBoundingClientRect();
    return left + width / 2 < x;
  });
  return before.at(-1) ?? others[0];
}

function begin(event) {
  const { head, table } = move;
  move.going = true;
  head.setPointerCapture(event.pointerId);
  table.dataset.moving = head.dataset.dragged = "";
  line.hidden = true;
  move.box.append(line);
}

function drag(event) {
  const { head, table, box } = move;
  const { left, right } = box.getBoundingClientRect();
  if (event.clientX > right - EDGE) box.scrollLeft += EDGE / 4;
  if (event.clientX < left + EDGE) box.scrollLeft -= EDGE / 4;
  head.style.translate = `${event.clientX - move.x + box.scrollLeft - move.scrolled}px`;
  const after = placeAt(event.clientX);
  if (after === move.after) return;
  move.after = after;
  line.hidden = after === move.first;
  line.style.insetInlineStart = `${after.getBoundingClientRect().right - left + box.scrollLeft}px`;
  const heads = headsOf(table).filter((each) => each !== head);
  say(words(table, "place", labelOf(head), heads.indexOf(after) + 2, heads.length + 1));
}

function end() {
  const { head, table } = move;
  delete table.dataset.moving;
  delete head.dataset.dragged;
  head.style.translate = "";
  line.remove();
  move = null;
}

function drop() {
  const { head, table, after, first } = move;
  end();
  if (!after || after === first) return;
  const [from, to] = [head.cellIndex, after.cellIndex];
  for (const row of table.rows) row.cells[to]?.after(row.cells[from]);
  save(head, { after: nameOf(after) });
}

function cancel() {
  const text = words(move.table, "back");
  end();
  say(text);
}

document.addEventListener("pointerdown", (event) => {
  justMoved = false;
  const head = event.target.closest?.(HEAD);
  if (!head || event.button || event.ctrlKey || event.metaKey || event.shiftKey || atEnd(head, event)) return;
  const table = tableOf(head);
  const heads = headsOf(table);
  if (head === heads[0]) return;
  const box = table.closest(".scroll");
  const first = heads[heads.indexOf(head) - 1];
  move = { head, table, box, first, after: first, id: event.pointerId, x: event.clientX, scrolled: box.scrollLeft };
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== move?.id) return;
  if (!move.going && Math.abs(event.clientX - move.x) < FAR) return;
  if (!move.going) begin(event);
  drag(event);
});

document.addEventListener("pointerup", (event) => {
  if (event.pointerId !== move?.id) return;
  justMoved = move.going;
  if (move.going) drop();
  move = null;
});

document.addEventListener("pointercancel", (event) => {
  if (event.pointerId === move?.id) move.going ? cancel() : (move = null);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !move?.going) return;
    event.preventDefault();
    justMoved = true;
    cancel();
  },
  true,
);

/* The browser would drag the link in the header, or follow it after the column was dropped. */
document.addEventListener("dragstart", (event) => event.target.closest?.(HEAD) && event.preventDefault());
document.addEventListener(
  "click",
  (event) => {
    // A click by keyboard has no detail.
    if (!justMoved || !event.detail || !event.target.closest?.(".records thead")) return;
    justMoved = false;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
