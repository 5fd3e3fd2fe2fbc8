{% load static %}/* Shows a page of its own when there is no connection. It stores that page and nothing else. */
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
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  else if (request.url.endsWith("{% static 'css/offline.css' %}")) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
