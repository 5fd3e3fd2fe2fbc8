/* Facts that are edited in their place: a click or Enter opens the field, Enter saves, Tab goes on to the next fact, Escape goes back.
   Without JavaScript, the link leads to a page with the same form. */

const LINKS = "#facts [data-edit]";
const FIELDS = "input:not([type=hidden]), select, textarea";
// What a saved fact may have changed elsewhere on the page. The composer and the tasks stay: something may be typed there.
const DRAWN_AGAIN = ["#notice", ".page > :not(.columns)", "[aria-label].stack:has(> #facts)", "#timeline"];

let editor = null;

const linksNow = () => [...document.querySelectorAll(LINKS)].filter((link) => link.checkVisibility());
const nameOf = (link) => link.pathname.split("/").at(-1);
const linkTo = (name) => linksNow().find((link) => nameOf(link) === name);
const fieldsOf = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.checkVisibility());
const textOf = (form, submitter) => new URLSearchParams(new FormData(form, submitter)).toString();

function ask(address, options = {}) {
  const headers = { "HX-Request": "true", "HX-Target": "inline", "HX-Current-URL": location.href };
  return fetch(address, { ...options, headers });
}

function put(html) {
  editor.box.innerHTML = html;
  window.htmx.process(editor.box);
  const form = editor.box.querySelector("form");
  editor.was = textOf(form);
  const wrong = form.querySelector("[aria-invalid=true]");
  const first = wrong || form.elements.namedItem(editor.name) || fieldsOf(form)[0];
  const field = first instanceof RadioNodeList ? first[0] : first;
  (field?.matches("[type=hidden]") ? fieldsOf(form)[0] : field)?.focus();
  if (document.activeElement.matches("input[type=text], input[type=email], input[type=tel], input[type=url]")) document.activeElement.select();
}

/* Opens the form of a fact in its place. If it can't be opened here, its own page says why. */
export async function openFact(link) {
  if (editor) {
    if (editor.name === nameOf(link) || !(await leave())) return;
    link = linkTo(nameOf(link)) ?? link;
  }
  const place = link.closest("dd");
  const box = document.createElement("div");
  box.className = "fact-form";
  editor = { name: nameOf(link), place, box };
  const answer = await ask(link.href);
  if (answer.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
  if (!answer.ok) return location.assign(link.href);
  place.dataset.editing = "";
  place.append(box);
  put(await answer.text());
}

function close() {
  delete editor.place.dataset.editing;
  editor.box.remove();
  editor = null;
}

/* Everything that depends on the record, from its page as it is now. */
async function drawAgain() {
  const open = document.querySelector(".more-facts")?.open;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const search = document.querySelector(".page [name=find]");
  for (const selector of DRAWN_AGAIN) {
    if (selector === "#timeline" && search?.value) continue;
    const old = [...document.querySelectorAll(selector)];
    const fresh = [...page.querySelectorAll(selector)];
    if (!old.length || !fresh.length) continue;
    old[0].before(...fresh);
    for (const element of old) element.remove();
    for (const element of fresh) window.htmx.process(element);
  }
  document.title = page.title;
  const folded = document.querySelector(".more-facts");
  if (folded) folded.open = open;
}

/* Sends the form. Returns whether it is done; an error stays in the form, with what was typed. */
async function save(submitter) {
  const form = editor.box.querySelector("form");
  if (editor.saving) return false;
  editor.saving = true;
  form.setAttribute("aria-busy", "true");
  const answer = await ask(form.action, { method: "POST", body: new FormData(form, submitter) }).catch(() => null);
  form.removeAttribute("aria-busy");
  editor.saving = false;
  if (!answer) return lost(form);
  const next = answer.headers.get("HX-Redirect");
  if (next) {
    const here = new URL(next, location.href).pathname === location.pathname;
    if (!here) location.assign(next);
    else await drawAgain();
    if (here) editor = null;
    return here;
  }
  if (answer.status !== 422 && answer.status !== 409) return location.reload();
  put(await answer.text());
  return false;
}

/* Without a connection, the form stays as it is and says so. */
function lost(form) {
  form.querySelector("[data-line]")?.remove();
  form.append(document.getElementById("draft-lines").content.querySelector("[data-line=unsent]").cloneNode(true));
  return false;
}

/* Leaves the form: what was changed is saved first. */
async function leave() {
  const form = editor.box.querySelector("form");
  if (form && textOf(form) !== editor.was) return save();
  close();
  return true;
}

/* The fact before or after those that the form asks for. */
async function goOn(step) {
  const { name, box } = editor;
  const form = box.querySelector("form");
  const names = new Set([name, ...[...form.elements].map((field) => field.name)]);
  const around = [...document.querySelectorAll(LINKS)].map(nameOf);
  let place = around.indexOf(name);
  do place += step;
  while (names.has(around[place]));
  if (!(await leave())) return;
  const next = linkTo(around[place]);
  if (next) return openFact(next);
  linkTo(name)?.focus();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const cancels = editor && event.target.closest("[data-closes]");
  if (cancels && editor.box.contains(cancels)) {
    event.preventDefault();
    const { name } = editor;
    close();
    return linkTo(name)?.focus();
  }
  const place = event.target.closest("[data-fact]:not([data-editing])");
  const link = event.target.closest(LINKS) ?? (event.target.closest("a, button") ? null : place?.querySelector("[data-edit]"));
  if (!link || (String(getSelection()) && !event.target.closest(LINKS))) return;
  event.preventDefault();
  openFact(link);
});

document.addEventListener("submit", async (event) => {
  if (!editor?.box.contains(event.target)) return;
  event.preventDefault();
  const { name } = editor;
  if (await save(event.submitter)) linkTo(name)?.focus();
});

document.addEventListener("keydown", async (event) => {
  const form = editor?.box.contains(event.target) && event.target.form;
  if (!form || event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    const { name } = editor;
    close();
    linkTo(name)?.focus();
  } else if (event.key === "Enter" && event.target.matches("select, [type=checkbox], [type=radio]")) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Tab" && event.target.matches(FIELDS)) {
    const fields = fieldsOf(form);
    if (event.target !== fields.at(event.shiftKey ? 0 : -1)) return;
    event.preventDefault();
    goOn(event.shiftKey ? -1 : 1);
  }
});
