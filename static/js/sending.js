/* Forms with a draft are sent without leaving the page, so it stays when there is no connection, and the form is sent once
   there is one again. The key in each form keeps the server from saving it twice (crm/platform/web/middleware/repeated_forms.py).

A response that isn't a redirect saved nothing: the browser then submits the form as usual and shows that page. */
import { endDraft, submissionKey } from "./drafts.js";

const UNREACHABLE = [502, 503, 504];
// Milliseconds between attempts; the last pause repeats. A form without files is answered in much less than PATIENCE.
const PAUSES = [2_000, 4_000, 8_000, 16_000, 30_000];
const PATIENCE = 30_000;
// What is being sent: { form, body, attempts, timer, line }.
const waiting = new Map();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !form.matches("[data-draft], [data-ends-draft]")) return;
  if (event.submitter?.matches("[name=insert], [data-again]")) return;
  keyOf(form).value = submissionKey(form, event.submitter);
  if ("asUsual" in form.dataset) return delete form.dataset.asUsual;
  event.preventDefault();
  send({ form, submitter: event.submitter, body: new FormData(form, event.submitter), attempts: 0 });
});

function keyOf(form) {
  const input = form.elements.submission_key ?? document.createElement("input");
  Object.assign(input, { type: "hidden", name: "submission_key" });
  if (!input.form) form.append(input);
  return input;
}

async function send(sent) {
  const { form, body } = sent;
  const hasFiles = [...body.values()].some((value) => value instanceof File && value.size);
  waiting.set(form, sent);
  clearTimeout(sent.timer);
  sent.attempts += 1;
  // Redirects come as a header, as they do for htmx.
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  const signal = hasFiles ? undefined : AbortSignal.timeout(PATIENCE);
  const response = await fetch(form.getAttribute("action") || location.href, { method: "POST", body, headers, signal }).catch(() => null);
  // Meanwhile the user canceled or changed the text.
  if (waiting.get(form) !== sent) return;
  if (!response || UNREACHABLE.includes(response.status)) return wait(sent);
  waiting.delete(form);
  sent.line?.remove();
  const next = response.headers.get("HX-Redirect");
  if (next) return open(form, new URL(next, location.href));
  form.removeAttribute("aria-busy");
  form.dataset.asUsual = "";
  form.requestSubmit(sent.submitter);
}

function open(form, next) {
  // On the way to the sign-in page, nothing was saved.
  if (!next.searchParams.has("lost")) endDraft(form);
  const here = next.hash && next.pathname + next.search === location.pathname + location.search;
  location.assign(next);
  if (here) location.reload();
}

function wait(sent) {
  sent.line ??= draw(sent);
  sent.timer = setTimeout(() => send(sent), PAUSES[Math.min(sent.attempts, PAUSES.length) - 1]);
}

function draw(sent) {
  const line = document.getElementById("draft-lines").content.querySelector("[data-line=offline]").cloneNode(true);
  line.querySelector("button").addEventListener("click", () => stop(sent.form));
  document.getElementById("notice").append(line);
  return line;
}

function stop(form) {
  const sent = waiting.get(form);
  if (!sent) return;
  waiting.delete(form);
  clearTimeout(sent.timer);
  sent.line?.remove();
  form.removeAttribute("aria-busy");
}

window.addEventListener("online", () => {
  for (const sent of waiting.values()) if (sent.line) send(sent);
});

/* What is typed while a form waits isn't in it, so it's no longer sent: the user sends it again. */
document.addEventListener("input", (event) => {
  if (waiting.get(event.target.form)?.line) stop(event.target.form);
});
