/* Forms: submitted only once, however often the button is clicked; the error summary gets the focus; Ctrl+Enter saves. */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  // A download leaves the page as it is: the form can be submitted again, and its dialog closes. The file comes within
  // five seconds; otherwise, the list of exports does.
  if ("downloads" in form.dataset) {
    for (const wait of [800, 3000, 6000]) setTimeout(() => window.htmx.trigger(document.body, "notices"), wait);
    return form.closest("dialog")?.close();
  }
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
});

/* The Back button shows the page as it was left; its form may be submitted again. */
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});
for (const over of ["htmx:afterRequest", "htmx:sendError"]) {
  document.addEventListener(over, (event) => event.target.closest?.("form")?.removeAttribute("aria-busy"));
}

/* A page with errors starts at their summary, or else in the first field with one. A table of rows with errors starts where it is. */
const wrong = [...document.querySelectorAll("[aria-invalid=true]")].filter((field) => !field.closest("table") && field.checkVisibility());
(document.querySelector("[data-focus]") || wrong[0])?.focus();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.form || document.querySelector(".applybar")?.closest("form");
  form?.requestSubmit();
});

/* An error disappears as soon as its value changes; submitting validates the new value. */
document.addEventListener("input", (event) => {
  if (event.target.getAttribute?.("aria-invalid") !== "true") return;
  event.target.removeAttribute("aria-invalid");
  event.target.closest(".field")?.querySelector(".error")?.remove();
});

/* A choice that changes the form's fields reloads the form immediately, if the form has a button data-again. */
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-asks-again]")) event.target.form.querySelector("[data-again]")?.click();
});

/* A button data-chooses-next="name" chooses the next of the radio buttons of that name in its form, after the last the first. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-chooses-next]");
  if (!button) return;
  const choices = [...button.form.elements[button.dataset.choosesNext]];
  const next = choices[(choices.findIndex((choice) => choice.checked) + 1) % choices.length];
  next.checked = true;
  next.dispatchEvent(new Event("change", { bubbles: true }));
});

/* A meeting has a time, so its fields show at once. Those of a call wait until they are opened. */
function showTime(box) {
  const when = box?.checked && box.form.querySelector("details.when");
  if (when) when.open ||= box.value === "meeting";
}
document.addEventListener("change", (event) => {
  if (event.target.matches(".composer [name=type]")) showTime(event.target);
});
showTime(document.querySelector(".composer [name=type][value=meeting]"));
