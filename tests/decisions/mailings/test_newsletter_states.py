"""Whether a person receives newsletters: the stored state of a lead, and what the page says of an address that is blocked."""

import pytest

from crm.records.history.verb_execution import operation
from leads.models import Newsletter, Unsubscribe
from leads.page import newsletter_fact
from leads.page.newsletter_fact import build_newsletter_fact, get_newsletter_state_with_blocks
from mailings.models import Delivery, Mailing, Suppression

pytestmark = pytest.mark.django_db
ANA, BEA = "ana@omnia.example", "bea@omnia.example"
# What is so before the lead is added with Ana's address, what follows, and the state of the lead at last.
STORED: dict[str, tuple[str, str, str]] = {
    "nothing is known": ("", "", "none"),
    "suppressed before the lead was added": ("suppress", "", "suppressed"),
    "unsubscribed before the lead was added": ("unsubscribe", "", "unsubscribed"),
    "suppressed later": ("", "suppress", "suppressed"),
    "another address suppressed": ("", "suppress_other", "none"),
    "suppressed, never received any, and allowed again": ("suppress", "allow", "none"),
    "received one": ("", "receive", "receiving"),
    "received one and suppressed since": ("", "receive suppress", "suppressed"),
    "suppressed, and received one that was on its way": ("suppress", "receive", "suppressed"),
    "received one, suppressed and allowed again": ("", "receive suppress allow", "receiving"),
    "unsubscribed and suppressed": ("", "unsubscribe suppress", "unsubscribed"),
    "suppressed and unsubscribed": ("", "suppress unsubscribe", "unsubscribed"),
    "subscribed again, and still suppressed": ("", "unsubscribe suppress subscribe", "suppressed"),
    "suppressed, and the lead has another address now": ("", "suppress change", "none"),
    "received one, suppressed, and the lead has another address now": (
        "",
        "receive suppress change",
        "receiving",
    ),
    "the lead gets an address that is suppressed": ("", "suppress_other change", "suppressed"),
    "suppressed, and the lead has no address now": ("suppress", "clear", "none"),
}


class World:
    def __init__(self, user) -> None:
        self.user, self.lead = user, None

    def do(self, steps: str) -> None:
        with operation("test", by=None):
            for step in steps.split():
                getattr(self, step)()

    def suppress(self, address=ANA):
        Suppression.objects.create(address=address, email_key=address, reason="bounced")

    def suppress_other(self):
        self.suppress(BEA)

    def allow(self):
        Suppression.objects.filter(email_key=ANA).delete()

    def unsubscribe(self):
        Unsubscribe.objects.create(email_key=ANA)

    def subscribe(self):
        Unsubscribe.objects.filter(email_key=ANA).delete()

    def receive(self):
        mailing = Mailing.objects.create(subject="News", by=self.user)
        Delivery.objects.create(mailing=mailing, record=self.lead.pk, at="2026-01-01T00:00Z", state="sent")

    def change(self, address=BEA):
        type(self.lead).objects.filter(pk=self.lead.pk).update(email=address)

    def clear(self):
        self.change("")


@pytest.mark.parametrize(("before", "after", "state"), STORED.values(), ids=STORED)
def test_the_newsletter_state_of_a_lead(before, after, state, ann, make_lead):
    world = World(ann)
    world.do(before)
    world.lead = make_lead("Ana", email=ANA)
    world.do(after)
    found = Newsletter.objects.filter(lead=world.lead).first()
    assert (found.state if found else "none") == state


# The state, whether the address is blocked, and what the page says.
SHOWN: dict[str, tuple[str, bool, str]] = {
    "nothing is known": ("", False, "none"),
    "none received": ("none", False, "none"),
    "none received, and blocked": ("none", True, "suppressed"),
    "nothing is known, and blocked": ("", True, "suppressed"),
    "received one": ("receiving", False, "receiving"),
    "received one, and blocked": ("receiving", True, "suppressed"),
    "unsubscribed": ("unsubscribed", False, "unsubscribed"),
    "unsubscribed, and blocked": ("unsubscribed", True, "unsubscribed"),
    "suppressed": ("suppressed", True, "suppressed"),
}


@pytest.mark.parametrize(("state", "is_blocked", "shown"), SHOWN.values(), ids=SHOWN)
def test_what_a_page_says_of_newsletters(state, is_blocked, shown):
    assert get_newsletter_state_with_blocks(state, is_blocked=is_blocked) == shown


@pytest.mark.parametrize(("state", "is_blocked", "shown"), SHOWN.values(), ids=SHOWN)
def test_only_who_is_suppressed_is_shown_with_the_reason(state, is_blocked, shown, monkeypatch):
    reasons = ["An email bounced."] if is_blocked else []
    monkeypatch.setattr(newsletter_fact, "get_further_warnings", lambda record: reasons)
    fact = build_newsletter_fact(None, state)
    assert f'data-newsletter="{shown}"' in fact
    assert ("An email bounced." in fact) is (shown == "suppressed")
    assert ("data-gap" in fact) is (shown == "suppressed")
    assert fact.endswith(str(Newsletter.State(shown).label)) is (shown != "suppressed")
