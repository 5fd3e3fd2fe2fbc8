{% load static %}/* Shows a page of its own when there is no connection, and notifications. It stores that page and nothing else. */
const STORE = "offline-{% static 'css/offline.css' %}";
const PAGE = "{% url 'offline' %}";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll([PAGE, "{% static 'css/offline.css' %}"])));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name))));
  event.waitUntil(old);
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // Back to the answer to a form, which the browser wants only as it was, and nothing is kept: its page is opened anew, and nothing sent.
  if (request.mode === "navigate" && request.cache === "only-if-cached") event.respondWith(openAnew(request));
  // A form that is submitted without a connection gets that page too, and never the browser's own.
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  else if (request.method === "GET" && request.url.endsWith("{% static 'css/offline.css' %}")) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});

/* The redirect makes the browser forget the form, but it still wants only what is kept. */
function openAnew({ method, url }) {
  if (method !== "GET") return Response.redirect(url, 303);
  return fetch(url, { headers: { Accept: "text/html" }, redirect: "manual" }).catch(() => caches.match(PAGE));
}

function told(event) {
  try {
    return event.data.json();
  } catch {
    return {};
  }
}

self.addEventListener("push", (event) => {
  const { title, body, tag, lang, path } = told(event);
  const icon = "{% static 'icon-512.png' %}";
  // A browser that is told of a message has to show one, whatever it says.
  event.waitUntil(self.registration.showNotification(title ?? "Leadwell", { body, tag, lang, icon, data: { path } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data?.path));
});

/* Shows the page in its own window if it is open there; a window with another page stays as it is. */
async function openPage(path) {
  const { origin } = self.location;
  const asked = new URL(path ?? "/", origin);
  const address = asked.origin === origin ? asked.href : `${origin}/`;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((window) => window.url === address);
  return there ? there.focus() : self.clients.openWindow(address);
}
