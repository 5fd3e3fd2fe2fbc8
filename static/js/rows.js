/* A click on a row opens its record, as a click on its name does; cells with their own link, button or checkbox keep theirs. */

/* Shows a row as it is now, from the answer to a change; it stays selected. An empty answer removes it: its record is out of sight. */
export async function showRow(id, answer) {
  const row = document.getElementById(id);
  const ticked = row.querySelector(".tick")?.checked;
  row.outerHTML = await answer.text();
  const drawn = document.getElementById(id);
  if (drawn) window.htmx.process(drawn);
  if (drawn && ticked) drawn.querySelector(".tick").checked = true;
  for (const name of (answer.headers.get("HX-Trigger") || "").split(", ")) window.htmx.trigger(document.body, name);
  return drawn;
}

const OWN = "a, button, input, label, select, summary";

function linkOf(event) {
  const row = event.target.closest(".records tbody tr");
  if (!row || event.defaultPrevented || event.target.closest("td, th")?.querySelector(OWN)) return null;
  // Text that was just selected is about to be copied.
  return String(getSelection()) ? null : row.querySelector("th a");
}

document.addEventListener("click", (event) => {
  const link = linkOf(event);
  if (!link) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});

/* The middle button opens it in a new tab. */
document.addEventListener("auxclick", (event) => {
  const link = event.button === 1 && linkOf(event);
  if (link) window.open(link.href, "_blank", "noopener");
});
