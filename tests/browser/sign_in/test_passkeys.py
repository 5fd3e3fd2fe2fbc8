"""Passkeys in Chromium with a virtual device: added in the profile, then signing in with it alone and as a second step;
and the code page without JavaScript."""

import re

import pyotp
import pytest

from tests.browser.window import PASSWORD, Window

pytestmark = pytest.mark.hard


@pytest.fixture
def named(leadwell, chromium, known):
    """named() is a window at the site's name: browsers make no passkeys for an IP address. Adding the first one ends all
    other sessions of a user, so the next tests sign in anew."""
    opened: list[Window] = []

    def open_window(**options) -> Window:
        opened.append(Window(chromium, f"http://localhost:{leadwell.port}", **options))
        return opened[-1]

    yield open_window
    faults = [fault for one in opened for fault in one.faults]
    for one in opened:
        one.context.close()
    known.clear()
    assert faults == []


def plug_in(window: Window, *, verified: bool = True):
    """A device that is built in, whose user is there and, unless said otherwise, is recognized."""
    session = window.context.new_cdp_session(window.page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    found = session.send("WebAuthn.addVirtualAuthenticator", {"options": device})["authenticatorId"]

    def become(verified: bool) -> None:
        session.send("WebAuthn.setUserVerified", {"authenticatorId": found, "isUserVerified": verified})

    return become


def sign_out(page) -> None:
    page.goto("/profile")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/login")


def give_password(page, account: str) -> None:
    page.get_by_label("Email").fill(f"{account}@demo.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).first.click()


def turn_off(page) -> None:
    page.goto("/profile/two-step/off")
    page.get_by_role("button", name="Turn off two-step verification").click()
    page.wait_for_url("**/profile/two-step")


def test_a_passkey_is_added_and_signs_in_alone_and_after_the_password(named):
    window = named()
    page, become = window.page, plug_in(window)
    window.sign_in("operator")
    page.goto("/profile/two-step")
    page.get_by_label("Name (required)").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Save your recovery codes").wait_for()
    assert page.locator("[data-codes]").inner_text().count("-") == 10
    assert page.get_by_role("button", name="Print").is_visible()
    page.get_by_role("link", name="I have saved the codes").click()
    assert page.get_by_text("Laptop", exact=True).is_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/login" not in url)

    sign_out(page)
    become(verified=False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey wasn’t used.").wait_for()
    become(verified=True)
    page.goto("/login?next=/profile")
    give_password(page, "operator")
    page.wait_for_url("**/login/code")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/profile")
    turn_off(page)


def test_a_browser_without_passkeys_says_so(named):
    window = named()
    window.context.add_init_script("delete window.PublicKeyCredential")
    window.sign_in("super")
    window.go("/profile/two-step")
    assert window.page.get_by_text("This browser can’t use passkeys.").is_visible()
    assert not window.page.get_by_role("button", name="Add a passkey").is_visible()


def test_an_authenticator_app_works_without_javascript(named):
    window = named(javascript=False)
    page = window.page
    window.sign_in("manager")
    page.goto("/profile/two-step/app")
    key = re.sub(r"\s", "", page.locator("code").inner_text())
    assert page.get_by_role("img", name="QR code for your authenticator app").is_visible()
    page.get_by_label("Code from the app").fill(pyotp.TOTP(key).now())
    page.get_by_role("button", name="Add the app").click()
    codes = page.locator("[data-codes]").inner_text().split()
    assert len(codes) == 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_text().split() == codes
    sign_out(page)
    give_password(page, "manager")
    page.wait_for_url("**/login/code")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    turn_off(page)
