/* A task gets another day: it is dragged there (drags.js), or H and L on it move it one day earlier or later. */

import { areOff } from "./keys.js";

const DAY = 86_400_000; // milliseconds

export function plan(task, day) {
  const form = document.getElementById("plan");
  if (!form || !day || day === task.dataset.due) return;
  form.elements.task.value = task.dataset.task;
  form.elements.day.value = day;
  form.requestSubmit();
}

/* From the day that it is due; in the list, what is overdue or has no day begins today. */
const from = (task) => task.dataset.due || document.querySelector("[data-from]")?.dataset.from;

document.addEventListener("keydown", (event) => {
  const step = { H: -1, L: 1 }[event.key];
  const task = step && event.target.closest?.("[data-task]");
  if (!task || event.ctrlKey || event.metaKey || event.altKey || areOff()) return;
  event.preventDefault();
  plan(task, new Date(Date.parse(from(task)) + step * DAY).toISOString().slice(0, 10));
});
