/* A search field that narrows a list of links or choices as the user types; without JavaScript, the whole list is there. */

export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function narrow(input) {
  const list = document.getElementById(input.dataset.narrows);
  const words = plain(input.value).split(/\s+/);
  const items = [...list.querySelectorAll("li")];
  for (const item of items) item.hidden = !words.every((word) => plain(item.textContent).includes(word));
  for (const group of list.querySelectorAll("section")) group.hidden = !group.querySelector("li:not([hidden])");
  const none = list.parentElement.querySelector("[data-none]");
  if (none) none.hidden = items.some((item) => !item.hidden);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-narrows]")) narrow(event.target);
});

/* Enter opens the first remaining link, or takes the first remaining choice. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-narrows]")) return;
  event.preventDefault();
  document.getElementById(event.target.dataset.narrows).querySelector("li:not([hidden]) :is(a, input)")?.click();
});

export function showNarrowing(root) {
  for (const input of root.querySelectorAll("[data-narrows][hidden]")) input.hidden = false;
}

document.addEventListener("htmx:afterSwap", (event) => showNarrowing(event.detail.target));
showNarrowing(document);
