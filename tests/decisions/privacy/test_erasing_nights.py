"""How a rule erases at night: which leads are next, what stops it, and what one erasure writes."""

import logging
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection

from crm.records.history.verb_execution import operation
from customers.models import Contact
from leads.models import Lead
from privacy.models import Erasure, RetentionNotice, RetentionRule, RetentionRun
from privacy.retention import rule_erasure
from privacy.retention.rule_erasure import (
    PART,
    _erase_lead,
    _is_unchanged,
    can_all_be_erased,
    erase_next_leads,
    erase_part,
    find_person_records,
    get_waiting_leads,
)
from tests.decisions.privacy.test_due_leads import BEFORE, EMAIL, MOMENT, announce, due_lead, make_rule

__all__ = ["due_lead"]

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


@pytest.fixture
def rule(statuses) -> RetentionRule:
    return make_rule(statuses.lost, "erase")


@pytest.fixture
def run(rule) -> RetentionRun:
    return RetentionRun.objects.create(rule=rule)


@pytest.fixture
def make_due(due_lead, rule):
    """make_due("ana@x.example"): a lead whose notice is over."""

    def make(email: str = "", **values: Any) -> Lead:
        lead = due_lead(email=email, **values)
        announce(lead, rule)
        return lead

    return make


@pytest.fixture
def tried(monkeypatch) -> list[int]:
    """The leads that are to be erased, in place of erasing them."""
    found: list[int] = []
    monkeypatch.setattr(rule_erasure, "_erase_lead", lambda run, pk, now: found.append(pk))
    return found


# What is so of the rule, and whether it erases.
RULES: dict[str, tuple[dict[str, Any], bool]] = {
    "in use, erases, and confirmed": ({}, True),
    "off": ({"is_active": False}, False),
    "only deletes": ({"action": "delete"}, False),
    "not confirmed": ({"is_confirmed": False}, False),
    "off and not confirmed": ({"is_active": False, "is_confirmed": False}, False),
    "only deletes and not confirmed": ({"action": "delete", "is_confirmed": False}, False),
}


@pytest.mark.parametrize(("values", "erases"), RULES.values(), ids=RULES)
def test_which_rule_erases(values, erases, make_due, run, tried):
    lead = make_due()
    for name, value in values.items():
        setattr(run.rule, name, value)
    RetentionNotice.objects.update(action=run.rule.action)
    assert erase_next_leads(run, MOMENT) == (lead.pk if erases else None)
    assert tried == ([lead.pk] if erases else [])


def test_a_notice_of_another_rule_or_another_action_is_none(due_lead, rule, statuses):
    lead = due_lead()
    another = make_rule(statuses.disqualified, "erase")
    announce(lead, another)
    assert not get_waiting_leads(rule, MOMENT).exists()
    RetentionNotice.objects.update(rule=rule, action="delete")
    assert not get_waiting_leads(rule, MOMENT).exists()
    RetentionNotice.objects.update(action="erase", deletes_on=date(2026, 11, 21))
    assert not get_waiting_leads(rule, MOMENT).exists()
    RetentionNotice.objects.update(deletes_on=date(2026, 11, 20))
    assert list(get_waiting_leads(rule, MOMENT)) == [lead]


def test_twenty_leads_are_a_part_and_the_next_one_begins_after_them(make_due, run, tried):
    ids = [make_due(pk=1).pk, *(make_due().pk for _number in range(PART))]
    assert PART == 20
    last = erase_next_leads(run, MOMENT)
    assert (tried, last) == (ids[:20], ids[19])
    assert erase_next_leads(run, MOMENT, last) == ids[20]
    assert tried == ids
    assert erase_next_leads(run, MOMENT, ids[20]) is None
    assert erase_next_leads(run, MOMENT, ids[18]) == ids[20]


# Whether the worker is to end, how many seconds a part may take and have passed, and how many of three leads are erased.
STOPS = {
    "nothing": (False, 60, 0, 3),
    "the worker ends": (True, 60, 0, 1),
    "the time is over": (False, 60, 61, 1),
    "the time is just over": (False, 60, 60, 3),
    "both": (True, 60, 61, 1),
}


@pytest.mark.parametrize(("ends", "most", "passed", "count"), STOPS.values(), ids=STOPS)
def test_what_ends_a_part(ends, most, passed, count, make_due, run, tried, monkeypatch):
    ids = [make_due().pk for _number in range(3)]
    moments = iter([1_000.0, *[1_000.0 + passed] * 3])
    monkeypatch.setattr(rule_erasure, "SECONDS", most)
    monkeypatch.setattr(rule_erasure, "is_interrupted", lambda: ends)
    monkeypatch.setattr(rule_erasure, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    assert erase_next_leads(run, MOMENT) == ids[count - 1]
    assert tried == ids[:count]


# What goes wrong with the first of two leads: whether the connection is lost, whether the disk is full, and whether that ends it.
FAULTS = {
    "something else": (False, False, False),
    "the connection is lost": (True, False, True),
    "the disk is full": (False, True, True),
}


@pytest.mark.parametrize(("lost", "full", "ends"), FAULTS.values(), ids=FAULTS)
def test_a_lead_that_fails_keeps_no_other_one(lost, full, ends, make_due, run, monkeypatch, caplog):
    first, second = make_due(), make_due()
    tried: list[int] = []

    def fail(run: RetentionRun, pk: int, now: datetime) -> None:
        tried.append(pk)
        if pk == first.pk:
            raise OperationalError("zq@quixmail.example")

    monkeypatch.setattr(rule_erasure, "_erase_lead", fail)
    monkeypatch.setattr(rule_erasure, "is_connection_lost", lambda error: lost)
    monkeypatch.setattr(rule_erasure, "is_disk_full", lambda error: full)
    if ends:
        with pytest.raises(OperationalError):
            erase_next_leads(run, MOMENT)
        assert tried == [first.pk]
        return
    with caplog.at_level(logging.ERROR):
        assert erase_next_leads(run, MOMENT) == second.pk
    assert tried == [first.pk, second.pk]
    assert f"lead {first.pk}: OperationalError" in caplog.text
    assert EMAIL not in caplog.text


def test_an_erasure_is_counted_and_ends_the_notices_of_the_person(make_due, run, rule):
    lead, same, other = make_due(EMAIL), make_due(EMAIL), make_due("else@x.example")
    another = RetentionRun.objects.create(rule=rule)
    _erase_lead(run, lead.pk, MOMENT)
    erased = Lead.objects.filter(erased_at__isnull=False).values_list("pk", flat=True)
    assert set(erased) == {lead.pk, same.pk}
    assert list(RetentionNotice.objects.values_list("lead", flat=True)) == [other.pk]
    assert [one.erased for one in RetentionRun.objects.order_by("pk")] == [1, 0]
    row = Erasure.objects.get()
    assert (row.by, row.reason) == (None, "retention")
    # Once more: the person is erased already.
    _erase_lead(run, lead.pk, MOMENT)
    run.refresh_from_db()
    assert run.erased == 1
    _erase_lead(run, other.pk, MOMENT)
    run.refresh_from_db()
    assert (run.erased, another.erased) == (2, 0)


def test_a_person_with_a_record_that_stays_isnt_erased(make_due, due_lead, run):
    lead = make_due(EMAIL)
    due_lead(email=EMAIL, status="contacted")
    _erase_lead(run, lead.pk, MOMENT)
    run.refresh_from_db()
    lead.refresh_from_db()
    assert (lead.erased_at, run.erased, RetentionNotice.objects.count()) == (None, 0, 1)


def test_an_erasure_that_has_no_cause_any_more_counts_nothing_and_waits_for_any_lock(
    make_due, run, monkeypatch
):
    lead, limits = make_due(EMAIL), []

    def refuse(person: Any, *, by: Any, cause: Any) -> None:
        assert cause.still()
        with connection.cursor() as cursor:
            for name in ("lock_timeout", "statement_timeout"):
                cursor.execute(f"SHOW {name}")
                limits.append(cursor.fetchone()[0])
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(updated_at=MOMENT)
        assert not cause.still()

    monkeypatch.setattr(rule_erasure, "erase_person", refuse)
    _erase_lead(run, lead.pk, MOMENT)
    run.refresh_from_db()
    assert (limits, run.erased, RetentionNotice.objects.count()) == (["0", "0"], 0, 1)


# What happens once the records of the person were found: another lead with the same email appears, and has these values; or the
# lead itself changes. Whether the person may still be erased.
MEANWHILE: dict[str, tuple[dict[str, Any] | None, dict[str, Any], bool]] = {
    "nothing": (None, {}, True),
    "the lead changes": (None, {"updated_at": MOMENT}, False),
    "a lead that stays appears": ({"status": "contacted"}, {}, False),
    "a lead that could be erased too appears": ({"deleted_at": BEFORE}, {}, False),
}


@pytest.mark.parametrize(("added", "changed", "still"), MEANWHILE.values(), ids=MEANWHILE)
def test_what_keeps_a_person_at_the_last_moment(added, changed, still, make_due, due_lead, rule):
    lead = make_due(EMAIL)
    records = find_person_records(lead.pk)
    if added is not None:
        due_lead(email=EMAIL, **added)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(**{"updated_at": BEFORE, **changed})
    assert _is_unchanged(lead.pk, records, rule, MOMENT) is still


@pytest.mark.parametrize("contacts", [0, 1])
def test_too_many_leads_are_too_many_however_few_contacts_there_are(
    contacts, due_lead, departments, monkeypatch
):
    leads = [due_lead(email=EMAIL).pk for _number in range(2)]
    with operation("test", by=None):
        for _number in range(contacts):
            Contact.objects.create(last_name="Pop", email=EMAIL, department=departments.sales)
    monkeypatch.setattr(rule_erasure, "MOST", 3)
    assert find_person_records(leads[0])["lead"] == leads
    monkeypatch.setattr(rule_erasure, "MOST", 2)
    assert find_person_records(leads[0]) == {}


def test_a_person_without_leads_isnt_erased(rule, departments):
    with operation("test", by=None):
        contact = Contact.objects.create(last_name="Pop", deleted_at=BEFORE, department=departments.sales)
        Contact.objects.filter(pk=contact.pk).update(updated_at=BEFORE)
    assert not can_all_be_erased({"contact": [contact.pk]}, rule, MOMENT)


# The run that is asked for, when, what the part returns, and the lead after which the next one begins; "" if nothing is done.
TASKS = {
    "at night, and there is more": ("run", NIGHT, 7, [7]),
    "at night, and that was all": ("run", NIGHT, None, []),
    "by day": ("run", MOMENT, 7, ""),
    "a run that was deleted": ("", NIGHT, 7, ""),
    "a run that was deleted, by day": ("", MOMENT, 7, ""),
}


@pytest.mark.parametrize(("which", "now", "last", "more"), TASKS.values(), ids=TASKS)
def test_the_rest_of_the_night_is_another_task(which, now, last, more, run, rule, settings, monkeypatch):
    settings.TIME_ZONE = "Europe/Bucharest"
    other = RetentionRun.objects.create(rule=rule)
    begun: list[tuple[RetentionRun, datetime, int]] = []
    deferred: list[dict[str, int]] = []
    monkeypatch.setattr(rule_erasure.timezone, "now", lambda: now)
    monkeypatch.setattr(rule_erasure, "is_night", lambda moment: moment == NIGHT)
    monkeypatch.setattr(rule_erasure, "erase_next_leads", lambda *given: begun.append(given) or last)
    monkeypatch.setattr(erase_part, "defer", lambda **given: deferred.append(given))
    pk = other.pk if which else other.pk + 1
    erase_part(pk)
    erase_part(pk, 5)
    assert begun == ([(other, now, 0), (other, now, 5)] if more != "" else [])
    assert deferred == [{"run_id": other.pk, "after": one} for one in more for _twice in range(2)]


@pytest.mark.parametrize("inside", [True, False], ids=["in a transaction", "of a thread of the queue"])
def test_broken_connections_are_only_closed_outside_of_a_transaction(inside, monkeypatch):
    closed: list[bool] = []
    monkeypatch.setattr(rule_erasure, "connection", SimpleNamespace(in_atomic_block=inside))
    monkeypatch.setattr(rule_erasure, "close_old_connections", lambda: closed.append(True))
    erase_part(0)
    assert closed == ([] if inside else [True])
