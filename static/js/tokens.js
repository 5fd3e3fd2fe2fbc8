/* A page that was open while its user signed in again in another tab still works: what it sends gets the new token.
   A page of somebody else does not: it would be sent in the wrong name. */

const USER = "leadwell-user";
const drawnFor = document.body.dataset.user ?? "";
localStorage.setItem(USER, drawnFor);

function token() {
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
