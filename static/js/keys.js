/* Keys: j k x e Enter in a list, / for the search, Ctrl+K for the palette, Alt+1 … for outcomes, ? for the list of shortcuts. */

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
  o: () => press("[data-key=o]") || current()?.querySelector("th a")?.click(),
  e: () => {
    const row = current();
    if (row) location.href = `${row.querySelector("th a").pathname}/edit`;
    else press("[data-key=e]");
  },
  "/": () => document.getElementById("search")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

/* People who speak to their computer turn single keys off in their profile, on each device. */
const OFF = "keys-off";
export const areOff = () => localStorage.getItem(OFF) !== null;

for (const section of document.querySelectorAll("[data-single-keys]")) {
  const box = section.querySelector("input");
  box.checked = !areOff();
  section.hidden = false;
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "")));
}

/* Any link or button may set its key: data-key="n". One with data-then="id" puts the cursor into that text box. */
function press(selector) {
  const found = [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());
  found?.click();
  if (found?.dataset.then) document.getElementById(found.dataset.then)?.focus();
  return Boolean(found);
}

/* The same by mouse. Arrow keys that move among choices click too, without a place on the screen. */
document.addEventListener("click", (event) => {
  const opener = event.detail && event.target.closest?.("[data-then]");
  if (opener) setTimeout(() => opener.checkVisibility() && document.getElementById(opener.dataset.then)?.focus());
});

/* A link to a part of the page does what the key of that part does: data-presses="t". A part that is open stays so. */
document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-presses]")?.dataset.presses;
  const part = key && document.querySelector(`[data-key="${key}"]`);
  if (!part) return;
  event.preventDefault();
  if (part.parentElement.open) document.getElementById(part.dataset.then)?.focus();
  else press(`[data-key="${key}"]`);
});

/* In a form with a text box, a choice is no place for commands either: the text comes next. */
function typing(element) {
  const field = element.closest?.("input, textarea, select, [contenteditable]");
  return field && (!field.matches("[type=checkbox], [type=radio]") || field.form?.querySelector("textarea"));
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.getElementById("palette")?.showModal();
    return;
  }
  if (event.altKey && !event.ctrlKey && !event.metaKey && /^Digit[1-9]$/.test(event.code)) {
    // The outcomes have Alt and their number, also while the note is typed.
    if (press(`.outcomes [data-key="${event.code.at(-1)}"]`)) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || areOff()) return;
  if (document.querySelector("dialog[open], [popover]:popover-open:not(#rail)")) return;
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  } else if (/^[a-z0-9]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`)) {
    event.preventDefault();
    press(`[data-key="${event.key}"]`);
  }
});

/* In the note of the queue and of a record, Escape leaves the field, so that the single keys work. */
document.addEventListener("keydown", (event) => {
  const left = event.key === "Escape" && !event.defaultPrevented && event.target;
  if (left && left.matches?.(".now #outcome :is(.input, [type=radio]), .composer textarea")) left.blur();
});

/* Returning from a record focuses its row again, also through the link to the list. */
document.addEventListener("click", (event) => {
  const row = event.target.closest?.(".records tbody th a")?.closest("tr");
  if (!row) return;
  sessionStorage.setItem("row", row.id);
  // Opened with the keyboard: focus starts at the record's heading.
  if (!event.detail) sessionStorage.setItem("heading", "1");
});
/* So do the next and the previous record, whose name is read out there. */
document.addEventListener("click", (event) => {
  if (!event.detail && event.target.closest?.("[data-keys=record] .crumbs [data-key]")) sessionStorage.setItem("heading", "1");
});
/* The second link of a list's page leads to the name of its first row, also after another list came into the page. */
document.addEventListener("click", (event) => {
  const first = event.target.closest?.("[data-skips]") && rows()[0]?.querySelector("th a");
  if (!first) return;
  event.preventDefault();
  first.focus();
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

/* In a search field, Escape clears the text first; in the palette, it closes the palette immediately. */
document.addEventListener("keydown", (event) => {
  const palette = event.key === "Escape" && event.target.closest("#palette");
  if (!palette) return;
  event.preventDefault();
  palette.close();
});

/* Enter in the palette opens the first match, which is marked, as soon as the matches of all that is typed are there. A number is sent
   whole: the match may be of its beginning. */
let enters = false;

function enter(input) {
  enters = false;
  const first = document.querySelector("#palette-found :is(a, button)");
  if (first) first.click();
  else input.form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  const input = event.key === "Enter" && event.target.closest("#palette input");
  if (!input || input.value.trim().startsWith("#")) return;
  event.preventDefault();
  if (document.querySelector("#palette-found").dataset.matches === input.value) enter(input);
  else enters = true;
});

document.addEventListener("input", (event) => {
  if (event.target.matches("#palette input")) enters = false;
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "palette-found") return;
  detail.target.dataset.matches = detail.requestConfig.parameters.q;
  const input = document.querySelector("#palette[open] input");
  if (enters && input?.value === detail.target.dataset.matches) enter(input);
});

for (const failed of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failed, ({ detail }) => enters && detail.elt.matches("#palette input") && enter(detail.elt));
}

/* In the palette and in menus, the arrow keys move through the links. */
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
