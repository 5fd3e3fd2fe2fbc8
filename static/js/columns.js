/* What resizing and moving the columns of a list share: their headers, their names, the texts, and saving. */

/* The headers of a list that its reader may arrange have a menu; a column's name is the end of that link's path. */
export const HEAD = ".records thead th:has(> a:not(.sort))";
export const menuOf = (head) => head.querySelector(":scope > a:not(.sort)");
export const nameOf = (head) => menuOf(head).pathname.split("/").pop();
export const tableOf = (head) => head.closest("table");
export const headsOf = (table) => [...table.querySelectorAll("thead th")].filter((head) => head.offsetWidth && menuOf(head));

/* The first text of a header: what follows is a hint. */
export function labelOf(head) {
  const texts = document.createTreeWalker(head, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) return texts.currentNode.data.trim();
  return "";
}

/* A text that the table brings along, with these values. */
export function words(table, name, ...values) {
  return table.dataset[name].replace(/\{(\d)\}/g, (_all, place) => values[place]);
}

/* The page already shows what is saved; it changes only if that fails, with a message, or if the list leaves its view. */
export function save(head, values) {
  const target = document.getElementById("notice");
  window.htmx.ajax("POST", menuOf(head).href, { source: document.body, target, swap: "innerHTML", values });
}

const status = document.createElement("p");
status.className = "visually-hidden";
status.role = "status";
if (document.querySelector(".records")) document.getElementById("main")?.append(status);

export function say(text) {
  if (!status.isConnected) document.getElementById("main")?.append(status);
  status.textContent = text;
}
