/* Facts that are edited in their place (in-place.js): a click on the value or its pencil opens the field. Without JavaScript, the
   link leads to a page with the same form. */

import { openPlace } from "./in-place.js";

const LINKS = "[data-fact] [data-edit]";
// What has a button of its own: the status, the owner and what is next.
const OWN = "[data-own]";
// What a saved fact may have changed elsewhere on the page. The composer and the tasks stay: something may be typed there.
const DRAWN_AGAIN = ["#notice", ".page > :not(.columns)", "#description", "[aria-label].stack:has(> #facts)", "#timeline"];

const nameOf = (link) => link.pathname.split("/").at(-1);
const linkTo = (name) => [...document.querySelectorAll(LINKS)].find((link) => link.checkVisibility() && nameOf(link) === name);

const buttonOf = (own) => document.querySelector(`[data-own=${own}]`)?.querySelector("a, button");

function placeOf(link) {
  const name = nameOf(link);
  return {
    name,
    address: link.href,
    answer: "inline",
    // The page may have been drawn again since.
    mount(box) {
      const fact = (linkTo(name) ?? link).closest("[data-fact]");
      fact.dataset.editing = "";
      fact.append(box);
    },
    unmount(box) {
      delete box.parentElement?.dataset.editing;
      box.remove();
    },
    next(step, names) {
      const isHere = (other) => other.matches(LINKS) && nameOf(other) === name;
      const around = [...document.querySelectorAll(`${LINKS}, ${OWN}`)].filter((other) => isHere(other) || other.checkVisibility());
      let place = around.findIndex(isHere);
      do place += step;
      while (around[place]?.matches(LINKS) && names.has(nameOf(around[place])));
      const own = around[place]?.dataset.own;
      return own ? { reach: () => buttonOf(own)?.focus() } : around[place] && placeOf(around[place]);
    },
    async saved(answer) {
      const next = answer.headers.get("HX-Redirect");
      const here = new URL(next, location.href).pathname === location.pathname;
      if (here) await drawAgain();
      else location.assign(next);
      return here;
    },
    focus: () => linkTo(name)?.focus(),
  };
}

/* Everything that depends on the record, from its page as it is now. */
async function drawAgain() {
  const open = document.querySelector(".more-facts")?.open;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const search = document.querySelector(".page [name=find]");
  for (const selector of DRAWN_AGAIN) {
    if (selector === "#timeline" && search?.value) continue;
    const old = [...document.querySelectorAll(selector)];
    const fresh = [...page.querySelectorAll(selector)];
    if (!old.length || !fresh.length) continue;
    old[0].before(...fresh);
    for (const element of old) element.remove();
    for (const element of fresh) window.htmx.process(element);
  }
  document.title = page.title;
  const folded = document.querySelector(".more-facts");
  if (folded) folded.open = open;
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const value = event.target.closest("[data-fact]:not([data-editing])");
  const link = event.target.closest(LINKS) ?? (event.target.closest("a, button") ? null : value?.querySelector("[data-edit]"));
  if (!link || (String(getSelection()) && !event.target.closest(LINKS))) return;
  event.preventDefault();
  openPlace(placeOf(link));
});
