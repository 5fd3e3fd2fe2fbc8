/* The public page of a web form: it works without this script. */
import "./shown-if.js";

const PARAMETERS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id"];
const KEY = "leadwell-first-touch";

function isCampaign([name, value]) {
  return PARAMETERS.includes(name) && value && value.length <= 500;
}

/* How the visitor came here first, kept in this browser for later visits. A frame may have no storage. */
function firstTouch() {
  const sent = [...new URLSearchParams(location.search)];
  const found = Object.fromEntries(sent.filter(isCampaign));
  try {
    const kept = localStorage.getItem(KEY);
    if (kept) return kept;
    if (Object.keys(found).length) localStorage.setItem(KEY, JSON.stringify(found));
  } catch {
    /* The touch of this visit is all there is. */
  }
  return JSON.stringify(found);
}

const input = document.querySelector("[data-first-touch]");
if (input) input.value = firstTouch();
