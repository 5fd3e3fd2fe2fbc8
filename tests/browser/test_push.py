"""Notifications on a device: the browser asks only after a click, and a click on a notification opens its page."""

import json
from itertools import count

import pytest

from tests.running.chromium import get_launch_options

pytestmark = pytest.mark.hard

# A push service is out of reach here, so the subscription is made up; everything else is the browser's own.
SUBSCRIBE = """
  const made = (key) => ({
    endpoint: "https://push.example.com/send/1",
    options: { applicationServerKey: key },
    unsubscribe: async () => localStorage.removeItem("key"),
    toJSON: () => ({ endpoint: "https://push.example.com/send/1", keys: {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg" } }),
  });
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly) throw new Error("Not allowed");
    localStorage.setItem("key", JSON.stringify([...applicationServerKey]));
    return made(applicationServerKey.buffer);
  };
  PushManager.prototype.getSubscription = async () => {
    const key = localStorage.getItem("key");
    return key && made(new Uint8Array(JSON.parse(key)).buffer);
  };
"""
# Chromium without a screen forgets a notification when it compares what is stored with what is displayed at the wrong
# moment. The service worker keeps the one that it has seen.
KEEP = """async () => {
  self.shown ??= (await self.registration.getNotifications())[0];
  return self.shown && [self.shown.title, self.shown.body];
}"""
LEFT = "() => navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((all) => all.length)"


@pytest.fixture(scope="module")
def chromium(driver):
    """The whole browser, because only that shows notifications."""
    whole = driver.chromium.launch(**get_launch_options(whole=True))
    yield whole
    whole.close()


@pytest.fixture
def rep(window):
    rep = window("rep", installed=True)
    rep.context.add_init_script(SUBSCRIBE)
    return rep


@pytest.fixture
def allowed(rep):
    rep.context.grant_permissions(["notifications"])
    return rep


def deliver(window, told: dict) -> list[str]:
    """As a push service does, to the service worker of the page. Returns title and text of what it showed."""
    found: list[str] = []
    devtools = window.context.new_cdp_session(window.page)
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(
            row["registrationId"] for row in event["registrations"] if not row["isDeleted"]
        ),
    )
    devtools.send("ServiceWorker.enable")
    window.until(lambda: found)
    values = {"origin": window.base, "registrationId": found[-1], "data": json.dumps(told)}
    (worker,) = window.context.service_workers
    attempts = count()

    def get_shown() -> list[str]:
        # Forgotten before it was seen: the push service sends it again.
        if next(attempts) % 50 == 0:
            devtools.send("ServiceWorker.deliverPushMessage", values)
        return worker.evaluate(KEEP)

    return window.until(get_shown)


def test_a_user_turns_on_notifications_and_off_again(allowed):
    page = allowed.page
    # The list of sessions above says "This device" too.
    devices = page.get_by_role("region", name="Notifications on this device")
    allowed.go("/profile")
    page.get_by_role("button", name="Turn on").click()
    page.locator(".message", has_text="Notifications are on for this device.").wait_for()
    devices.get_by_text("This device", exact=True).wait_for()
    assert not page.get_by_role("button", name="Turn on").is_visible()
    # What the server lists isn't enough: this browser has lost its subscription.
    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_role("button", name="Turn on").click()
    devices.get_by_text("This device", exact=True).wait_for()
    devices.get_by_role("button", name="Remove").click()
    page.locator(".message", has_text="Removed the device.").wait_for()
    assert page.get_by_role("button", name="Turn on").is_visible()
    assert page.evaluate("localStorage.getItem('key')") is None


def test_the_browser_is_not_asked_before_the_click_and_a_refusal_is_explained(rep):
    page = rep.page
    rep.go("/profile")
    asked = "window.asked = 0; Notification.requestPermission = async () => { window.asked++; return 'denied'; }; 0"
    page.evaluate(asked)
    page.get_by_role("button", name="Turn on").wait_for()
    assert page.evaluate("window.asked") == 0
    page.evaluate(
        "Object.defineProperty(Notification, 'permission', { get: () => window.asked ? 'denied' : 'default' }); 0"
    )
    page.get_by_role("button", name="Turn on").click()
    page.get_by_text("Notifications from Leadwell are blocked in this browser.").wait_for()
    assert page.evaluate("window.asked") == 1
    assert not page.get_by_role("button", name="Turn on").is_visible()


def test_without_javascript_there_is_no_button_that_does_nothing(window):
    rep = window("rep", javascript=False)
    rep.go("/profile")
    assert rep.page.get_by_role("heading", name="Notifications on this device").is_visible()
    assert not rep.page.get_by_role("button", name="Turn on").is_visible()


@pytest.mark.parametrize(("path", "opens"), [
    ("/admin/tasks", "/admin/tasks"),
    ("https://elsewhere.example/x", "/"),
    ("//elsewhere.example/x", "/"),
    ("javascript:alert(1)", "/"),
    (None, "/"),
])  # fmt: skip
def test_a_click_on_a_notification_opens_a_page_of_leadwell_and_nothing_else(path, opens, allowed):
    allowed.go("/profile")
    allowed.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    told = {"title": "Reminder", "body": "“Call” is due.", "tag": "one", "lang": "en", "path": path}
    assert deliver(allowed, told) == ["Reminder", "“Call” is due."]
    (worker,) = allowed.context.service_workers
    opened = worker.evaluate(
        """async () => {
          const opened = new Promise((done) => { Clients.prototype.openWindow = async (address) => done(address); });
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification: self.shown }));
          return opened;
        }"""
    )
    assert opened == allowed.base + opens
    assert allowed.page.evaluate(LEFT) == 0
