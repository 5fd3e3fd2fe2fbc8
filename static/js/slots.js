/* The hours of the calendar: a click adds at the half hour under the pointer, and dragging says until when. Without this, each hour is a
   link; fingers tap on it. */

import { writeClock } from "./planning.js";

const FAR = 6; // pixels: less than that is a click
const STEP = 15; // minutes

let chosen = null;

/* The minutes since midnight at this height, down to the step. */
function minutesAt(hours, y, step) {
  const box = hours.getBoundingClientRect();
  const minutes = ((y - box.top) / box.height) * hours.dataset.hours * 60;
  return hours.dataset.first * 60 + Math.floor(minutes / step) * step;
}

function show(event) {
  const { hours, from } = chosen;
  const until = Math.max(minutesAt(hours, event.clientY, STEP) + STEP, from + STEP);
  chosen.until = Math.min(until, 24 * 60);
  chosen.mark ??= hours.appendChild(Object.assign(document.createElement("span"), { className: "chosen" }));
  const [first, size] = [hours.dataset.first * 60, hours.dataset.hours * 60];
  chosen.mark.style.insetBlockStart = `${((from - first) / size) * 100}%`;
  chosen.mark.style.blockSize = `${((chosen.until - from) / size) * 100}%`;
  chosen.mark.textContent = `${writeClock(from)}–${writeClock(chosen.until % (24 * 60))}`;
}

function leave() {
  chosen?.mark?.remove();
  chosen = null;
}

function open(slot, values) {
  const url = new URL(slot.href);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  location.href = url;
}

document.addEventListener("pointerdown", (event) => {
  const slot = event.target.closest?.(".hours > .slot");
  if (!slot || event.button || event.pointerType === "touch" || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const hours = slot.parentElement;
  chosen = { slot, hours, y: event.clientY, from: minutesAt(hours, event.clientY, STEP) };
  slot.setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (chosen && (chosen.mark || Math.abs(event.clientY - chosen.y) >= FAR)) show(event);
});
document.addEventListener("pointercancel", leave);
document.addEventListener("keydown", (event) => event.key === "Escape" && leave());
document.addEventListener("dragstart", (event) => event.target.closest?.(".hours > .slot") && event.preventDefault());

/* The click comes after the pointer was released, also after it was dragged. */
document.addEventListener("click", (event) => {
  const slot = event.target.closest?.(".hours > .slot");
  if (!slot || event.ctrlKey || event.metaKey || event.shiftKey || !event.detail) return;
  event.preventDefault();
  const { hours, from, until, mark } = chosen ?? {};
  if (mark) open(slot, { what: "meeting", time: writeClock(from), minutes: until - from });
  else open(slot, { time: writeClock(minutesAt(hours ?? slot.parentElement, event.clientY, 30)) });
  leave();
});
