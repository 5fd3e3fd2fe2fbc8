/* The focus stays where it was when htmx replaces a list or a row: on the same header, cell, chip or page link. */

const names = ["rel", "data-col", "data-key", "aria-label", "href"];

/* A selector that finds the same control in the new HTML: its place (row, column) and its name. */
export function place(element) {
  const row = element.closest("tr[id]");
  const cell = element.closest("th[data-col], td[data-col]");
  const named = element.id ? "id" : names.find((name) => element.hasAttribute(name));
  const self = cell || !named ? element.localName : `${element.localName}[${named}="${CSS.escape(element.getAttribute(named))}"]`;
  return [row && `#${row.id}`, cell && `${cell.localName}[data-col="${cell.dataset.col}"]`, self].filter(Boolean).join(" ");
}

/* Restore the focus if the replacement removed it; if the control itself is gone, focus near it. */
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
/* Something else, such as the count, may be replaced in between, which must not take the focus. */
document.addEventListener("htmx:afterSettle", (event) => {
  const id = event.detail.target?.id;
  if (!before || before.target !== id) return;
  comeBack(before.place, document.getElementById(id));
  before = null;
});
