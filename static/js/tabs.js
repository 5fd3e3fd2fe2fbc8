/* Tabs that do not fit: the row stands so that the open one is seen. */
function settle() {
  for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}

settle();
document.addEventListener("htmx:oobAfterSwap", settle);
