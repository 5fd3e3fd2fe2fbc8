/* A row of an ordered table that is dragged by its grip to another place; Escape puts it back. Its buttons move it too. */

const EDGE = 48;

let drag = null;

const others = () => [...drag.row.parentElement.rows].filter((row) => row !== drag.row);

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

/* The page comes back in the new order. */
function drop() {
  const { row, after, first } = drag;
  end();
  if (after === first) return;
  if (after) after.after(row);
  else row.parentElement.prepend(row);
  const form = document.getElementById("order");
  for (const [name, value] of [["row", row.dataset.row], ["after", after?.dataset.row ?? ""]]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  form.requestSubmit();
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button || drag) return;
  event.preventDefault();
  const row = grip.closest("tr");
  const first = row.previousElementSibling;
  drag = { row, first, after: first, id: event.pointerId, y: event.clientY, scrolled: scrollY };
  grip.setPointerCapture(event.pointerId);
  row.dataset.dragged = "";
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drag?.id) return;
  if (event.clientY > innerHeight - EDGE) scrollBy(0, EDGE / 4);
  if (event.clientY < EDGE) scrollBy(0, -EDGE / 4);
  drag.row.style.translate = `0 ${event.clientY - drag.y + scrollY - drag.scrolled}px`;
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
