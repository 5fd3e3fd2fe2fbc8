"""Which recipients of a mailing have moved to another status since they received it, and what else followed it."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from django.db import connection
from django.utils import timezone

from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from mailings.models import Delivery
from mailings.responses.response_conditions import (
    MOVED,
    _get_mailing_choices,
    build_moved_condition,
    build_response_filters,
)
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]


class Case(NamedTuple):
    """Minutes after the mailing was first sent: when the lead received it, and since when it has its status."""

    at: int | None
    since: int
    moved: bool
    state: str = "sent"
    of: str = "lead"
    sent: bool = True


CASES = {
    "moved after it was received": Case(5, 6, True),
    "moved at the moment it was received": Case(5, 5, False),
    "moved before it was received": Case(5, 4, False),
    "moved before the mailing was sent": Case(5, -1, False),
    "received at the first moment, and moved then": Case(0, 0, False),
    "received at the first moment, and moved after it": Case(0, 1, True),
    "a clock that was slow when it was received": Case(-5, -4, False),
    "moved at the first moment, received by a slow clock": Case(-5, 0, False),
    "not delivered": Case(5, 6, False, state="failed"),
    "not received yet": Case(None, 6, False, state="waiting"),
    "a contact with the number of the lead": Case(5, 6, False, of="contact"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_who_has_moved_since_a_mailing(case, ada, make_lead, make_mailing):
    begun = timezone.now() - timedelta(days=1)

    def after(minutes: int):
        return begun + timedelta(minutes=minutes)

    lead, other = make_lead("Jan Novák"), make_lead("Eva Nan")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        Lead.objects.filter(pk=lead.pk).update(status_since=after(case.since))
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    mailing = make_mailing([lead], by=ada, state="sent", sent_at=begun)
    at = None if case.at is None else after(case.at)
    Delivery.objects.create(mailing=mailing, of=case.of, record=lead.pk, state=case.state, at=at)
    # The other lead has moved since, but received another mailing.
    elsewhere = make_mailing([other], by=ada, subject="Autumn", state="sent", sent_at=begun)
    Delivery.objects.create(mailing=elsewhere, record=other.pk, state="sent", at=begun)
    rows = Delivery.objects.of_mailing(mailing).filter(build_moved_condition(mailing))
    assert rows.exists() is case.moved
    # The list of leads finds the same.
    condition = build_response_filters()["lead"][MOVED].condition([str(mailing.pk)], ada)
    assert list(Lead.objects.filter(condition)) == ([lead] if case.moved else [])


def test_a_mailing_that_was_never_sent_has_moved_no_one(ada, make_lead, make_mailing):
    lead = make_lead("Jan Novák")
    make_mailing(by=ada, subject="Autumn", ids=[], state="sent", sent_at=timezone.now() - timedelta(days=2))
    mailing = make_mailing([lead], by=ada)
    Delivery.objects.create(
        mailing=mailing, record=lead.pk, state="sent", at=timezone.now() - timedelta(days=1)
    )
    condition = build_response_filters()["lead"][MOVED].condition([str(mailing.pk)], ada)
    assert not Lead.objects.filter(condition).exists()


def test_only_leads_are_found_by_a_new_status():
    assert {table for table, filters in build_response_filters().items() if MOVED in filters} == {"lead"}
    assert set(build_response_filters()) <= set(KINDS)


AT = timezone.make_aware(datetime(2026, 3, 3, 8, 12))
# What is known of a recipient, and by which filters it is found.
RESPONSES = {
    "it waits": ({"state": "waiting"}, []),
    "it was skipped": ({"state": "left_out"}, []),
    "it was sent": ({}, ["mailing"]),
    "it was opened": ({"opened_at": AT}, ["mailing", "mailing_opened"]),
    "a link was clicked": ({"clicked_at": AT}, ["mailing", "mailing_clicked"]),
    "it was answered": ({"replied_at": AT}, ["mailing", "mailing_replied"]),
    "they unsubscribed": ({"unsubscribed_at": AT}, ["mailing", "mailing_unsubscribed"]),
    "it was marked as spam": ({"complained_at": AT}, ["mailing", "mailing_complained"]),
    "it came back": ({"bounced_at": AT}, ["mailing", "mailing_bounced"]),
    "its server refused the address at once": ({"problem": "bounced 550"}, ["mailing", "mailing_bounced"]),
    "its server said something else": ({"problem": "deferred 450"}, ["mailing"]),
    "it failed": ({"state": "failed", "problem": "bounced 550"}, ["mailing_failed"]),
}


@pytest.mark.parametrize(("values", "names"), RESPONSES.values(), ids=RESPONSES)
def test_what_followed_a_mailing(values, names, ada, make_lead, make_mailing):
    lead, mailing = make_lead(), make_mailing(by=ada, ids=[])
    Delivery.objects.create(mailing=mailing, record=lead.pk, **{"state": "sent", **values})
    filters = {name: one for name, one in build_response_filters()["lead"].items() if name != MOVED}
    asked = {name: one.condition([str(mailing.pk)], ada) for name, one in filters.items()}
    assert [name for name, condition in asked.items() if Lead.objects.filter(condition).exists()] == names


def test_leads_that_moved_after_one_of_two_mailings(ada, make_lead, make_mailing):
    """The later of the two was sent after the lead had moved."""
    lead = make_lead("Jan Novák")
    since = lead.status_since
    mailings = [
        make_mailing(
            [lead], by=ada, subject=str(minutes), state="sent", sent_at=since + timedelta(minutes=minutes)
        )
        for minutes in (-5, 5)
    ]
    for mailing in mailings:
        Delivery.objects.create(mailing=mailing, record=lead.pk, state="sent", at=mailing.sent_at)
    condition = build_response_filters()["lead"][MOVED].condition
    for chosen, found in ((mailings, True), (mailings[:1], True), (mailings[1:], False)):
        rows = Lead.objects.filter(condition([str(mailing.pk) for mailing in chosen], ada))
        assert rows.exists() is found


def test_lists_are_filtered_by_mailings_that_were_sent_the_newest_first(ada, make_mailing):
    for subject, sent in (("Spring", True), ("Draft", False), ("Autumn", True)):
        make_mailing(by=ada, subject=subject, ids=[], sent_at=AT if sent else None)
    assert [subject for _pk, subject in _get_mailing_choices(ada)] == ["Autumn", "Spring"]
