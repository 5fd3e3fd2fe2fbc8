/* Fields that depend on others: [data-shown-if='{"status": ["3", "4"]}'] appears when each named field has one of the values.
   The server decides the same when the form is saved; a hidden field keeps its value there. */
const SPOKEN = { true: "yes", false: "no", on: "yes" };

/* The values of a field in the form; a hidden field decides nothing. */
function valuesOf(form, name) {
  const found = [...form.elements].filter((input) => input.name === name && !input.closest("[data-shown-if][hidden]"));
  return found.flatMap((input) => {
    if (input.type !== "checkbox" && input.type !== "radio") return [SPOKEN[input.value] ?? input.value];
    if (input.type === "checkbox" && input.value === "on") return [input.checked ? "yes" : "no"];
    return input.checked ? [SPOKEN[input.value] ?? input.value] : [];
  });
}

function decide(form) {
  const fields = [...form.querySelectorAll("[data-shown-if]")];
  /* A field that appears may be the one that decides about another. */
  for (let changed = true, rounds = 0; changed && rounds <= fields.length; rounds++) {
    changed = false;
    for (const field of fields) {
      const hidden = !Object.entries(JSON.parse(field.dataset.shownIf)).every(([name, wanted]) =>
        valuesOf(form, name).some((value) => wanted.includes(value)),
      );
      if (field.hidden !== hidden) {
        field.hidden = hidden;
        changed = true;
      }
    }
  }
}

document.addEventListener("change", (event) => {
  if (event.target.form?.querySelector("[data-shown-if]")) decide(event.target.form);
});

/* The Back button keeps what was chosen. */
window.addEventListener("pageshow", () => {
  for (const form of document.forms) if (form.querySelector("[data-shown-if]")) decide(form);
});
