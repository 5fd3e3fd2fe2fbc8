/* Sends a small form that stays on its page. Without a connection or a session, the form says so and keeps what was entered. */

const lineFor = (why) => document.importNode(document.getElementById("draft-lines").content.querySelector(`[data-line=${why}]`), true);

/* Whether an answer only leads to the sign-in page, by its redirect: the session has ended. */
export function isSignedOut(next) {
  return Boolean(next) && new URL(next, location.href).pathname === lineFor("signed-out").querySelector("a").dataset.signIn;
}

export function keepEntered(form, why) {
  form.querySelector("[data-line]")?.remove();
  const line = lineFor(why);
  const link = line.querySelector("a");
  if (link) link.href = `${link.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`;
  form.append(line);
}

/* After signing in again, a form that is still open has an old token: it gets that of a new page, but only for the same user. */
async function renewToken(form) {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  if (page.body.dataset.user !== document.body.dataset.user) return false;
  form.elements.csrfmiddlewaretoken.value = page.querySelector("[name=csrfmiddlewaretoken]").value;
  return true;
}

/* The answer; nothing if the form says why there is none. */
export async function send(form, address, submitter, headers) {
  const post = () => fetch(address, { method: "POST", body: new FormData(form, submitter), headers });
  form.setAttribute("aria-busy", "true");
  let answer = await post().catch(() => null);
  if (answer?.status === 403 && (await renewToken(form).catch(() => false))) answer = await post().catch(() => null);
  form.removeAttribute("aria-busy");
  if (answer && !isSignedOut(answer.headers.get("HX-Redirect"))) return answer;
  keepEntered(form, answer ? "signed-out" : "unsent");
  return null;
}
