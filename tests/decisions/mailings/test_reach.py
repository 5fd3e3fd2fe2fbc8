"""Which leads are reached by a mailing, and whether an email is still sent that a worker has taken."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection

from crm.records.kinds.kind_registry import KINDS
from leads.models import Unsubscribe
from mailings.audience.audience import FaultyFilter, build_judged_sql, build_strict_list, write_recipients
from mailings.models import Delivery
from mailings.sending.last_minute_exclusion import check_right_before_sending, get_exclusion_reasons
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]
ANA, GETS, MOMENT = "ana@a.example", "", datetime(2026, 1, 5, tzinfo=UTC)


class Record(NamedTuple):
    """A lead with this address when the recipients are written, and what becomes of it right before sending."""

    values: dict[str, Any]
    reason: str
    taken: str = ""


RECORDS = {
    "a lead with an address": Record({}, GETS),
    "a lead without an address": Record({"email": ""}, "no_email"),
    "a lead with half an address": Record({"email": "ana"}, "no_email"),
    "a lead with two addresses in one": Record({"email": "a@b@c.example"}, "no_email"),
    "a lead with a space in its address": Record({"email": "ana pop@a.example"}, "no_email"),
    "a lead that is disqualified": Record({"status": "disqualified"}, "disqualified"),
    "a lead that is lost": Record({"status": "lost"}, GETS),
    "a lead in Trash": Record({"deleted_at": MOMENT}, "hidden", taken="hidden"),
    "a lead of another department": Record({"department": "export"}, "hidden"),
    "a shared lead of another department": Record({"department": "export", "shared": True}, GETS),
    "a lead of another department in Trash": Record(
        {"department": "export", "deleted_at": MOMENT}, "hidden", taken="hidden"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RECORDS.values(), ids=RECORDS.keys())
def test_which_leads_get_a_mailing(case, make_lead, make_mailing, ann, departments, reasons):
    values = {"email": ANA} | case.values
    if "department" in values:
        values["department"] = departments.export
    if values.get("status") in ("lost", "disqualified"):
        values["lost_reason"] = reasons.budget
    lead = make_lead("Ana Pop", **values)
    mailing = make_mailing([lead], by=ann)
    sql, parameters = build_judged_sql(mailing)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT reason, address FROM recipients", parameters)
        # Of a lead that the sender doesn't see, the address isn't written either.
        assert cursor.fetchall() == [(case.reason, "" if case.reason == "hidden" else values["email"])]
    delivery = Delivery.objects.create(mailing=mailing, record=lead.pk, email_key=ANA)
    assert get_exclusion_reasons(mailing, [delivery]) == ({delivery.pk: case.taken} if case.taken else {})


def test_only_leads_are_vip(make_lead, make_contact, make_mailing, ann):
    """A contact's emails go through the ordinary accounts."""
    records = [make_lead(email=ANA, vip=True), make_lead(email="bea@a.example"), make_contact(email=ANA)]
    found = []
    for record in records:
        mailing = make_mailing([record], by=ann)
        write_recipients(mailing)
        found += Delivery.objects.of_mailing(mailing).values_list("of", "reason", "vip")
    assert found == [("lead", GETS, True), ("lead", GETS, False), ("contact", GETS, False)]


def test_recipients_are_written_in_the_order_of_their_records(make_lead, make_mailing, ann):
    leads = [make_lead(email=f"ana{place}@a.example") for place in range(3)]
    mailing = make_mailing(leads, by=ann)
    write_recipients(mailing)
    found = Delivery.objects.of_mailing(mailing).order_by("pk").values_list("record", flat=True)
    assert [*found] == [lead.pk for lead in leads]


FILTERS = {
    "a filter that can be read": ("country=RO", True),
    "a filter by a field that was deleted": ("c99=x&country=RO", False),
    "a field that was deleted, without a value": ("c99=&country=RO", True),
    "a field that was deleted, with one value of two": ("c99=&c99=x", False),
    "a filter of all leads": ("all=1", True),
    "a value that isn't offered": ("country=XX", False),
    "a value that can't be read": ("created_at.from=soon", False),
}


@pytest.mark.parametrize("case", FILTERS.values(), ids=FILTERS.keys())
def test_a_mailing_reaches_no_more_leads_than_its_filter_said(case, ann):
    query, is_read = case
    if is_read:
        assert build_strict_list(KINDS["lead"], query, ann).errors == []
    else:
        with pytest.raises(FaultyFilter):
            build_strict_list(KINDS["lead"], query, ann)


class Going(NamedTuple):
    """Whether a worker still sends a delivery that it has taken."""

    mailing: str
    state: str
    same_worker: bool
    goes_on: bool


GOING = {
    "while the mailing is being sent": Going("sending", "sending", True, True),
    "not after the mailing was paused": Going("paused", "sending", True, False),
    "not after the delivery was skipped": Going("sending", "left_out", True, False),
    "not after the delivery was sent": Going("sending", "sent", True, False),
    "not after another worker took it": Going("sending", "sending", False, False),
}


@pytest.mark.parametrize("case", GOING.values(), ids=GOING.keys())
def test_whether_an_email_is_still_sent(case, make_lead, make_mailing, ann):
    lead = make_lead(email=ANA)
    mailing = make_mailing([lead], by=ann, state=case.mailing)
    delivery = Delivery.objects.create(
        mailing=mailing, record=lead.pk, email_key=ANA, state=case.state, taken_until=MOMENT
    )
    if not case.same_worker:
        Delivery.objects.update(taken_until=MOMENT + timedelta(minutes=1))
    assert check_right_before_sending(delivery) == (case.goes_on, "")
    Delivery.objects.update(email_key="")
    assert check_right_before_sending(delivery) == (case.goes_on, "hidden")


def test_who_left_before_the_lead_was_deleted_has_left(make_lead, make_mailing, ann):
    lead = make_lead(email=ANA, deleted_at=MOMENT)
    mailing = make_mailing([lead], by=ann, state="sending")
    delivery = Delivery.objects.create(mailing=mailing, record=lead.pk, email_key=ANA)
    assert get_exclusion_reasons(mailing, [delivery]) == {delivery.pk: "hidden"}
    Unsubscribe.objects.create(email_key=ANA)
    assert get_exclusion_reasons(mailing, [delivery]) == {delivery.pk: "unsubscribed"}


def test_a_mailing_to_a_saved_filter_goes_to_what_it_finds(make_lead, make_mailing, ann):
    found, _other = make_lead(email=ANA, vip=True), make_lead(email="eva@a.example")
    mailing = make_mailing(by=ann, of="lead", query="vip=yes")
    sql, parameters = build_judged_sql(mailing)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT record, reason FROM recipients", parameters)
        assert cursor.fetchall() == [(found.pk, GETS)]
