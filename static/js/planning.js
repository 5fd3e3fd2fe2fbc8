/* A task gets another day, or an entry of the calendar another time: it is dragged there (drags.js), or moved by keys: H and L by one
   day, in the calendar also the arrow keys by one day or a quarter of an hour. */

import { areOff } from "./keys.js";

const DAY = 86_400_000; // milliseconds
const QUARTER = 15; // minutes

export function plan(entry, day, clock = "") {
  const form = document.getElementById("plan");
  const { due, clock: before, task, version } = entry.dataset;
  if (!form || !day || (day === due && (clock === "" || clock === before))) return;
  const values = form.elements.entry ? { entry: entry.dataset.entry, day, time: clock, version } : { task, day };
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  // A key that repeats, or a second drop, waits for the answer.
  if (form.dataset.sent !== undefined) return;
  form.dataset.sent = "";
  form.requestSubmit();
}

export const writeClock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const readClock = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/* From the day that it is due; in the list, what is overdue or has no day begins today. */
const from = (task) => task.dataset.due || document.querySelector("[data-from]")?.dataset.from;

function moveByDays(entry, step) {
  plan(entry, new Date(Date.parse(from(entry)) + step * DAY).toISOString().slice(0, 10));
}

/* To the quarter before or after it, on the same day. */
function moveByQuarters(entry, step) {
  if (!entry.dataset.clock) return;
  const minutes = readClock(entry.dataset.clock);
  const moved = step < 0 ? Math.ceil(minutes / QUARTER - 1) * QUARTER : Math.floor(minutes / QUARTER + 1) * QUARTER;
  if (moved >= 0 && moved < 24 * 60) plan(entry, entry.dataset.due, writeClock(moved));
}

document.addEventListener("keydown", (event) => {
  const entry = event.target.closest?.("[data-task], [data-entry]");
  if (!entry || event.ctrlKey || event.metaKey || event.altKey || areOff()) return;
  const inCalendar = entry.dataset.entry && event.target.matches(".opens");
  const days = { H: -1, L: 1, ...(inCalendar && { ArrowLeft: -1, ArrowRight: 1 }) }[event.key];
  const quarters = inCalendar && entry.closest(".hours") && { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!days && !quarters) return;
  event.preventDefault();
  if (days) moveByDays(entry, days);
  else moveByQuarters(entry, quarters);
});

/* Whether anyone came to a meeting that has begun: y for held, w for a no-show. */
document.addEventListener("keydown", (event) => {
  const chosen = { y: "[data-held]", w: "[data-no-show]" }[event.key];
  const entry = chosen && event.target.closest?.(".calendar [data-entry]");
  if (!entry || event.ctrlKey || event.metaKey || event.altKey || areOff()) return;
  entry.querySelector(chosen)?.click();
});

/* The focus is on what was moved, as the address says; the server's answer is read out with it. */
const moved = location.hash.length > 1 && document.querySelector(`.calendar [id="${CSS.escape(location.hash.slice(1))}"]`);
const answer = moved && document.querySelector("#notice .message p");
if (answer) {
  answer.id = "answer";
  moved.setAttribute("aria-describedby", "answer");
  moved.focus();
}
addEventListener("pageshow", () => delete document.getElementById("plan")?.dataset.sent);
