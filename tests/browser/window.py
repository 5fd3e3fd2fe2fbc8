"""A browser window for tests: signed in, with a size and a color scheme, and a record of its errors."""

import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from crm.platform.web.password_confirmation import LASTS

Found = TypeVar("Found")

PASSWORD = "a-password-for-the-browser"
# Console messages for form errors (422), conflicts (409) and refusals, which the tests check themselves. htmx also logs
# a message when the page is left while one of its requests is still running.
EXPECTED = (
    "Failed to load resource: the server responded with a status of 4",
    "htmx:afterRequest",
    "htmx:sendAbort",
    "htmx:oobErrorNoTarget",
)
# Milliseconds; only what never happens takes so long, however busy the machine is.
PATIENCE, PAUSE = 60_000, 20
# Seconds; a test that begins within them ends before pages ask for the password again.
FRESH = LASTS.total_seconds() / 3


class Window:
    """`page` is Playwright's; `faults` are sentences: script errors, content policy, responses of 500 or more."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        *,
        width=1440,
        height=900,
        dark=False,
        javascript=True,
        installed=False,
    ) -> None:
        self.browser, self.base = browser, base
        self.faults, self.javascript = [], javascript
        self.context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Bucharest",
            # Playwright doesn't see what passes through the script of the installed app.
            service_workers="allow" if installed else "block",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.tab()
        self.touch = self.context.new_cdp_session(self.page)
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """A narrow window is a phone with a touch screen."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.touch.send("Emulation.setTouchEmulationEnabled", {"enabled": width < 700})

    def tab(self) -> Page:
        """Another tab of the same browser."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._heard)
        page.on("response", self._answered)
        return page

    def be(self, account: str, known: dict) -> None:
        """Signed in as `account`@demo.example; `known` keeps the cookies for the next window, with the time of the sign-in.

        Pages ask for the password again when the last time was a while ago, and then the session has another key: a window
        that is signed in long enough before that is signed in again, however long all tests take.
        """
        cookies, at = known.get(account, ([], 0.0))
        if not cookies or time.monotonic() - at > FRESH:
            # Apart, because a late answer to the page that is open here could change the cookies of the form.
            apart = Window(self.browser, self.base)
            apart.sign_in(account)
            cookies = apart.context.cookies()
            apart.context.close()
            known[account] = cookies, time.monotonic()
        self.context.add_cookies(cookies)

    def sign_in(self, account: str, at: str = "/login") -> None:
        self.go(at)
        self.page.get_by_label("Email").fill(f"{account}@demo.example")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).first.click()
        self.page.wait_for_url(lambda url: urlsplit(url).path != "/login")

    def go(self, path: str) -> Response:
        """The response of the page itself: if it asks for the password first, because the last time was a while ago, it
        gets it."""
        response = self.page.goto(path)
        if not path.startswith("/confirm") and self.confirmed():
            return self.page.goto(path)
        return response

    def until(self, happened: Callable[[], Found]) -> Found:
        """What `happened` returns, as soon as that is true: for what no event of the page tells. The page goes on meanwhile."""
        for _try in range(PATIENCE // PAUSE):
            if found := happened():
                return found
            self.page.wait_for_timeout(PAUSE)
        raise AssertionError(f"It did not happen on {self.page.url}.")

    def confirmed(self) -> bool:
        """Whether the open page asked for the password, and got it."""
        if urlsplit(self.page.url).path != "/confirm":
            return False
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Continue").click()
        self.page.wait_for_url(lambda url: urlsplit(url).path != "/confirm")
        return True

    def _heard(self, message: ConsoleMessage) -> None:
        address = message.location.get("url")  # none for the tests' own scripts
        if address and message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.faults.append(f"{address}: {message.text}")

    def _answered(self, response: Response) -> None:
        fetched = response.request.resource_type in ("stylesheet", "script", "image", "font", "other")
        if response.status >= 500 or (fetched and response.status >= 400):
            self.faults.append(f"{response.url} answered {response.status}")
