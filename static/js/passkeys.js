/* Passkeys: a click on the button of a [data-passkey] form asks the server for options and the browser for a passkey, and
   submits the form with its answer. Where the browser can't, the part that says so is shown instead of the button. */
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withIds = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

async function optionsOf(form) {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(form.dataset.options, { method: "POST", headers });
  if (!answer.ok || answer.redirected) throw new Error(`Answered with ${answer.status}`);
  const options = await answer.json();
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  if (options.excludeCredentials) options.excludeCredentials = withIds(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = withIds(options.allowCredentials);
  return options;
}

function sent({ id, rawId, type, response, authenticatorAttachment }) {
  const made = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[name]) made[name] = text(response[name]);
  if (response.getTransports) made.transports = response.getTransports();
  return JSON.stringify({ id, rawId: text(rawId), type, response: made, authenticatorAttachment, clientExtensionResults: {} });
}

async function use(form) {
  const publicKey = await optionsOf(form);
  const passkey = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.credential.value = sent(passkey);
  form.submit();
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const able = "PublicKeyCredential" in window;
  const button = form.querySelector("button");
  const part = (name) => form.querySelector(`[data-when=${name}]`);
  button.hidden = !able;
  if (part("unable")) part("unable").hidden = able;
  const go = () => {
    part("failed").hidden = true;
    use(form).catch(() => (part("failed").hidden = false));
  };
  button.addEventListener("click", go);
  /* The Enter key in its field. */
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (able) go();
  });
}

/* Recovery codes, an address or a DNS record: the same card can be copied, and some can be printed. */
for (const codes of document.querySelectorAll("[data-codes]")) {
  const card = codes.closest(".card");
  const copies = card.querySelector("[data-copies]");
  const prints = card.querySelector("[data-prints]");
  copies.hidden = !navigator.clipboard;
  copies.addEventListener("click", async () => {
    await navigator.clipboard.writeText(codes.textContent.trim());
    copies.textContent = copies.dataset.done;
  });
  if (!prints) continue;
  prints.hidden = false;
  prints.addEventListener("click", () => window.print());
}
