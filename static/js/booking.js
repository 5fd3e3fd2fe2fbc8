/* The page of free times: it works without this script, on the clock of the company. */
const form = document.querySelector("[data-zone-form]");
const here = new URL(location.href);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/* The visitor's own time zone, unless they chose one. */
if (form && zone && !here.searchParams.has("zone")) {
  const select = form.elements.zone;
  if (select.value !== zone && [...select.options].some((option) => option.value === zone)) {
    here.searchParams.set("zone", zone);
    location.replace(here);
  }
}
