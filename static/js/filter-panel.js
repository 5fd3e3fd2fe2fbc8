/* The panel behind "Filter": fields on one side, the values of one on the other. What is chosen changes the list at once, and the
   panel stays open. Without JavaScript, the same links open pages of their own. */

import { showNarrowing } from "./narrows.js";

const PAGE = ["after", "before", "last", "text"];
const panel = () => document.getElementById("filter-panel");
const find = () => document.getElementById("find-filter");

/* The list is being changed until this is settled; its address is right from then on. */
let changed = Promise.resolve();
let wanted = "";
let asked = 0;
let sent = 0;
let shown = "";

/* The filters of the list as it is now. */
function query() {
  const found = new URLSearchParams(location.search);
  for (const name of PAGE) found.delete(name);
  return found;
}

/* Fills a part of the panel without moving the focus, as htmx would, unless a later answer is wanted by then. Returns the address if
   the answer leads to another page. */
async function fill(address, id, isWanted = () => true) {
  const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": id } });
  const leads = answer.headers.get("HX-Redirect");
  if (leads || !answer.ok) return leads;
  const box = document.getElementById(id);
  const text = await answer.text();
  if (!isWanted()) return;
  box.innerHTML = text;
  window.htmx.process(box);
  showNarrowing(box);
}

/* To the sign-in page, if the session has ended meanwhile. */
async function load(address, id, isWanted) {
  const leads = await fill(address, id, isWanted);
  if (leads) location.assign(leads);
}

/* One after the other, because htmx says of a request that waits for another one that it is done. Of several that wait, only the
   last one is made. */
function change(address) {
  wanted = address;
  changed = changed.then(() => {
    if (wanted !== address) return undefined;
    // Without a connection, the list stays as it is, and the page says so.
    return window.htmx.ajax("GET", address, { target: "#records", swap: "innerHTML" }).catch(() => {});
  });
  return changed;
}

/* The fields, and the values that the text finds. Of several answers, only the last one counts. */
async function offer() {
  const mine = ++asked;
  await changed;
  if (mine !== asked) return false;
  const address = query();
  address.set("text", find().value);
  await load(`${panel().dataset.add}?${address}`, "filter-offers", () => mine === asked);
  mark();
  return mine === asked;
}

function mark() {
  for (const link of panel().querySelectorAll("[data-field]")) {
    if (link.dataset.field === shown) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function show(field, path) {
  shown = field;
  mark();
  await changed;
  const view = query().get("view");
  const address = new URLSearchParams({ query: query(), ...(view && { view }) });
  await load(`${path}?${address}`, "filter-values");
}

function focusValues() {
  const box = document.getElementById("filter-values");
  (box.querySelector("[autofocus]") || box.querySelector("input:not([type=hidden]), select"))?.focus();
}

async function open(opener) {
  const box = panel();
  const filter = document.querySelector("#search-with [data-filter-panel]");
  box.replaceChildren();
  box.dataset.add = filter.pathname;
  box.showPopover({ source: filter });
  await load(filter.href, "filter-panel");
  const asks = opener.dataset.filterPanel;
  if (!asks) find()?.focus();
  const field = asks || document.getElementById("filter-values").dataset.first;
  await show(field, filter.pathname.replace(/add$/, field));
  if (asks) focusValues();
}

/* The text has done its work: the next filter can be typed. */
async function next() {
  find().value = "";
  find().focus();
  await offer();
}

document.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest("[data-filter-panel], #filter-panel :is([data-field], [data-adds-filter])");
  if (!link || !panel()) return;
  event.preventDefault();
  if (link.dataset.filterPanel !== undefined) return open(link);
  if (link.dataset.field) {
    await show(link.dataset.field, link.pathname);
    return focusValues();
  }
  await change(link.href);
  return next();
});

/* A choice changes the list, and is marked among the fields. A text that finds values is none. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("#filter-values [data-live]");
  if (!form || event.target.matches("[type=search]")) return;
  send(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#filter-values form");
  if (!form || event.submitter?.name === "find") return;
  event.preventDefault();
  send(form);
});

/* The address of the list with this filter; or the form again, with what is wrong. */
async function send(form) {
  const mine = ++sent;
  const path = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  const address = await fill(path, "filter-values", () => mine === sent);
  // A later choice has all that this one has.
  if (mine !== sent) return;
  if (!address) return panel().querySelector("[aria-invalid=true]")?.focus();
  // Signed out meanwhile.
  if (new URL(address, location).pathname !== location.pathname) return location.assign(address);
  await change(address);
  if (form.matches(".condition")) await next();
  else await offer();
}

let waits = 0;

document.addEventListener("input", (event) => {
  if (event.target !== find()) return;
  clearTimeout(waits);
  waits = setTimeout(offer, 120);
});

/* Enter takes the first offer for what is typed, also before it is shown; arrows move among them. */
document.addEventListener("keydown", async (event) => {
  const box = event.target.closest?.("#filter-panel");
  if (!box || event.target.closest("#filter-values")) return;
  if (event.key === "Enter" && event.target === find()) {
    event.preventDefault();
    clearTimeout(waits);
    if (await offer()) panel().querySelector("#filter-offers a")?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const links = [...box.querySelectorAll("#filter-offers a")];
    const place = links.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
    (place < 0 ? find() : links[place])?.focus();
  }
});

/* What had the focus before may have gone with the list. */
document.addEventListener(
  "toggle",
  (event) => {
    const now = document.activeElement;
    if (event.target !== panel() || event.newState === "open" || (now !== document.body && !panel().contains(now))) return;
    document.querySelector("#search-with [data-filter-panel]").focus();
  },
  true,
);
