/* The calendar beside a field for a day or a point in time: the browser's own one. Its value is written as the page writes days. */

const TYPED = /^(\d{1,2})\s+(\S+?),?\s+(\d{4})(?:,\s*(\d{1,2}:\d{2}(?::\d{2})?))?$/;

const monthsOf = (field) => field.closest(".day-input").dataset.months.split("|");
const twoDigits = (number) => String(number).padStart(2, "0");

/* "25 Nov 2026, 14:30" as "2026-11-25T14:30"; what is typed otherwise is left to the server, and the calendar begins today. */
function toValue(field) {
  const [, day, name, year, clock] = field.value.trim().match(TYPED) ?? [];
  const month = monthsOf(field).indexOf(name) + 1;
  if (!month) return "";
  const found = `${year}-${twoDigits(month)}-${twoDigits(day)}`;
  return field.dataset.picker === "date" ? found : `${found}T${clock ?? "00:00"}`;
}

function toText(field, value) {
  const [day, clock] = value.split("T");
  const [year, month, number] = day.split("-").map(Number);
  const text = `${number} ${monthsOf(field)[month - 1]} ${year}`;
  return clock ? `${text}, ${clock}` : text;
}

function pick(field) {
  const picker = document.createElement("input");
  Object.assign(picker, { type: field.dataset.picker, className: "day-picker", tabIndex: -1, ariaHidden: "true" });
  picker.value = toValue(field);
  picker.addEventListener("change", () => {
    if (!picker.value) return;
    field.value = toText(field, picker.value);
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  });
  picker.addEventListener("blur", () => picker.remove());
  field.closest(".day-input").querySelector(".day-picker")?.remove();
  field.after(picker);
  picker.focus();
  picker.showPicker();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-picks]");
  if (button) pick(button.parentElement.querySelector("[data-picker]"));
});

/* As in the browser's own field: Alt and the arrow. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || !event.altKey || !event.target.matches?.("[data-picker]")) return;
  event.preventDefault();
  pick(event.target);
});
