/* Files that are dropped on the composer of a record join those in its file input, and the type becomes "File". */

const box = document.querySelector(".composer [data-drops]");
const composer = box?.closest("form");
const input = box?.querySelector("input[type=file]");
const status = box?.querySelector("[role=status]");
const words = (name, names) => (names.length ? box.dataset[name].replace("{0}", names.join(", ")) : "");
const namesOf = (files) => files.map((file) => file.name);
const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

/* These files and no others: those that are too large would only be refused after a long upload. */
function choose(files, note = "") {
  const large = files.filter((file) => file.size > Number(box.dataset.drops));
  const chosen = new DataTransfer();
  for (const file of files) if (!large.includes(file)) chosen.items.add(file);
  input.files = chosen.files;
  box.toggleAttribute("data-filled", input.files.length > 0);
  status.textContent = [words("chosen", namesOf([...input.files])), words("large", namesOf(large)), note].filter(Boolean).join(" ");
}

function drop(event) {
  const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
  const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory;
  const files = items.filter((item) => !isFolder(item)).map((item) => item.getAsFile());
  composer.querySelector("[name=type][value=file]").checked = true;
  choose([...input.files, ...files], items.some(isFolder) ? box.dataset.folder : "");
  input.focus();
}

if (composer) {
  input.addEventListener("change", () => choose([...input.files]));
  // A file that is dropped beside the composer must not replace the page.
  for (const name of ["dragenter", "dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!hasFiles(event) || event.target === input) return;
      event.preventDefault();
      const over = composer.contains(event.target);
      event.dataTransfer.dropEffect = over ? "copy" : "none";
      composer.dataset.dragged = over ? "over" : "";
      if (name === "drop" && over) drop(event);
    });
  }
  document.addEventListener("dragleave", (event) => event.relatedTarget || delete composer.dataset.dragged);
  document.addEventListener("drop", () => delete composer.dataset.dragged);
}
