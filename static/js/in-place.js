/* A value that is edited in its place: its small form is fetched, Enter saves, Tab goes on to the next value, Escape goes back.

facts.js and cells.js say where such places are. A place is:
  name, address       the field that is asked for, and where its form is
  answer              what the saved answer shows, as htmx names it
  mount(box)          shows the box with the form; unmount(box) hides it again
  next(step, names)   the place after (1) or before (-1) this one that asks for none of these names, if there is one. One with a button
                      of its own has only reach(), which puts the focus there
  saved(answer)       shows what was saved; whether the page is still the same one
  focus()             returns to what opened it */

import { isSignedOut, keepEntered, send } from "./small-forms.js";

const FIELDS = "input:not([type=hidden]), select, textarea";

let editor = null;

const fieldsOf = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.checkVisibility());
const textOf = (form, submitter) => new URLSearchParams(new FormData(form, submitter)).toString();
const formOf = () => editor?.box.querySelector("form");
export const isEditing = () => Boolean(editor);
export const isInside = (element) => Boolean(editor?.box.contains(element));
export const hasChanged = () => Boolean(formOf()) && textOf(formOf()) !== editor.was;

const headersFor = (place) => ({ "HX-Request": "true", "HX-Target": place.answer, "HX-Current-URL": location.href });

function put(html) {
  const { box, place } = editor;
  box.innerHTML = html;
  window.htmx.process(box);
  const form = formOf();
  editor.was = textOf(form);
  const wrong = form.querySelector("[aria-invalid=true]");
  const first = wrong || form.elements.namedItem(place.name) || fieldsOf(form)[0];
  const field = first instanceof RadioNodeList ? first[0] : first;
  (field?.matches("[type=hidden]") ? fieldsOf(form)[0] : field)?.focus();
  if (document.activeElement.matches("input[type=text], input[type=email], input[type=tel], input[type=url]")) document.activeElement.select();
}

/* Opens the form of a place. If it can't be opened here, its own page says why. */
export async function openPlace(place) {
  if (editor && !(await leave())) return;
  const box = document.createElement("div");
  box.className = "fact-form";
  editor = { place, box };
  const answer = await fetch(place.address, { headers: headersFor(place) });
  // Meanwhile another one was opened.
  if (editor?.box !== box) return;
  if (answer.headers.has("HX-Redirect") || !answer.ok) {
    editor = null;
    return location.assign(answer.headers.get("HX-Redirect") ?? place.address);
  }
  const html = await answer.text();
  place.mount(box);
  put(html);
}

function close() {
  editor.place.unmount(editor.box);
  editor = null;
}

/* Closes the form without saving. */
export function cancel() {
  const { place } = editor;
  close();
  place.focus();
}

/* Sends the form. Returns whether it is done; an error stays in the form, with what was typed. */
async function save(submitter) {
  const { place } = editor;
  const form = formOf();
  if (editor.saving) return false;
  editor.saving = true;
  const answer = await send(form, form.action, submitter, headersFor(place));
  editor.saving = false;
  if (!answer) return false;
  if (answer.status === 422 || answer.status === 409) {
    put(await answer.text());
    return false;
  }
  if (!answer.ok) location.reload();
  else if (await place.saved(answer)) close();
  return !editor;
}

/* Leaves the form: what was changed is saved first. */
export async function leave() {
  if (hasChanged()) return save();
  close();
  return true;
}

async function goOn(step) {
  const { place } = editor;
  const names = new Set([place.name, ...[...formOf().elements].map((field) => field.name)]);
  const next = place.next(step, names);
  if (!(await leave())) return;
  if (next?.reach) return next.reach();
  if (next) return openPlace(next);
  place.focus();
}

document.addEventListener("click", (event) => {
  const cancels = event.target.closest("[data-closes]");
  if (!cancels || !isInside(cancels) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  cancel();
});

/* Records that may be the same are looked up while one types: that answer doesn't leave the page either. */
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (!isInside(event.target) || !isSignedOut(event.detail.xhr.getResponseHeader("HX-Redirect"))) return;
  event.preventDefault();
  keepEntered(formOf(), "signed-out");
});

document.addEventListener("submit", async (event) => {
  if (!isInside(event.target)) return;
  event.preventDefault();
  const { place } = editor;
  if (await save(event.submitter)) place.focus();
});

document.addEventListener("keydown", (event) => {
  const form = isInside(event.target) && event.target.form;
  if (!form || event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    cancel();
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
