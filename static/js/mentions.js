/* An @ in a field with data-mentions="/address" offers the colleagues who see the record; without this, names are typed. */
import { plain } from "./narrows.js";

const PATTERN = /(?:^|[\s(])@([\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]*)?)$/u;
let list = null;
let asked = 0;

function typed(field) {
  return field.value.slice(0, field.selectionStart).match(PATTERN)?.[1];
}

function close(field) {
  asked += 1;
  hide(field);
}

function hide(field) {
  list?.remove();
  list = null;
  field.removeAttribute("aria-activedescendant");
  field.removeAttribute("aria-controls");
}

function choose(field, name) {
  const end = field.selectionStart;
  const start = end - typed(field).length;
  field.setRangeText(`${name} `, start, end, "end");
  close(field);
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function mark(field, place) {
  const options = [...list.children];
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
  field.setAttribute("aria-activedescendant", options[place].id);
}

function offer(field, names) {
  list?.remove();
  list = document.createElement("ul");
  list.id = "mentions";
  list.className = "mentions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.mentionsLabel);
  names.forEach((name, number) => {
    const option = document.createElement("li");
    option.id = `mention-${number}`;
    option.setAttribute("role", "option");
    option.textContent = name;
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(field, name);
    });
    list.append(option);
  });
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  mark(field, 0);
}

/* Until the answer is there, Enter doesn't take a name that was offered for less than what is typed by now. */
function narrow(field, text) {
  const start = (words) => ` ${plain(words).replace(/[-'’]/g, " ")}`;
  for (const option of [...list.children]) if (!start(option.textContent).includes(start(text))) option.remove();
  if (list.children.length) mark(field, 0);
  else hide(field);
}

document.addEventListener("input", async (event) => {
  const field = event.target.closest?.("[data-mentions]");
  if (!field) return;
  const text = typed(field);
  if (text === undefined) return close(field);
  if (list) narrow(field, text);
  const turn = (asked += 1);
  const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(text)}`);
  if (turn !== asked || !answer.ok || answer.redirected) return;
  const { names } = await answer.json();
  if (turn !== asked) return;
  if (names.length) offer(field, names);
  else close(field);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-mentions]");
  if (!field || !list) return;
  const options = [...list.children];
  const place = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark(field, (place + 1) % options.length);
  else if (event.key === "ArrowUp") mark(field, (place + options.length - 1) % options.length);
  else if (event.key === "Enter" || event.key === "Tab") choose(field, options[place].textContent);
  else if (event.key === "Escape") close(field);
  else return;
  event.preventDefault();
});

document.addEventListener("focusout", (event) => {
  const field = event.target.closest?.("[data-mentions]");
  if (field && list) close(field);
});
