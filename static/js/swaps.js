/* How htmx puts responses into the page. It starts after all modules, so it reads this in time. */
Object.assign(window.htmx?.config ?? {}, {
  includeIndicatorStyles: false,
  allowEval: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "4(00|09|22)", swap: true, error: false },
    { code: "[45]..", swap: true, error: true, target: "#notice" },
  ],
});

/* A search that is sent while it is typed says so: only Enter jumps to the record with a number. */
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.triggeringEvent?.type === "input") detail.headers["Typing"] = "1";
});

/* What didn't arrive after its page, such as the number of records, gets the link that asks for it. */
for (const failed of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failed, ({ detail: { elt } }) => {
    if (!elt.matches("[hx-trigger^=load]")) return;
    const place = elt.querySelector("[data-waits]") ? elt : elt.closest(".page");
    place.dataset.unanswered = "";
  });
}
