/* The form of a status or source: the chip in its header shows the label as it is typed and the hue as it is picked. */

document.addEventListener("input", (event) => {
  const preview = document.querySelector("[data-preview]");
  if (!preview) return;
  if (event.target.name === "hue") preview.dataset.hue = event.target.value;
  if (event.target.name === "name") preview.textContent = event.target.value || preview.textContent;
});
