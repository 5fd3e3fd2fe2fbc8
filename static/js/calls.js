/* A tap on a number with data-dial starts the clock of a call and opens the form that logs it, on the page of the record
   that data-dial names, or here. */
const KEY = "call";

function logs(started) {
  const form = document.querySelector("form.composer");
  const clock = form?.querySelector("[data-clock]");
  if (!clock) return;
  form.querySelector("[name=type][value=call]").click();
  form.elements.started.value = new Date(started).toISOString();
  clock.hidden = false;
  const show = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - started) / 1000));
    const parts = [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0"));
    clock.querySelector("time").textContent = parts.join(":");
  };
  show();
  setInterval(show, 1000);
  form.scrollIntoView({ block: "center" });
  form.querySelector("textarea").focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-dial]");
  if (!link) return;
  const started = Date.now();
  if (!link.dataset.dial) return logs(started);
  sessionStorage.setItem(KEY, JSON.stringify({ path: link.dataset.dial, started }));
  // The number is dialed first.
  setTimeout(() => location.assign(link.dataset.dial), 300);
});

const waiting = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
if (waiting?.path === location.pathname) {
  sessionStorage.removeItem(KEY);
  logs(waiting.started);
}
