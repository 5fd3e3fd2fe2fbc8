"""Notifications on devices in the profile: turned on by a browser, listed, removed, and ended together with sessions."""

import pytest
from django.test import Client

from accounts.authentication import password_links
from accounts.authentication.browser_names import get_browser_name
from accounts.models import PushDevice, User
from accounts.models.push import LONGEST_ENDPOINT, MOST_OF_A_USER
from accounts.users.deactivation import Heirs, deactivate
from tests.accounts.push.pushing import SubscribedBrowser
from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
ENDPOINT = "https://push.example.com/send/1"
NEW = "a brand new password 7"


def signed_in(user) -> Client:
    """Another browser."""
    browser = Client(headers={"user-agent": FIREFOX})
    browser.force_login(user, backend="accounts.sign_in.EmailBackend")
    return browser


def turn_on(browser, endpoint: str = ENDPOINT, **changes):
    values = SubscribedBrowser().subscription(endpoint) | changes
    return browser.post("/profile/devices", values, follow=True).text


@pytest.fixture
def mine(bob) -> Client:
    """A browser in which Bob turned on notifications."""
    browser = signed_in(bob)
    turn_on(browser)
    return browser


def endpoints() -> list[str]:
    return list(PushDevice.objects.order_by("endpoint").values_list("endpoint", flat=True))


def test_a_browser_is_added_and_listed(bob, noted):
    browser = signed_in(bob)
    page = browser.get("/profile").text
    assert "Notifications on this device" in page
    assert "data-on" not in page
    (line,) = noted(lambda: turn_on(browser))
    assert (line["event"], line["device"]) == ("device_added", "Firefox, Windows")
    page = browser.get("/profile").text
    assert "Firefox, Windows" in page
    assert "This device" in page
    assert "No notifications yet" in page
    assert "data-on" in page
    assert ENDPOINT not in page
    device = PushDevice.objects.get()
    assert (device.user, device.last_used_at) == (bob, None)
    assert f'data-push="{device.server_key}"' in page


def test_the_page_asks_nothing_and_works_without_javascript(mine):
    page = mine.get("/profile").text
    assert "<noscript>" in page
    assert 'data-when="off" hidden' in page
    assert 'data-when="unable" hidden' in page
    mine.post(f"/profile/devices/{PushDevice.objects.get().pk}/remove")
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("changes", [
    {"endpoint": "http://push.example.com/1"}, {"endpoint": "https://127.0.0.1/1"}, {"endpoint": "https://localhost/"},
    {"endpoint": "https://169.254.169.254/latest"}, {"endpoint": "https://[::1]/"}, {"endpoint": "https://2130706433/"},
    {"endpoint": "https://a:b@push.example.com/"}, {"endpoint": "https://push.example.com/å"}, {"endpoint": "x"},
    {"endpoint": "https://push.example.com/" + "x" * LONGEST_ENDPOINT}, {"endpoint": ""}, {"endpoint": "https://push.example.com/\0"},
    {"browser_key": "x"}, {"browser_key": "B" * 87}, {"browser_key": "x" * 5_000}, {"browser_key": "ă"}, {"browser_key": ""},
    {"secret": "short"}, {"secret": "x" * 200}, {"secret": ""}, {"secret": "a/+" + "a" * 19},
])  # fmt: skip
def test_an_invalid_subscription_is_rejected_with_a_sentence(changes, bob):
    page = turn_on(signed_in(bob), **changes)
    assert 'data-tone="negative"' in page
    assert not PushDevice.objects.exists()


def test_a_subscription_requires_the_token_of_the_form(bob):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob, backend="accounts.sign_in.EmailBackend")
    assert browser.post("/profile/devices", SubscribedBrowser().subscription(ENDPOINT)).status_code == 403
    assert not PushDevice.objects.exists()


def test_a_user_has_at_most_twenty_devices(bob, mine):
    PushDevice.objects.bulk_create(
        PushDevice(user=bob, endpoint=f"https://push.example.com/more/{number}")
        for number in range(MOST_OF_A_USER - 1)
    )
    assert "You have 20 devices already." in turn_on(signed_in(bob), "https://push.example.com/send/2")
    assert PushDevice.objects.of_user(bob).count() == MOST_OF_A_USER
    # A browser that is already one of them is renewed.
    assert "Notifications are on for this device." in turn_on(mine)
    assert PushDevice.objects.of_user(bob).count() == MOST_OF_A_USER


def test_a_browser_is_one_device_however_often_it_is_turned_on(mine):
    turn_on(mine, "https://push.example.com/send/2")
    assert endpoints() == ["https://push.example.com/send/2"]


def test_the_device_of_another_user_is_not_found(mine, ben):
    pk = PushDevice.objects.get().pk
    assert signed_in(ben).post(f"/profile/devices/{pk}/remove").status_code == 404
    assert "Firefox, Windows" not in signed_in(ben).get("/profile").text
    assert PushDevice.objects.exists()


def test_removing_a_device_requires_a_post_and_is_logged(mine, noted):
    path = f"/profile/devices/{PushDevice.objects.get().pk}/remove"
    assert mine.get(path).status_code == 405
    (line,) = noted(lambda: mine.post(path))
    assert (line["event"], line["device"]) == ("device_removed", "Firefox, Windows")


def test_signing_out_ends_the_notifications_in_this_browser_only(mine, bob):
    other = signed_in(bob)
    turn_on(other, "https://push.example.com/send/2")
    mine.post("/logout")
    assert endpoints() == ["https://push.example.com/send/2"]


def test_signing_out_of_a_later_session_ends_them_too(mine, bob):
    del mine.cookies["sessionid"]
    mine.post("/login", {"email": bob.email, "password": PASSWORD})
    assert endpoints() == [ENDPOINT]
    mine.post("/logout")
    assert endpoints() == []


def test_when_another_user_signs_in_the_notifications_of_the_previous_one_end(mine, ben):
    del mine.cookies["sessionid"]
    mine.post("/login", {"email": ben.email, "password": PASSWORD})
    assert endpoints() == []


def test_a_browser_shows_the_notifications_of_the_user_who_turned_them_on_last(mine, ben):
    turn_on(signed_in(ben))
    assert PushDevice.objects.get().user == ben


def test_signing_out_of_other_devices_ends_their_notifications(mine, bob, ben):
    turn_on(signed_in(bob), "https://push.example.com/send/2")
    turn_on(signed_in(ben), "https://push.example.com/send/3")
    mine.post("/profile/sign-out-elsewhere")
    assert endpoints() == [ENDPOINT, "https://push.example.com/send/3"]


def test_a_new_password_from_a_link_ends_all_notifications(mine, bob, client):
    where = client.get(password_links.build_password_link(bob).removeprefix("http://127.0.0.1:8000"))[
        "Location"
    ]
    client.post(where, {"new_password1": NEW, "new_password2": NEW})
    assert endpoints() == []


def test_deactivating_a_user_ends_all_their_notifications(mine, bob, ada):
    deactivate(bob, Heirs(), by=ada)
    assert endpoints() == []


@pytest.mark.parametrize("cookie", ["", "nonsense", "MQ:1:2", "x" * 4_000])
def test_a_forged_cookie_ends_nothing(cookie, mine, bob, settings):
    other = signed_in(bob)
    other.cookies[settings.PUSH_COOKIE_NAME] = cookie
    assert other.post("/logout").status_code == 302
    assert endpoints() == [ENDPOINT]


def test_a_device_of_a_lost_key_says_so(mine, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "b" * 50
    assert "a key of the server has changed" not in mine.get("/profile").text
    PushDevice.objects.update(server_key="of a lost secret key")
    assert "a key of the server has changed" in mine.get("/profile").text


def test_users_choose_what_their_devices_show(mine, bob):
    page = mine.get("/profile").text
    assert "Show reminders on your devices" in page
    assert "Show mentions on your devices" in page
    sent = {
        "name": "Bob",
        "rows_per_page": "50",
        "reminder_time": "08:00",
        "remind_before": "15",
        "push_mentions": "on",
    }
    assert mine.post("/profile", sent).status_code == 302
    kept = User.objects.get(pk=bob.pk)
    assert (kept.push_reminders, kept.push_mentions) == (False, True)


def test_with_the_setting_off_the_profile_does_not_offer_notifications(mine, bob, settings):
    settings.PUSH = False
    page = mine.get("/profile").text
    assert "otifications on this device" not in page
    assert "on your devices" not in page
    assert mine.post("/profile/devices", SubscribedBrowser().subscription(ENDPOINT)).status_code == 404
    sent = {"name": "Bob", "rows_per_page": "50", "reminder_time": "08:00", "remind_before": "15"}
    assert mine.post("/profile", sent).status_code == 302
    assert User.objects.get(pk=bob.pk).push_mentions


@pytest.mark.parametrize(("header", "name"), [
    (FIREFOX, "Firefox, Windows"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome, Linux"),
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
    ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/604.1", "Safari, iPhone"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "Safari, macOS"),
    ("curl/8", ""), ("", ""),
])  # fmt: skip
def test_a_browser_has_a_readable_name(header, name):
    assert get_browser_name(header) == name
