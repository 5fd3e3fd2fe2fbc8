/* A click on a row opens its record, as a click on its name does; cells with their own link, button or checkbox keep theirs. */

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
