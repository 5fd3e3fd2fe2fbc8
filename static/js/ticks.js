/* Checkboxes of a list: the header selects all rows of the page, Shift selects a range, "all that match" is a separate choice. */

let last = null;

function boxes(form) {
  return [...form.querySelectorAll("tbody .tick, .listing .tick")];
}

function settle(form) {
  const all = boxes(form);
  const ticked = all.filter((box) => box.checked).length;
  const head = form.querySelector("[data-tick-all]");
  if (head) {
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
}

document.addEventListener("click", (event) => {
  const box = event.target;
  const form = box.closest?.("form.list, form.ticked-list");
  if (!form || !box.matches(".tick")) return;
  if (box.matches("[data-tick-all]")) {
    for (const other of boxes(form)) other.checked = box.checked;
  } else {
    const all = boxes(form);
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const other of all.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
  }
  settle(form);
});

/* Whoever leaves the mode in which rows are selected selects none. */
document.addEventListener("change", (event) => {
  const form = event.target.matches?.("[data-selecting]:not(:checked)") && event.target.form;
  if (!form) return;
  for (const box of boxes(form)) box.checked = false;
  settle(form);
});

document.addEventListener("reset", (event) => setTimeout(() => settle(event.target)));
document.addEventListener("keytick", (event) => settle(event.target.closest("form.list")));
