/* Registers the script that shows a page of its own without a connection. */
navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
