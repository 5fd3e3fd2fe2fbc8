/* A page that was open while its user signed in again in another tab still works: its requests get the new token.
   A page of another user doesn't: its requests would be made by the wrong user. */

const USER = "leadwell-user";
const drawnFor = document.body.dataset.user ?? "";
localStorage.setItem(USER, drawnFor);

export function token() {
  if (!drawnFor || localStorage.getItem(USER) !== drawnFor) return null;
  return cookie("__Host-csrftoken") ?? cookie("csrftoken");
}

function cookie(name) {
  return document.cookie.match(`(?:^|; )${name}=([^;]+)`)?.[1];
}

document.addEventListener(
  "submit",
  (event) => {
    const field = event.target.querySelector?.("[name=csrfmiddlewaretoken]");
    const fresh = token();
    if (field && fresh) field.value = fresh;
  },
  true,
);

document.addEventListener("htmx:configRequest", (event) => {
  const fresh = token();
  if (fresh) event.detail.headers["X-CSRFToken"] = fresh;
});
