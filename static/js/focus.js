/* The focus stays where it was when htmx draws a list or a row again: on the same head, cell, chip or step of the pages. */

const names = ["rel", "data-col", "data-key", "aria-label", "href"];

/* A selector that finds the same control in the new drawing: its place (row, column) and what it is called. */
export function place(element) {
  const row = element.closest("tr[id]");
  const cell = element.closest("th[data-col], td[data-col]");
  const named = element.id ? "id" : names.find((name) => element.hasAttribute(name));
  const self = cell || !named ? element.localName : `${element.localName}[${named}="${CSS.escape(element.getAttribute(named))}"]`;
  return [row && `#${row.id}`, cell && `${cell.localName}[data-col="${cell.dataset.col}"]`, self].filter(Boolean).join(" ");
}

/* Put the focus back if the drawing took it away; where the control itself has gone, near it. */
export function comeBack(selector, near) {
  const now = document.activeElement;
  if (now && now !== document.body && now.checkVisibility()) return;
  const found = document.querySelector(selector) || near?.querySelector("[data-key=f], a, button");
  (found || document.querySelector("h1[tabindex]"))?.focus({ preventScroll: true });
}

let before = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const element = document.activeElement;
  const target = event.detail.target;
  if (element && target?.contains(element)) before = { place: place(element), target: target.id };
});
/* Something else, such as the count, may be drawn in between: it is not its focus that comes back. */
document.addEventListener("htmx:afterSettle", (event) => {
  const id = event.detail.target?.id;
  if (!before || before.target !== id) return;
  comeBack(before.place, document.getElementById(id));
  before = null;
});
