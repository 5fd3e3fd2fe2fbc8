/* Links that open in a dialog or a menu with JavaScript, and as separate pages without it. */

import { comeBack, place } from "./focus.js";
import { showRow } from "./rows.js";
import { send } from "./small-forms.js";

const FIRST = "[autofocus], input:not([type=hidden]), select, textarea, summary, button:not([aria-hidden])";
// A link in a list's cell opens the form for its value, that of a header its menu; so does any other link that says so.
// One that leads elsewhere calls a number (calls.js).
const INLINE = "[data-inline], .records tbody td > a[href^='/'], .records thead th > a:not(.sort)";
let opened = "";

async function fill(box, address) {
  await window.htmx.ajax("GET", address, { target: box, swap: "innerHTML" });
  box.querySelector(FIRST)?.focus();
}

/* Opens the shared dialog with a form from this address. Closing it brings the focus back to `near`. */
export function openDialog(address, near) {
  const dialog = document.getElementById("dialog");
  dialog.replaceChildren();
  delete dialog.dataset.width;
  near?.focus();
  dialog.showModal();
  return fill(dialog, address);
}

document.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const opener = event.target.closest(`[data-opens], [data-dialog], ${INLINE}, [data-closes]`);
  if (!opener) return;
  if (opener.matches("[data-closes]")) {
    opener.closest("dialog")?.close();
    opener.closest("[popover]")?.hidePopover();
  } else if (opener.dataset.opens) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog) return;
    dialog.showModal();
  } else if (opener.matches(INLINE)) {
    const menu = document.getElementById("inline");
    if (!menu) return;
    event.preventDefault();
    // A menu choice that needs more input fills the same menu.
    if (menu.contains(opener)) return fill(menu, opener.href);
    // One in another menu opens where that menu was.
    const around = opener.closest("[popover]");
    const source = (around && document.querySelector(`[popovertarget="${around.id}"]`)) || opener;
    around?.hidePopover();
    opened = place(source);
    menu.replaceChildren();
    menu.ariaLabel = opener.ariaLabel || opener.textContent.trim();
    menu.showPopover({ source });
    return fill(menu, opener.href);
  } else {
    const dialog = document.getElementById("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.replaceChildren();
    dialog.dataset.width = opener.dataset.dialog;
    opener.closest("[popover]")?.hidePopover();
    dialog.showModal();
    return fill(dialog, opener.href);
  }
  event.preventDefault();
});

/* The headers of a list are boosted, but their menus open here. A link in the menu closes it before the list changes. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.detail.elt;
  if (link.matches(INLINE)) event.preventDefault();
  if (link.matches("#inline a")) document.getElementById("inline").hidePopover();
});

/* The small form of a record: errors show where it is. A list gets the row back, and the page of the record comes again. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  const menu = form.closest("#inline");
  if (!form.dataset.row || !menu) return;
  const row = document.getElementById(form.dataset.row);
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  const headers = { "HX-Request": "true", "HX-Target": row ? row.id : "inline", "HX-Current-URL": location.href };
  const address = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
  send(form, address, event.submitter, headers).then(
    async (answer) => {
      if (!answer) return;
      if (answer.headers.has("HX-Redirect")) {
        location.assign(answer.headers.get("HX-Redirect"));
      } else if (answer.ok && row) {
        const drawn = await showRow(row.id, answer);
        menu.hidePopover();
        comeBack(opened, drawn);
      } else if (answer.status === 422 || answer.status === 409) {
        menu.innerHTML = await answer.text();
        (menu.querySelector("[aria-invalid=true]") || menu.querySelector(FIRST))?.focus();
      } else {
        location.reload();
      }
    },
  );
});

/* The star of a list row: htmx posts it and gets the row back. */
document.addEventListener("submit", (event) => {
  const star = event.submitter;
  if (!star?.matches(".records .star")) return;
  event.preventDefault();
  window.htmx.ajax("POST", star.formAction, { source: star, target: star.closest("tr"), swap: "outerHTML" });
});

/* A row that was changed in place is replaced; its small form closes. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches?.("tr") || event.detail.requestConfig?.verb === "post") {
    const menu = document.getElementById("inline");
    if (menu?.matches(":popover-open") && !menu.contains(event.detail.target)) menu.hidePopover();
  }
});
