/* The server's copy of an email's draft, so that it is found on another device: saved when the user pauses, and when the page is left.
docs/decisions/drafts.md says what is kept. The answer has the new version of the copy; if another tab or device has saved a newer
one, this page says so and saves no more. */
import { keep, page, show } from "./drafts.js";

// Milliseconds without a key.
const PAUSE = 800;
const FIELDS = ["to", "cc", "bcc", "subject", "text"];
// The forms whose text the server doesn't have yet, by the timer that saves it.
const unsaved = new Map();
// One request at a time for each form: the next one needs the version that the last one returned.
const saving = new Map();

const hasCopy = (form) => form.dataset.draftAddress && !("draftStale" in form.dataset);

function buildBody(form, more) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of more) body.set(name, value);
  return body;
}

/* `more` are names and values. */
async function post(form, more, isLast = document.visibilityState === "hidden") {
  // A request that outlives its page may have 64 kB, which a long email may exceed.
  const request = { method: "POST", body: buildBody(form, more), keepalive: isLast, redirect: "error" };
  const response = await fetch(form.dataset.draftAddress, request).catch(() => null);
  return response?.ok ? response.json().catch(() => null) : null;
}

async function save(form) {
  if (!hasCopy(form)) return;
  const values = FIELDS.map((name) => [name, form.elements[name].value]);
  const answer = await post(form, [...values, ["draft_version", form.dataset.draftVersion ?? 0], ["draft_page", page]]);
  if (answer?.version) {
    form.dataset.draftVersion = answer.version;
    // Otherwise the browser would take the server's copy for a newer one.
    if (form.isConnected && !("draftOver" in form.dataset)) keep(form);
  } else if (answer?.gone) {
    delete form.dataset.draftVersion;
    if (!("draftOver" in form.dataset)) return save(form);
  } else if (answer?.newer) {
    form.dataset.draftStale = "";
    show(form, "newer", () => location.reload());
  }
}

function saveNow(form) {
  clearTimeout(unsaved.get(form));
  unsaved.delete(form);
  saving.set(form, Promise.resolve(saving.get(form)).then(() => save(form)));
}

document.addEventListener("draft:written", ({ target: form }) => {
  if (!hasCopy(form)) return;
  delete form.dataset.draftOver;
  clearTimeout(unsaved.get(form));
  unsaved.set(form, setTimeout(() => saveNow(form), PAUSE));
});

async function discard(form, draftPage) {
  // A page that was left may have saved its last text while this one was drawn, so its key counts as well as the version.
  const known = form.dataset.draftVersion ?? 0;
  delete form.dataset.draftVersion;
  await post(form, [["discard", "1"], ["draft_version", known], ["draft_page", draftPage]], true);
}

document.addEventListener("draft:discarded", async ({ target: form, detail: draftPage }) => {
  if (!hasCopy(form)) return;
  clearTimeout(unsaved.get(form));
  unsaved.delete(form);
  form.dataset.draftOver = "";
  // The page may be left before the answer of a save that is on its way, so discarding doesn't wait for it.
  await discard(form, draftPage);
  await saving.get(form);
  if ("draftOver" in form.dataset && form.dataset.draftVersion) await discard(form, draftPage);
});

/* What is sent is no draft: the server removes its copy with it. */
document.addEventListener("submit", ({ target: form }) => {
  if (!hasCopy(form)) return;
  clearTimeout(unsaved.get(form));
  unsaved.delete(form);
  form.dataset.draftOver = "";
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") for (const form of unsaved.keys()) saveNow(form);
});
