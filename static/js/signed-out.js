/* Text typed into a form after its session ended comes back once the same user has signed in again.

It is kept only in this tab and only until sign-in: any other page discards it. Forms with a draft (drafts.js) don't need it. */

const KEY = "leadwell-lost";
const user = document.body.dataset.user;
// A page can't choose files again.
const kept = (field) => field.name && field.name !== "csrfmiddlewaretoken" && field.type !== "file";
const fields = (form) => [...form.elements].filter(kept);
const address = (form) => new URL(form.getAttribute("action") || location.href, location.href).href;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!user || form.method !== "post" || form.querySelector("[type=password]") || form.dataset.draft) return;
  const values = fields(form).map((field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked
    : field.type === "select-multiple" ? [...field.selectedOptions].map((option) => option.value)
    : field.value,
  );
  const names = fields(form).map((field) => field.name);
  sessionStorage.setItem(KEY, JSON.stringify({ user, address: address(form), names, values }));
});

function bringBack({ address: sentTo, names, values }) {
  const same = (form) => address(form) === sentTo && fields(form).map((field) => field.name).join() === names.join();
  const form = [...document.forms].find(same);
  if (!form) return;
  fields(form).forEach((field, place) => {
    const value = values[place];
    if (field.type === "checkbox" || field.type === "radio") field.checked = value;
    else if (field.type === "select-multiple") for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
  });
}

if (user) {
  const draft = JSON.parse(sessionStorage.getItem(KEY));
  sessionStorage.removeItem(KEY);
  if (draft?.user === user && draft.lost) bringBack(draft);
} else if (new URLSearchParams(location.search).has("lost") && sessionStorage.getItem(KEY)) {
  sessionStorage.setItem(KEY, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(KEY)), lost: true }));
}
