"""Which recipients of a mailing have moved to another status since they received it."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import connection
from django.utils import timezone

from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from mailings.models import Delivery
from mailings.responses.response_conditions import MOVED, build_moved_condition, build_response_filters
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
    mailing = make_mailing([lead], by=ada)
    Delivery.objects.create(
        mailing=mailing, record=lead.pk, state="sent", at=timezone.now() - timedelta(days=1)
    )
    condition = build_response_filters()["lead"][MOVED].condition([str(mailing.pk)], ada)
    assert not Lead.objects.filter(condition).exists()


def test_only_leads_are_found_by_a_new_status():
    assert {table for table, filters in build_response_filters().items() if MOVED in filters} == {"lead"}
    assert set(build_response_filters()) <= set(KINDS)
