/* Tabs that don't fit: the row scrolls so that the open tab is visible. */
function settle() {
  for (const tab of document.querySelectorAll(":is(.tabs, .groups) > [aria-current]")) {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}

settle();
document.addEventListener("htmx:oobAfterSwap", settle);
