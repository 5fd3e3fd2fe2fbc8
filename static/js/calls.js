/* A tap on a number with data-dial, or in a list, starts the clock of a call and opens the form that logs it, on the page
   of the record that data-dial or the row names, or here. */
const KEY = "call";
const LISTED = ".records td > a:not([href^='/'])";

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
  const link = event.target.closest?.(`[data-dial], ${LISTED}`);
  if (!link) return;
  const started = Date.now();
  const page = link.dataset.dial ?? link.closest("tr").querySelector("th a").pathname;
  if (!page) return logs(started);
  sessionStorage.setItem(KEY, JSON.stringify({ path: page, started }));
  // The number is dialed first.
  setTimeout(() => location.assign(page), 300);
});

const waiting = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
if (waiting?.path === location.pathname) {
  sessionStorage.removeItem(KEY);
  logs(waiting.started);
}
