"""Trying a webhook: the page shows the call, and sends what it shows."""

import json

import pytest

from crm.api.webhooks.webhook_delivery import deliver
from crm.models import Operation, WebhookDelivery
from tests.api.webhooks.listening import changed

PAGES = "/admin/api/webhooks"


def read_shown(page) -> dict | str:
    return json.loads(page.context["body"]) if page.context["body"] else ""


@pytest.fixture
def tried(make_hook, listener, ada):
    return make_hook(ada, url=listener.url)


def test_the_page_shows_exactly_what_is_sent(tried, listener, sign_in, ada, make_lead, ann):
    operation = changed(make_lead(owner=ann), ann)
    browser, path = sign_in(ada), f"{PAGES}/{tried.pk}/try"
    for chosen in ("", str(operation.pk)):
        shown = read_shown(browser.get(path, {"operation": chosen}))
        browser.post(path, {"operation": chosen})
        deliver(WebhookDelivery.objects.latest("pk").pk)
        sent = json.loads(listener.heard[-1][1])
        assert {**shown, "delivery": None} == {**sent, "delivery": None}
        # Sent once, it has its number.
        if chosen:
            assert read_shown(browser.get(path, {"operation": chosen})) == sent
    assert [json.loads(body)["event"] for _headers, body in listener.heard] == ["test", "operation"]


def test_a_change_that_is_tried_twice_keeps_its_number(tried, sign_in, ada, make_lead, ann):
    operation = changed(make_lead(owner=ann), ann)
    for _time in range(2):
        sign_in(ada).post(f"{PAGES}/{tried.pk}/try", {"operation": operation.pk})
    assert [row.operation for row in WebhookDelivery.objects.all()] == [operation]


def test_offered_are_the_changes_that_the_webhook_is_notified_of_and_its_user_lists(
    make_hook, sign_in, ada, carla, make_lead, ann
):
    lead = make_lead(owner=ann)
    shared, private = changed(lead, ann), changed(lead, ann)
    Operation.objects.filter(pk=private.pk).set_private(True)
    browser = sign_in(ada)

    def offered(hook) -> set[int]:
        return {record.pk for record, _words in browser.get(f"{PAGES}/{hook.pk}/try").context["options"]}

    every = offered(make_hook(ada))
    assert shared.pk in every
    assert private.pk not in every
    assert offered(make_hook(ada, kinds=["move"])) == set()
    assert shared.pk not in offered(make_hook(carla))


@pytest.mark.parametrize("sent", ["0", "987654321", "x", "9" * 40])
def test_a_change_that_is_not_offered_is_the_test(tried, sign_in, ada, sent):
    browser, path = sign_in(ada), f"{PAGES}/{tried.pk}/try"
    assert read_shown(browser.get(path, {"operation": sent}))["event"] == "test"
    assert browser.post(path, {"operation": sent}).status_code == 302
    assert WebhookDelivery.objects.get().operation is None


def test_a_webhook_that_is_off_shows_that_nothing_is_sent(make_hook, sign_in, ada):
    page = sign_in(ada).get(f"{PAGES}/{make_hook(ada, active=False).pk}/try")
    assert "Nothing: the webhook is off." in page.text
    assert page.context["body"] == ""
