"""The webhook screens: who can create webhooks, the secret that is shown once, who can change them, deleting them."""

import re

import pytest
from django.utils import timezone

from crm.api.webhooks.delivery_log import EVENTS
from crm.models import Webhook, WebhookDelivery
from crm.records.history.verb_execution import Verb
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


def test_an_administrator_creates_a_webhook_and_sees_its_secret_once(browser, ada):
    sent = {"url": ADDRESS, "user": ada.pk, "kinds": ["add", "move"]}
    shown = browser.post(f"{LIST}/new", sent)
    hook = Webhook.objects.get()
    assert (hook.user, hook.url, hook.kinds, hook.active) == (ada, ADDRESS, ["add", "move"], True)
    assert secret_in(shown) == hook.secret
    assert shown["Cache-Control"] == "no-store"
    for path in (LIST, f"{LIST}/{hook.pk}", f"{LIST}/{hook.pk}/edit"):
        assert hook.secret not in page(browser, path)


def test_the_form_defaults_to_the_current_user_and_https(browser, ada):
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
def test_invalid_values_are_reported_at_their_field(browser, ada, name, value, said):
    answer = browser.post(f"{LIST}/new", {"url": ADDRESS, "user": ada.pk, name: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Webhook.objects.exists()


def test_a_user_cannot_create_a_webhook_for_someone_with_more_permissions(sign_in, someone_with, ada):
    eve = someone_with("view_webhook", "add_webhook", "view_lead", "see_own")
    answer = sign_in(eve).post(f"{LIST}/new", {"url": ADDRESS, "user": ada.pk})
    assert answer.status_code == 422
    assert not Webhook.objects.exists()


def test_users_who_see_no_leads_get_no_webhook(browser, cast, departments):
    blind = make_user("blind", None, [departments.sales])
    answer = browser.post(f"{LIST}/new", {"url": ADDRESS, "user": blind.pk})
    assert answer.status_code == 422
    assert "can’t view any records, so the webhook would never be notified." in answer.content.decode()


def test_a_user_has_at_most_twenty_whoever_creates_them(browser, ada):
    Webhook.objects.bulk_create(Webhook(user=ada, url=ADDRESS, secret="x") for _number in range(20))
    answer = browser.post(f"{LIST}/new", {"url": ADDRESS, "user": ada.pk})
    assert answer.status_code == 422
    assert "already has 20 webhooks" in answer.content.decode()


@pytest.mark.parametrize("name", ["ann", "bob", "conrad"])
def test_only_administrators_can_open_the_webhooks(sign_in, cast, make_hook, name):
    browser, hook = sign_in(getattr(cast, name)), make_hook()
    for path in (LIST, f"{LIST}/new", f"{LIST}/{hook.pk}", f"{LIST}/{hook.pk}/remove"):
        assert browser.get(path).status_code == 403


def test_a_webhook_of_another_department_is_not_found(sign_in, someone_with, make_hook, carla):
    browser = sign_in(someone_with("view_webhook", "change_webhook", "delete_webhook", "see_departments"))
    path = f"{LIST}/{make_hook(carla).pk}"
    assert browser.get(path).status_code == 404
    assert browser.post(f"{path}/remove").status_code == 404
    assert carla.email not in browser.get(LIST).text


def test_users_who_can_only_view_webhooks_cannot_change_them(sign_in, someone_with, make_hook):
    eve = someone_with("view_webhook", "view_lead", "see_own")
    path = f"{LIST}/{make_hook(eve).pk}"
    for act in ("edit", "rotate", "switch", "try", "again", "replay", "remove"):
        assert sign_in(eve).post(f"{path}/{act}").status_code == 403


def test_a_webhook_of_someone_with_more_permissions_can_be_seen_but_not_changed(
    sign_in, someone_with, make_hook
):
    hook = make_hook()
    browser = sign_in(
        someone_with("view_webhook", "change_webhook", "delete_webhook", "view_lead", "see_own")
    )
    path = f"{LIST}/{hook.pk}"
    assert f'href="{path}/try"' not in page(browser, path)
    for act in ("edit", "rotate", "switch", "try", "again", "replay", "remove"):
        assert browser.post(f"{path}/{act}", {"url": "https://example.org/"}).status_code == 403
    hook.refresh_from_db()
    assert (hook.url, hook.active, hook.secret) == (ADDRESS, True, "s" * 40)


def test_changing_url_and_events_keeps_user_secret_and_log(browser, ada, bob, make_hook):
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


def test_a_webhook_of_a_deactivated_user_cannot_be_turned_on(browser, make_hook, bob):
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


def test_a_deleted_webhook_is_gone_with_its_log(browser, make_hook):
    hook = make_hook()
    WebhookDelivery.objects.create(webhook=hook)
    assert "The webhook stops sending notifications, and its log is deleted." in page(
        browser, f"{LIST}/{hook.pk}/remove"
    )
    assert browser.post(f"{LIST}/{hook.pk}/remove").status_code == 302
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_the_empty_list_offers_to_create_a_webhook(browser):
    assert "No webhooks yet" in page(browser, LIST)


def test_every_kind_of_operation_has_a_label_and_no_other_has_one():
    # Webhooks aren't sent for what is private to a user, and for the command that loads the demo.
    private = {"receive_private_email", "change_privacy", "load_demo"}
    words = {kind for _heading, kinds in EVENTS for kind, _words in kinds}
    assert words == {kind for kind in Verb.known if not kind.startswith("test")} - private
