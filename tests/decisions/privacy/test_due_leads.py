"""Which leads a retention rule deletes or erases at a moment, to the microsecond, and what keeps one of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.utils.timezone import get_default_timezone

from crm.models import Activity
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.records.history.verb_execution import operation
from customers.models import Contact, Deal, Request
from leads.models import Lead
from privacy.models import RetentionExemption, RetentionNotice, RetentionRule
from privacy.retention import rule_erasure
from privacy.retention.due_leads import (
    announced_leads_queryset,
    due_at_moment_queryset,
    due_next_month_queryset,
    held_back_leads_queryset,
    unchanged_leads_queryset,
)
from privacy.retention.rule_erasure import can_all_be_erased, find_person_records, is_night
from tests.customers.conftest import make_deal

__all__ = ["make_deal"]

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)
# A year before, as the rule says.
SINCE = datetime(2025, 11, 20, 12, tzinfo=UTC)
INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)
BEFORE = SINCE - INSTANT
EMAIL = "zq@quixmail.example"


class Case(NamedTuple):
    """What is different from a lead that is due, what happens to it then, and whether it is deleted, and erased."""

    deleted: bool
    erased: bool
    values: dict[str, Any] = {}
    happens: Callable[[Lead, Lead], Any] = lambda lead, other: None


def log(at: datetime, **values: Any) -> Callable[[Lead, Lead], Any]:
    return lambda lead, other: Activity.objects.create(
        **{"of": "lead", "record": lead.pk, "type": "note", "text": "x", "at": at} | values
    )


def log_on_another(lead: Lead, other: Lead) -> None:
    log(SINCE)(other, lead)


def keep(until: date | None) -> Callable[[Lead, Lead], Any]:
    return lambda lead, other: RetentionExemption.objects.create(lead=lead, reason="x", until=until)


def keep_another(lead: Lead, other: Lead) -> None:
    keep(None)(other, lead)


def convert(lead: Lead, other: Lead) -> None:
    contact = Contact.objects.create(last_name="Pop", department=lead.department)
    Lead.objects.filter(pk=lead.pk).update(client_contact=contact, updated_at=BEFORE)


CASES = {
    "nothing has happened": Case(True, True),
    "in the status for exactly so long": Case(False, False, {"status_since": SINCE}),
    "changed exactly so long ago": Case(False, False, {"updated_at": SINCE}),
    "in another status": Case(False, False, {"status": "contacted"}),
    "in Trash": Case(False, False, {"deleted_at": BEFORE}),
    "erased": Case(True, False, {"erased_at": BEFORE}),
    "with a next action": Case(False, False, {"next_action": "Call"}),
    "with a next action that has only a day": Case(False, False, {"next_action_on": date(2026, 12, 1)}),
    "converted": Case(False, False, {}, convert),
    "a note of exactly then": Case(False, False, {}, log(SINCE)),
    "a note before": Case(True, True, {}, log(BEFORE)),
    "a note that was deleted": Case(True, True, {}, log(SINCE, deleted_at=SINCE)),
    "a note on a contact with its number": Case(True, True, {}, log(SINCE, of="contact")),
    "a note on another lead": Case(True, True, {}, log_on_another),
    "exempted": Case(False, False, {}, keep(None)),
    "exempted until that day": Case(False, False, {}, keep(date(2026, 11, 20))),
    "exempted until the day before": Case(True, True, {}, keep(date(2026, 11, 19))),
    "another lead is exempted": Case(True, True, {}, keep_another),
}


@pytest.fixture
def due_lead(lead_of, reasons):
    """due_lead(city="Cluj", …): one to which nothing has happened for a year and a microsecond."""

    def make(**values: Any) -> Lead:
        times = dict.fromkeys(("created_at", "status_since", "updated_at"), BEFORE)
        lead = lead_of(**{"status": "lost", **times, **values})
        with operation("test", by=None):
            lead.save(force_insert=True)
        return lead

    return make


def make_rule(status: Any, action: str, **values: Any) -> RetentionRule:
    given = {"months": 12, "notice_days": 14, "is_active": True, "is_confirmed": True}
    with operation("test", by=None):
        return RetentionRule.objects.create(status=status, action=action, **given | values)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_whether_a_lead_is_due(case, due_lead, statuses):
    lead, other = due_lead(**case.values), due_lead(status="contacted")
    with operation("test", by=None):
        case.happens(lead, other)
    rule = make_rule(statuses.lost, "delete")
    assert set(unchanged_leads_queryset(rule, MOMENT)) == ({lead} if case.deleted else set())
    rule.action = "erase"
    assert set(unchanged_leads_queryset(rule, MOMENT)) == ({lead} if case.erased else set())
    assert set(due_at_moment_queryset(rule, MOMENT)) == ({lead} if case.erased else set())


class Shared(NamedTuple):
    """A record beside a lead that is due: its values, and whether the lead stays because of it."""

    stays: bool
    model: Any
    values: dict[str, Any]


TRASHED, LATELY = {"deleted_at": BEFORE}, {"updated_at": SINCE}
OLD, MAIL = {"updated_at": BEFORE}, {"email": EMAIL}
SHARED = {
    "a contact": Shared(True, Contact, MAIL | OLD),
    "a contact with another email": Shared(False, Contact, {"email": "else@x.example"} | OLD),
    "a contact without an email": Shared(False, Contact, OLD),
    "a contact by its second email": Shared(True, Contact, {"second_email": EMAIL} | OLD),
    "a contact in Trash": Shared(False, Contact, MAIL | TRASHED | OLD),
    "a contact in Trash that changed lately": Shared(True, Contact, MAIL | TRASHED | LATELY),
    "an erased contact": Shared(False, Contact, MAIL | OLD | {"erased_at": BEFORE}),
    "a lead in another status": Shared(True, Lead, MAIL | OLD),
    "a lead by its second email": Shared(True, Lead, {"second_email": EMAIL} | OLD),
    "a lead without an email": Shared(False, Lead, {"email": ""} | OLD),
    "a lead in Trash": Shared(False, Lead, MAIL | TRASHED | OLD),
    "a lead in Trash that changed lately": Shared(True, Lead, MAIL | TRASHED | LATELY),
    "an erased lead": Shared(False, Lead, MAIL | OLD | {"erased_at": BEFORE}),
    "a lead that is due too": Shared(False, Lead, MAIL | OLD | {"status": "lost"}),
    "a lead that another rule erases": Shared(False, Lead, MAIL | OLD | {"status": "disqualified"}),
    "a lead that another rule erases later": Shared(True, Lead, MAIL | LATELY | {"status": "disqualified"}),
    "a request": Shared(False, Request, MAIL | OLD),
    "a request that changed lately": Shared(True, Request, MAIL | LATELY),
    "an erased request that changed lately": Shared(False, Request, MAIL | LATELY | {"erased_at": BEFORE}),
    "a request of the lead": Shared(False, Request, {"lead": True} | OLD),
    "a request of the lead that changed lately": Shared(True, Request, {"lead": True} | LATELY),
    "an erased request of the lead": Shared(
        False, Request, {"lead": True, "contact": True, "erased_at": BEFORE} | OLD
    ),
    "a request of the lead that a contact has too": Shared(
        True, Request, {"lead": True, "contact": True} | OLD
    ),
    "a deal of the lead": Shared(False, Deal, {"lead": True} | OLD),
    "a deal of the lead that changed lately": Shared(True, Deal, {"lead": True} | LATELY),
    "a deal in Trash that changed lately": Shared(False, Deal, {"lead": True} | LATELY | TRASHED),
    "a deal of no lead that changed lately": Shared(False, Deal, LATELY),
}


@pytest.fixture
def add_beside(due_lead, departments, make_contact, make_deal):
    """add_beside(lead, Contact, {"email": "…", "lead": True}): a record of the type, linked to the lead if it says so."""

    def add(lead: Lead, model: Any, values: dict[str, Any]) -> None:
        if model is Lead:
            due_lead(**{"status": "contacted", **values})
            return
        named = {Contact: {"last_name": "Pop"}, Request: {"subject": "Offer"}}
        links = {"lead": lead, "contact": make_contact() if values.get("contact") else None}
        linked = {name: links[name] for name in values.keys() & links}
        if model is Deal:
            deal = make_deal("Machine", **values | linked)
            with write_without_history():
                Deal.objects.filter(pk=deal.pk).update(updated_at=values["updated_at"])
            return
        with operation("test", by=None):
            model.objects.create(**named[model] | {"department": departments.sales} | values | linked)

    return add


@pytest.mark.parametrize("case", SHARED.values(), ids=SHARED)
def test_which_record_of_the_same_person_keeps_a_lead_from_being_erased(
    case, due_lead, add_beside, statuses, monkeypatch
):
    lead = due_lead(email=EMAIL)
    add_beside(lead, case.model, case.values)
    make_rule(statuses.disqualified, "erase")
    rule = make_rule(statuses.lost, "erase")
    monkeypatch.setattr("privacy.retention.due_leads.timezone.now", lambda: MOMENT)
    due, held = due_at_moment_queryset(rule, MOMENT), held_back_leads_queryset(rule)
    assert (lead in due, lead in held) == (not case.stays, case.stays)
    rule.action = "delete"
    assert lead in due_at_moment_queryset(rule, MOMENT)
    assert not held_back_leads_queryset(rule).exists()


def announce(lead: Lead, rule: RetentionRule, **values: Any) -> None:
    given = {"action": "erase", "deletes_on": MOMENT.date()} | values
    RetentionNotice.objects.create(lead=lead, rule=rule, **given)


@pytest.mark.parametrize("case", SHARED.values(), ids=SHARED)
def test_which_record_of_the_same_person_keeps_them_from_being_erased_at_night(
    case, due_lead, add_beside, statuses
):
    lead = due_lead(email=EMAIL)
    add_beside(lead, case.model, case.values)
    rules = [make_rule(status, "erase") for status in (statuses.lost, statuses.disqualified)]
    for rule in rules:
        for due in unchanged_leads_queryset(rule, MOMENT):
            announce(due, rule)
    assert can_all_be_erased(find_person_records(lead.pk), rules[0], MOMENT) is not case.stays


# What was announced to the owner of a lead that is due, what is so of its rule, and whether its person is erased.
ANNOUNCED: dict[str, tuple[dict[str, Any] | None, dict[str, Any], bool]] = {
    "for today": ({}, {}, True),
    "for tomorrow": ({"deletes_on": date(2026, 11, 21)}, {}, False),
    "nothing": (None, {}, False),
    "that it will be deleted": ({"action": "delete"}, {}, False),
    "by a rule that no one has confirmed": ({}, {"is_confirmed": False}, False),
    "by a rule that is off": ({}, {"is_active": False}, False),
}


@pytest.mark.parametrize(("notice", "values", "erased"), ANNOUNCED.values(), ids=ANNOUNCED)
def test_a_person_is_erased_only_once_that_was_announced(notice, values, erased, due_lead, statuses):
    lead, other = due_lead(email=EMAIL), due_lead(email="else@x.example")
    rule, another = make_rule(statuses.lost, "erase"), make_rule(statuses.disqualified, "erase")
    announce(other, rule)
    if notice is not None:
        announce(lead, rule, **notice)
    with operation("test", by=None):
        RetentionRule.objects.filter(pk=rule.pk).update(**values)
    assert can_all_be_erased({"lead": [lead.pk]}, another, MOMENT) is erased
    assert not can_all_be_erased({}, rule, MOMENT)


@pytest.mark.parametrize(
    ("most", "found"), [(2, True), (1, False)], ids=["one fewer", "as many as a search shows"]
)
def test_a_person_with_too_many_records_is_not_erased(most, found, due_lead, monkeypatch):
    lead = due_lead(email=EMAIL)
    monkeypatch.setattr(rule_erasure, "MOST", most)
    assert find_person_records(lead.pk) == ({"lead": [lead.pk]} if found else {})


# The hour in the time zone of the server, and whether rules erase then.
NIGHTS = {2: False, 3: True, 6: True, 7: False}


@pytest.mark.parametrize(("hour", "is_so"), NIGHTS.items())
def test_the_hours_of_the_night(hour, is_so):
    minute = 59 if hour in (2, 6) else 0
    assert is_night(datetime(2026, 11, 20, hour, minute, tzinfo=get_default_timezone())) is is_so


def test_the_leads_that_a_rule_has_announced_are_its_own_and_not_in_trash(due_lead, statuses):
    rule, other = make_rule(statuses.lost, "delete"), make_rule(statuses.disqualified, "delete")
    leads = [due_lead() for _number in range(4)]
    for lead, of in zip(leads, (rule, rule, other), strict=False):
        RetentionNotice.objects.create(lead=lead, rule=of, action="delete", deletes_on=date(2026, 12, 1))
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[1].pk).update(deleted_at=MOMENT)
    assert list(announced_leads_queryset(rule)) == [leads[0]]


# How long after SINCE nothing has happened to a lead, and whether it is due within the next thirty days, but not yet.
NEXT_MONTH = {
    "due now": (-INSTANT, False),
    "due in a moment": (timedelta(), True),
    "due at the end of these days": (30 * DAY - INSTANT, True),
    "due a moment later": (30 * DAY, False),
}


@pytest.mark.parametrize(("later", "is_near"), NEXT_MONTH.values(), ids=NEXT_MONTH)
def test_which_leads_are_due_within_thirty_days(later, is_near, due_lead, statuses, monkeypatch):
    monkeypatch.setattr("privacy.retention.due_leads.timezone.now", lambda: MOMENT)
    lead = due_lead(**dict.fromkeys(("created_at", "status_since", "updated_at"), SINCE + later))
    found = due_next_month_queryset(make_rule(statuses.lost, "delete"))
    assert list(found) == ([lead] if is_near else [])
