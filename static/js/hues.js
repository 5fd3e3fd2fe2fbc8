/* The form of a status or source: the chip in its head shows the label and the hue that are being typed and picked. */

document.addEventListener("input", (event) => {
  const preview = document.querySelector("[data-preview]");
  if (!preview) return;
  if (event.target.name === "hue") preview.dataset.hue = event.target.value;
  if (event.target.name === "name") preview.textContent = event.target.value || preview.textContent;
});
