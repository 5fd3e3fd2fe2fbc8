"""The screens of webhooks: who makes them, the secret that is shown once, who may change them, their end."""

import re

import pytest
from django.utils import timezone

from crm.api.webhook_log import EVENTS
from crm.models import Webhook, WebhookDelivery
from crm.records.change import Verb
from tests.conftest import make_user

LIST = "/admin/api/webhooks"
ADDRESS = "https://example.com/leadwell"


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def page(browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def secret_in(answer) -> str:
    found = re.search(r'readonly value="(\w{40})"', answer.content.decode())
    assert found
    return found[1]


def test_an_administrator_makes_a_webhook_and_sees_its_secret_once(browser, ada):
    sent = {"url": ADDRESS, "user": ada.pk, "kinds": ["add", "move"]}
    shown = browser.post(f"{LIST}/new", sent)
    hook = Webhook.objects.get()
    assert (hook.user, hook.url, hook.kinds, hook.active) == (ada, ADDRESS, ["add", "move"], True)
    assert secret_in(shown) == hook.secret
    assert shown["Cache-Control"] == "no-store"
    for path in (LIST, f"{LIST}/{hook.pk}", f"{LIST}/{hook.pk}/edit"):
        assert hook.secret not in page(browser, path)


def test_the_form_begins_with_who_makes_it_and_takes_https_for_granted(browser, ada):
    form = browser.get(f"{LIST}/new").context["form"]
    sent = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, "", [])}
    secret_in(browser.post(f"{LIST}/new", sent | {"url": "example.com/hook"}))
    hook = Webhook.objects.get()
    assert (hook.user, hook.url, hook.kinds) == (ada, "https://example.com/hook", [])
    assert "everything" in page(browser, LIST)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("url", "", "This field is required"),
        (
            "url",
            "ftp://example.com",
            "The address has to start with https:// or http:// and include a host name.",
        ),
        ("url", "https://a:b@example.com/", "The address can’t contain a username, a password or port 0."),
        ("url", "http://127.0.0.1:5432/", "The host isn’t publicly accessible."),
        ("url", "http://169.254.169.254/latest", "The host isn’t publicly accessible."),
        ("url", "https://localhost/", "The host isn’t publicly accessible."),
        ("url", "https://example.com/\0", "Null characters"),
        ("url", f"https://example.com/{'x' * 500}", "at most 500 characters"),
        ("kinds", "explode", "Select a valid choice"),
        ("user", "987654321", "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(browser, ada, name, value, said):
    answer = browser.post(f"{LIST}/new", {"url": ADDRESS, "user": ada.pk, name: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Webhook.objects.exists()


def test_nobody_makes_a_webhook_with_the_eyes_of_somebody_who_holds_more(sign_in, someone_with, ada):
    eve = someone_with("view_webhook", "add_webhook", "view_lead", "see_own")
    answer = sign_in(eve).post(f"{LIST}/new", {"url": ADDRESS, "user": ada.pk})
    assert answer.status_code == 422
    assert not Webhook.objects.exists()


def test_who_sees_no_leads_gets_no_webhook(browser, cast, departments):
    blind = make_user("blind", None, [departments.sales])
    answer = browser.post(f"{LIST}/new", {"url": ADDRESS, "user": blind.pk})
    assert answer.status_code == 422
    assert "can’t view any records, so the webhook would never be notified." in answer.content.decode()


def test_a_user_has_at_most_twenty_whoever_makes_them(browser, ada):
    Webhook.objects.bulk_create(Webhook(user=ada, url=ADDRESS, secret="x") for _number in range(20))
    answer = browser.post(f"{LIST}/new", {"url": ADDRESS, "user": ada.pk})
    assert answer.status_code == 422
    assert "already has 20 webhooks" in answer.content.decode()


@pytest.mark.parametrize("name", ["ann", "bob", "conrad"])
def test_only_an_administrator_comes_to_the_webhooks(sign_in, cast, make_hook, name):
    browser, hook = sign_in(getattr(cast, name)), make_hook()
    for path in (LIST, f"{LIST}/new", f"{LIST}/{hook.pk}", f"{LIST}/{hook.pk}/remove"):
        assert browser.get(path).status_code == 403


def test_a_webhook_of_somebody_who_holds_more_is_seen_but_not_changed(sign_in, someone_with, make_hook):
    hook = make_hook()
    browser = sign_in(
        someone_with("view_webhook", "change_webhook", "delete_webhook", "view_lead", "see_own")
    )
    path = f"{LIST}/{hook.pk}"
    assert "Send test" not in page(browser, path)
    for act in ("edit", "rotate", "switch", "test", "again", "remove"):
        assert browser.post(f"{path}/{act}", {"url": "https://example.org/"}).status_code == 403
    hook.refresh_from_db()
    assert (hook.url, hook.active, hook.secret) == (ADDRESS, True, "s" * 40)


def test_another_address_and_other_events_keep_user_secret_and_log(browser, ada, bob, make_hook):
    hook = make_hook(kinds=["add"])
    form = page(browser, f"{LIST}/{hook.pk}/edit")
    assert re.search(r'value="add" checked', form)
    sent = {"url": "https://example.org/", "kinds": ["move", "undo"], "user": bob.pk}
    assert browser.post(f"{LIST}/{hook.pk}/edit", sent).status_code == 302
    hook.refresh_from_db()
    assert (hook.url, hook.kinds, hook.user) == ("https://example.org/", ["move", "undo"], ada)
    assert hook.secret == "s" * 40


def test_a_new_secret_is_shown_once_and_signs_from_then_on(browser, make_hook):
    hook = make_hook()
    new = secret_in(browser.post(f"{LIST}/{hook.pk}/rotate"))
    hook.refresh_from_db()
    assert hook.secret == new != "s" * 40


def test_one_of_somebody_who_has_left_cannot_be_switched_on(browser, make_hook, bob):
    hook = make_hook(bob, active=False)
    bob.is_active = False
    bob.save()
    assert browser.post(f"{LIST}/{hook.pk}/switch", {"active": "yes"}).status_code == 403


def test_the_page_says_since_when_deliveries_fail_and_that_the_webhook_was_turned_off(browser, make_hook):
    hook = make_hook(failing_since=timezone.now())
    path = f"{LIST}/{hook.pk}"
    assert "After a day, Leadwell turns the webhook off." in page(browser, path)
    Webhook.objects.update(active=False)
    assert "Leadwell turned this webhook off" in page(browser, path)
    browser.post(f"{path}/switch", {"active": "yes"})
    hook.refresh_from_db()
    assert (hook.active, hook.failing_since) == (True, None)


def test_a_removed_webhook_is_gone_with_its_log(browser, make_hook):
    hook = make_hook()
    WebhookDelivery.objects.create(webhook=hook)
    assert "The webhook stops sending notifications, and its log is deleted." in page(
        browser, f"{LIST}/{hook.pk}/remove"
    )
    assert browser.post(f"{LIST}/{hook.pk}/remove").status_code == 302
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_without_a_webhook_the_list_offers_to_make_one(browser):
    assert "No webhooks yet" in page(browser, LIST)


def test_every_kind_of_operation_has_its_words_and_no_other():
    words = {kind for _heading, kinds in EVENTS for kind, _words in kinds}
    assert words == {kind for kind in Verb.known if not kind.startswith("test")}
