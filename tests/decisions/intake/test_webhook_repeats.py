"""Which calls of an incoming webhook count as the same call, sent again: by the ID of the delivery, and without one by the body."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db.models import F

from crm.records.history.verb_execution import operation
from intake.models import IncomingCall
from leads.models import Lead
from tests.intake.webhooks.conftest import deliver, make_webhook

__all__ = ["deliver", "make_webhook"]

MAPPING = {"name": "last_name", "email": "email"}
ANA, BOB = {"name": "Ana", "email": "ana@x.example"}, {"name": "Bob", "email": "bob@x.example"}


class Case(NamedTuple):
    """The second call, when it comes, and how many leads there are then."""

    body: dict[str, Any]
    leads: int
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    minutes: int = 0


def by(header: str, number: str) -> dict[str, str]:
    return {header: number}


CASES = {
    "the same body at once": Case(ANA, 1),
    "the same body after four minutes": Case(ANA, 1, minutes=4),
    "the same body after six minutes, which may be meant": Case(ANA, 2, minutes=6),
    "another body": Case(BOB, 2),
    "the same body with another ID": Case(ANA, 2, by("Webhook-Id", "1"), by("Webhook-Id", "2")),
    "another body with the same ID": Case(BOB, 1, by("Webhook-Id", "1"), by("Webhook-Id", "1")),
    "the same ID a day later": Case(ANA, 1, by("Webhook-Id", "1"), by("Webhook-Id", "1"), minutes=1_440),
    "GitHub": Case(ANA, 1, by("X-GitHub-Delivery", "1"), by("X-GitHub-Delivery", "1"), minutes=60),
    "Shopify": Case(ANA, 1, by("X-Shopify-Webhook-Id", "1"), by("X-Shopify-Webhook-Id", "1"), minutes=60),
    "two orders of Shopify": Case(ANA, 2, by("X-Shopify-Webhook-Id", "1"), by("X-Shopify-Webhook-Id", "2")),
    "WooCommerce": Case(ANA, 1, by("X-WC-Webhook-Delivery-Id", "1"), by("X-WC-Webhook-Delivery-Id", "1"), minutes=60),
    "Svix": Case(ANA, 1, by("Svix-Id", "1"), by("Svix-Id", "1"), minutes=60),
    "Leadwell": Case(ANA, 1, by("Leadwell-Delivery", "1"), by("Leadwell-Delivery", "1"), minutes=60),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_how_many_leads_two_calls_make(case, make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, ANA, **case.first)
    IncomingCall.objects.update(at=F("at") - timedelta(minutes=case.minutes))
    said = deliver(webhook, case.body, **case.second).json()
    assert Lead.objects.count() == case.leads
    assert said == {"status": "added" if case.leads == 2 else "repeated"}


def test_the_same_body_at_another_webhook_is_another_call(make_webhook, deliver):
    for name in ("Site", "Shop"):
        deliver(make_webhook(name=name, mapping=MAPPING), ANA)
    assert Lead.objects.count() == 2


def test_a_body_that_cannot_be_read_may_come_again(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, "{broken")
    deliver(webhook, "{broken")
    assert IncomingCall.objects.count() == 2


def test_a_body_of_which_nothing_was_made_may_come_again(make_webhook, deliver):
    webhook = make_webhook(mapping={})
    assert deliver(webhook, ANA).json() == {"status": "needs_attention"}
    with operation("edit_incoming_webhook", by=None):
        webhook.mapping = MAPPING
        webhook.save()
    assert deliver(webhook, ANA).json() == {"status": "added"}


def test_two_equal_records_of_one_call_are_two_leads(make_webhook, deliver):
    webhook = make_webhook(mapping={"people[0].name": "last_name", "people[0].email": "email"})
    people = {"people": [ANA, ANA]}
    deliver(webhook, people)
    assert Lead.objects.count() == 2
    deliver(webhook, people)
    assert Lead.objects.count() == 2
