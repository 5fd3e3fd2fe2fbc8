/* Drafts: what is typed into a form with data-draft stays in this browser until the form is saved or the draft is discarded.

docs/decisions/drafts.md says what is kept and what isn't. A draft is the fields that differ from the page as it was
drawn, so it never overwrites what was saved elsewhere meanwhile. Each open page writes a draft of its own: two tabs with
the same form don't overwrite each other's. */

const DAYS = 14;
const PREFIX = "leadwell-draft ";
const user = document.body.dataset.user;
export const page = newKey();
const UNKEPT = ["hidden", "password", "file", "submit", "button", "reset"];

export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* What this page knows of its forms: the draft that it has `taken` over, the key and content that were `sent`, the `version` at
   which the user typed, and the names of the fields that the server has `redrawn` after an error. */
const states = new WeakMap();
const stateOf = (form) => states.get(form) ?? states.set(form, {}).get(form);

/* The fields that people fill in. One that htmx sends, such as the choice of a template, isn't part of the text. */
const isKept = (field) =>
  field.name && !UNKEPT.includes(field.type) && field.tagName !== "BUTTON" && field.tagName !== "FIELDSET" &&
  field.autocomplete !== "one-time-code" && !field.hasAttribute("hx-post");
const fieldsOf = (form) => [...form.elements].filter(isKept);
const isBox = (field) => field.type === "checkbox" || field.type === "radio";

function isChanged(field) {
  if (isBox(field)) return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const drawn = [...field.options].filter((option) => option.defaultSelected);
  if (!drawn.length && !field.multiple) return field.selectedIndex > 0;
  return [...field.options].some((option) => option.selected !== drawn.includes(option));
}

function valuesOf(fields) {
  return fields.flatMap((field) => {
    if (isBox(field)) return field.checked ? [field.value] : [];
    if (field.options) return [...field.selectedOptions].map((option) => option.value);
    return [field.value];
  });
}

let filling = false;

function fill(fields, values) {
  filling = true;
  fields.forEach((field, place) => {
    if (isBox(field)) field.checked = values.includes(field.value);
    else if (field.options) for (const option of field.options) option.selected = values.includes(option.value);
    else field.value = values[place] ?? "";
    // Other scripts show the fields that depend on this one; no form is sent for it.
    if ((isBox(field) || field.options) && !field.matches("[data-asks-again]")) field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  filling = false;
}

/* Radio buttons and checkboxes share a name. Map.groupBy does the same, in browsers from 2024 on only. */
function byName(fields) {
  const groups = new Map();
  for (const field of fields) groups.set(field.name, [...(groups.get(field.name) ?? []), field]);
  return groups;
}

/* By name: the values of the fields that were changed. After an error, the form is drawn with them. */
function changesOf(form) {
  const groups = byName(fieldsOf(form));
  const changed = [...groups].filter(([name, fields]) => stateOf(form).redrawn?.includes(name) || fields.some(isChanged));
  return Object.fromEntries(changed.map(([name, fields]) => [name, valuesOf(fields)]));
}

/* Radio buttons alone, such as the type of a note, are no draft. */
const isWorthKeeping = (form, changes) =>
  fieldsOf(form).some((field) => field.name in changes && field.type !== "radio" && isChanged(field));

const place = (form) => `${PREFIX}${user} ${form.dataset.draft ?? form.dataset.endsDraft} `;
const read = (key) => JSON.parse(localStorage.getItem(key));

/* The keys of the drafts of a form, newest first. */
const keysOf = (form) =>
  Object.keys(localStorage).filter((key) => key.startsWith(place(form))).sort((one, other) => read(other).at - read(one).at);

/* Other scripts that keep drafts follow: "draft:written", "draft:discarded". The detail is the key of the page that wrote it. */
const tell = (form, name, key = page) =>
  form.dispatchEvent(new CustomEvent(`draft:${name}`, { bubbles: true, detail: key.slice(-page.length) }));

function write(form) {
  keep(form);
  tell(form, isWorthKeeping(form, changesOf(form)) ? "written" : "discarded");
}

/* Writes the draft to the browser's storage. */
export function keep(form) {
  const state = stateOf(form);
  const values = changesOf(form);
  const key = place(form) + page;
  if (state.taken && state.taken !== key) localStorage.removeItem(state.taken);
  state.taken = key;
  state.version ??= form.elements.version?.value;
  if (!isWorthKeeping(form, values) && !state.redrawn) return localStorage.removeItem(key);
  try {
    localStorage.setItem(key, JSON.stringify({
      at: Date.now(), values, version: state.version, sent: state.sent, server: serverVersion(form),
    }));
  } catch {
    // The browser's room is full: the form still works, without a draft.
  }
}

/* The version of the server's copy that this page knows (email-drafts.js); 0 without one. */
const serverVersion = (form) => Number(form.dataset.draftVersion ?? 0);

/* The key of this submission: the same one if the same was sent before and it's unknown whether it arrived. */
export function submissionKey(form, submitter) {
  const chosen = (field) => [...field.files].map((file) => [file.name, file.size, file.lastModified]);
  const files = [...form.elements].filter((field) => field.type === "file").map(chosen);
  const content = JSON.stringify([fieldsOf(form).map((field) => [field.name, valuesOf([field])]), files, submitter?.value]);
  const state = stateOf(form);
  if (state.sent?.content !== content) state.sent = { content, key: newKey() };
  if (state.taken) keep(form);
  return state.sent.key;
}

/* The form was saved: its draft is over, but not what was typed into the same form in another tab. */
export function endDraft(form) {
  const state = stateOf(form);
  const saved = JSON.stringify(changesOf(form));
  const isOver = (key) => !form.dataset.draft || key === state.taken || JSON.stringify(read(key).values) === saved;
  for (const key of keysOf(form)) if (isOver(key)) localStorage.removeItem(key);
  states.delete(form);
}

/* The line beside the text, with one button: "Draft restored · Discard", "Draft discarded · Undo". */
export function show(form, name, act) {
  const line = form.querySelector("[data-draft-line]");
  if (!line) return;
  const drawn = document.getElementById("draft-lines").content.querySelector(`[data-line=${name}]`).cloneNode(true);
  drawn.querySelector("button").addEventListener("click", act);
  line.replaceChildren(...drawn.childNodes);
}
const hide = (form) => form.querySelector("[data-draft-line]")?.replaceChildren();

function drawAsBefore(form) {
  for (const field of fieldsOf(form).filter(isChanged)) {
    if (isBox(field)) field.checked = field.defaultChecked;
    else if (field.options) for (const option of field.options) option.selected = option.defaultSelected;
    else field.value = field.defaultValue;
  }
}

function discard(form) {
  const state = stateOf(form);
  const draft = { values: changesOf(form), version: state.version };
  const { taken } = state;
  drawAsBefore(form);
  if (state.drawnVersion) form.elements.version.value = state.drawnVersion;
  localStorage.removeItem(state.taken);
  states.delete(form);
  tell(form, "discarded", taken);
  show(form, "discarded", () => {
    apply(form, draft);
    write(form);
  });
  form.querySelector("[data-draft-line] button")?.focus();
}

function apply(form, draft) {
  const names = Object.keys(draft.values);
  const state = stateOf(form);
  Object.assign(state, { sent: draft.sent, version: draft.version });
  for (const [name, fields] of byName(fieldsOf(form))) {
    if (names.includes(name)) fill(fields, draft.values[name]);
  }
  // It has been saved elsewhere meanwhile, or was emptied.
  const changed = fieldsOf(form).filter((field) => names.includes(field.name) && isChanged(field));
  if (!changed.length) return localStorage.removeItem(state.taken);
  // The version at which the user typed: the server then finds what others changed since.
  if (draft.version && form.elements.version) {
    state.drawnVersion = form.elements.version.value;
    form.elements.version.value = draft.version;
  }
  for (const field of changed) field.closest("details")?.setAttribute("open", "");
  show(form, "restored", () => discard(form));
}

function restore(form) {
  const key = keysOf(form)[0];
  const own = key && read(key);
  const server = form.dataset.serverDraft && JSON.parse(form.dataset.serverDraft);
  if (server) form.dataset.draftVersion = server.server;
  if (!own && !server) return;
  // The server's is newer if another page than that of the browser's has saved it since.
  const isNewer = server && (!own || (!key.endsWith(server.page) && server.server > (own.server ?? 0)));
  const draft = isNewer ? server : own;
  stateOf(form).taken = key;
  // After an error, the server has drawn the form with what was typed.
  if (form.parentElement.querySelector("[aria-invalid=true], [role=alert][data-tone=negative]")) {
    Object.assign(stateOf(form), { redrawn: Object.keys(draft.values), sent: draft.sent });
    return keep(form);
  }
  apply(form, draft);
}

function removeExpired() {
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && read(key).at < oldest) localStorage.removeItem(key);
}

if (user) {
  removeExpired();
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form);

  // An answer to an email opens on the page. A form that was drawn again for what was sent isn't restored.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.requestConfig?.verb !== "get" || !detail.target.matches(".in-place")) return;
    for (const form of detail.target.querySelectorAll("form[data-draft]")) restore(form);
  });

  for (const type of ["input", "change"]) {
    document.addEventListener(type, (event) => {
      if (!filling && event.target.form?.matches("[data-draft]") && isKept(event.target)) write(event.target.form);
    });
  }

  // "Cancel" discards what was typed, as it says.
  document.addEventListener("click", (event) => {
    const form = event.target.closest?.("[data-discards]")?.closest("form");
    if (form) tell(form, "discarded", stateOf(form).taken);
    if (form) for (const key of keysOf(form)) if (!form.dataset.draft || key === stateOf(form).taken) localStorage.removeItem(key);
  });

  // The draft that this page shows was saved or discarded in another tab, and nothing was typed here since.
  window.addEventListener("storage", ({ key, newValue }) => {
    if (newValue !== null) return;
    for (const form of document.querySelectorAll("form[data-draft]")) {
      const state = stateOf(form);
      if (!key || state.taken !== key || key.endsWith(page)) continue;
      drawAsBefore(form);
      states.delete(form);
      hide(form);
    }
  });
}
