/* Keys: j k x e Enter in a list, / for the search, Ctrl+K for the palette, ? for the sheet that names them all. */

const rows = () => [...document.querySelectorAll(".records tbody tr")];
const current = () => document.activeElement?.closest?.(".records tbody tr");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const place = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step))];
  const link = next.querySelector("th a");
  link?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = current()?.querySelector(".tick");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("keytick", { bubbles: true }));
}

const keys = {
  j: () => press("[data-key=j]") || move(1),
  k: () => press("[data-key=k]") || move(-1),
  x: tick,
  o: () => current()?.querySelector("th a")?.click(),
  e: () => {
    const row = current();
    if (row) location.href = `${row.querySelector("th a").pathname}/edit`;
    else press("[data-key=e]");
  },
  "/": () => document.getElementById("search")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

/* Any link or button may name its key: data-key="n". */
function press(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
}

function typing(element) {
  return element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.getElementById("palette")?.showModal();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open], [popover]:popover-open:not(#rail)")) return;
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  } else if (/^[a-z0-9]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`)) {
    event.preventDefault();
    press(`[data-key="${event.key}"]`);
  }
});

/* Back from a record its row has the focus again, also by the link to the list. */
document.addEventListener("click", (event) => {
  const row = event.target.closest?.(".records tbody th a")?.closest("tr");
  if (!row) return;
  sessionStorage.setItem("row", row.id);
  // Opened by the keyboard: the page of the record begins at its heading.
  if (!event.detail) sessionStorage.setItem("heading", "1");
});
if (sessionStorage.getItem("heading")) {
  sessionStorage.removeItem("heading");
  document.querySelector("[data-keys=record] h1")?.focus();
}
addEventListener("pageshow", () => {
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const id = location.hash.startsWith("#row-") ? location.hash.slice(1) : back && sessionStorage.getItem("row");
  if (id) document.getElementById(id)?.querySelector("th a")?.focus();
});

/* In a search field Escape empties it first; the palette closes at once. */
document.addEventListener("keydown", (event) => {
  const palette = event.key === "Escape" && event.target.closest("#palette");
  if (!palette) return;
  event.preventDefault();
  palette.close();
});

/* Enter in the palette opens its first hit, which is marked as the one. */
document.addEventListener("keydown", (event) => {
  const first = event.key === "Enter" && event.target.matches("#palette input") && document.querySelector("#palette-found a");
  if (!first) return;
  event.preventDefault();
  first.click();
});

/* In the palette and in menus the arrows walk through the links. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const list = event.target.closest("#palette, .menu");
  if (!list) return;
  const stops = [...list.querySelectorAll("input[type=search], a, button:not([type=submit].visually-hidden)")];
  const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
