/* Turns on notifications in this browser, on the page that has [data-push]: our public key. The browser asks its user only
   after a click on the button. Of the parts with [data-when], those for the state of this browser are shown. */
const card = document.querySelector("[data-push]");

function show(...states) {
  for (const part of card.querySelectorAll("[data-when]")) part.hidden = !states.includes(part.dataset.when);
}

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/* A subscription for an earlier key of the server is of no use. Some browsers don't say which one it is for. */
function isOurs({ options }) {
  if (!options?.applicationServerKey) return true;
  const key = new Uint8Array(options.applicationServerKey);
  const ours = bytes(card.dataset.push);
  return key.length === ours.length && key.every((value, place) => value === ours[place]);
}

async function look() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show("unable");
  if (Notification.permission === "denied") return show("blocked");
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  const on = "on" in card.dataset && Notification.permission === "granted" && subscription && isOurs(subscription);
  show(on ? "on" : "off");
}

async function turnOn(form) {
  if ((await Notification.requestPermission()) !== "granted") return look();
  const { pushManager } = await navigator.serviceWorker.ready;
  let subscription = await pushManager.getSubscription();
  if (subscription && !isOurs(subscription)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(card.dataset.push) });
  const { endpoint, keys } = subscription.toJSON();
  form.elements.endpoint.value = endpoint;
  form.elements.browser_key.value = keys.p256dh;
  form.elements.secret.value = keys.auth;
  form.submit();
}

/* The server forgets the device in any case. */
async function turnOff(form) {
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  form.submit();
}

if (card) {
  const form = card.querySelector("form[data-when]");
  form.querySelector("button").addEventListener("click", () => turnOn(form).catch(() => show("off", "failed")));
  card.querySelector("form[data-end]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    turnOff(event.target).catch(() => event.target.submit());
  });
  look().catch(() => show("unable"));
}
