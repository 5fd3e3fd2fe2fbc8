/* Messages disappear after a while, unless they have the pointer or the focus; errors stay until closed. */

const STAYS = 10_000;

function settle() {
  for (const message of document.querySelectorAll("#notice [data-leaves]:not([data-waiting])")) {
    message.dataset.waiting = "";
    const leave = () => (message.matches(":hover, :focus-within") ? setTimeout(leave, STAYS) : message.remove());
    setTimeout(leave, STAYS);
  }
}

document.addEventListener("click", (event) => event.target.closest("[data-dismisses]")?.closest(".message").remove());
document.addEventListener("htmx:afterSettle", settle);
settle();
