/* Cells of a list that are edited in their place (in-place.js): by the pencil of the cell under the mouse, and by Enter or F2 in the
   cell that the arrow keys have reached. The table names the fields, data-edits="company next:expected_close"; no row repeats them. */

import { labelOf, words } from "./columns.js";
import { hasChanged, isEditing, isInside, leave, openPlace } from "./in-place.js";
import { showRow } from "./rows.js";

const CELL = ".records[data-edits] tbody :is(th, td)";
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/* The field of a cell; nothing if its row or its column isn't edited here, or if the record of the row doesn't have this field. */
function nameOf(cell) {
  const row = cell?.closest(".records[data-edits] tbody tr:not([data-fixed])");
  if (row?.dataset.lacks?.split(" ").includes(cell.dataset.col)) return undefined;
  const found = row?.closest("table").dataset.edits.split(" ").find((named) => named.split(":")[0] === cell.dataset.col);
  return found?.split(":").at(-1);
}

const linkOf = (row) => row.querySelector("th a");
const cellOf = (row, name) => [...(row?.cells ?? [])].find((cell) => nameOf(cell) === name);
const cellsOf = (row) => [...row.cells].filter((cell) => nameOf(cell) && cell.checkVisibility());
/* A value with a link to its own small form has no pencil: the link opens it. */
const ownOf = (cell) => cell.querySelector(":scope > a[href*='/inline/']");

function labelFor(cell) {
  const table = cell.closest("table");
  const head = table.querySelector(`thead [data-col="${CSS.escape(cell.dataset.col)}"]`);
  const name = labelOf(head).toLocaleLowerCase(document.documentElement.lang);
  return words(table, "edit", name, linkOf(cell.parentElement).textContent);
}

/* One pencil follows the mouse and one the arrow keys, so that the mouse never takes the focus away. */
function makePencil() {
  const pencil = document.createElement("button");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  icon.firstChild.setAttribute("href", "#i-edit");
  icon.ariaHidden = "true";
  pencil.append(icon);
  // The arrow keys reach it, and the way to the first record isn't longer.
  Object.assign(pencil, { type: "button", className: "pencil", tabIndex: -1 });
  return pencil;
}

const hovering = makePencil();
const reached = makePencil();

function putInto(cell, pencil) {
  if (pencil.parentElement === cell) return;
  pencil.ariaLabel = labelFor(cell);
  pencil.ariaDescription = cell.textContent.trim();
  cell.append(pencil);
}

/* Puts the focus into a cell: on its link to a small form, on the name of the record, or on its pencil. */
function reach(cell) {
  const own = cell.matches("th") ? linkOf(cell.parentElement) : ownOf(cell);
  if (!own) putInto(cell, reached);
  (own ?? reached).focus();
}

function placeOf(cell) {
  const { id } = cell.parentElement;
  const name = nameOf(cell);
  const now = () => cellOf(document.getElementById(id), name);
  return {
    name,
    address: `${linkOf(cell.parentElement).pathname}/inline/${name}`,
    answer: id,
    // Not in the cell: the list is a form itself.
    mount(box) {
      Object.assign(box, { popover: "manual", role: "dialog", ariaLabel: labelFor(now()) });
      box.classList.add("cell-form");
      document.getElementById("main").append(box);
      box.showPopover({ source: now() });
    },
    unmount: (box) => box.remove(),
    next(step, names) {
      const rows = [...now().closest("tbody").rows];
      const around = rows.flatMap((row) => cellsOf(row));
      let place = around.indexOf(now());
      do place += step;
      while (around[place]?.parentElement.id === id && names.has(nameOf(around[place])));
      return around[place] && placeOf(around[place]);
    },
    async saved(answer) {
      const next = document.getElementById(id).nextElementSibling;
      if (!(await showRow(id, answer))) linkOf(next ?? document)?.focus();
      return true;
    },
    focus: () => now() && reach(now()),
  };
}

document.addEventListener("pointermove", (event) => {
  const cell = event.pointerType === "mouse" && event.target.closest?.(CELL);
  if (hovering.parentElement && hovering.parentElement === cell) return;
  if (cell && nameOf(cell) && !ownOf(cell) && reached.parentElement !== cell) putInto(cell, hovering);
  else hovering.remove();
});
document.addEventListener("focusout", (event) => {
  if (event.target === reached) setTimeout(() => document.activeElement === reached || reached.remove());
});

/* Before the menu of small forms (dialogs.js): here, the cell itself becomes the field. A click outside an open form closes it; what
   was changed is saved, and the click does nothing else: it might leave the page. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.(".pencil, .records td > a[href*='/inline/']");
  const cell = opener?.closest(CELL);
  if (cell && nameOf(cell) && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
    event.preventDefault();
    event.stopPropagation();
    openPlace(placeOf(cell));
  } else if (document.querySelector(".cell-form") && !isInside(event.target)) {
    if (hasChanged()) {
      event.preventDefault();
      event.stopPropagation();
    }
    leave();
  }
}, true);

/* The cell beside this one that can be reached, or the one above or below it; else the name of that row's record. */
function cellBeside(cell, [across, down]) {
  const row = cell.parentElement;
  if (down) {
    const other = down > 0 ? row.nextElementSibling : row.previousElementSibling;
    const same = [...(other?.cells ?? [])].find((one) => one.dataset.col === cell.dataset.col);
    return same && (canReach(same) ? same : other.querySelector("th"));
  }
  const cells = [...row.cells].filter(canReach);
  return cells[cells.indexOf(cell) + across];
}

const canReach = (cell) => cell.checkVisibility() && (cell.matches("th") || Boolean(nameOf(cell) || ownOf(cell)));

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(CELL);
  if (!cell || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.target.matches("input, .star")) return;
  if (event.key === "F2" && canReach(cell)) {
    event.preventDefault();
    if (nameOf(cell)) openPlace(placeOf(cell));
    else ownOf(cell)?.click();
  }
  const next = event.key in STEPS && cellBeside(cell, STEPS[event.key]);
  if (!next) return;
  event.preventDefault();
  reach(next);
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
});
