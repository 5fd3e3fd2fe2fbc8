"""To which records nothing has happened since some day: the first and the last moment that count, and which activities do.

Who did what is a table in tests/automations/running/test_clock.py.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from automations.running.quiet_records import find_quiet_records
from crm.models import Activity, Change
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead

pytestmark = pytest.mark.django_db
# The day whose quiet records are asked for.
FIRST = datetime(2026, 11, 20, tzinfo=UTC)
END = FIRST + timedelta(days=1)
NOON, INSTANT = FIRST + timedelta(hours=12), timedelta(microseconds=1)
LONG_AGO, LATER = FIRST - timedelta(days=30), END + timedelta(days=3)


class Case(NamedTuple):
    """When the last event was, None if the record isn't among those of the day; when the record was added and changed, and its
    activities: when each took place and when it was last edited, with other values."""

    last: datetime | None
    added: datetime = LONG_AGO
    changed: datetime | None = None
    activities: tuple[tuple[datetime, datetime, dict[str, Any]], ...] = ()
    values: dict[str, Any] = {}


def activity(took_place: datetime, edited: datetime | None = None, **values: Any):
    return (took_place, edited or took_place, values)


CASES = {
    "nothing for long": Case(None),
    "added on the day": Case(NOON, added=NOON),
    "added at its first moment": Case(FIRST, added=FIRST),
    "added before its first moment": Case(None, added=FIRST - INSTANT),
    "added at its last moment": Case(END - INSTANT, added=END - INSTANT),
    "added on the next day": Case(None, added=END),
    "changed on the day": Case(NOON, changed=NOON),
    "changed at its first moment": Case(FIRST, changed=FIRST),
    "changed before its first moment": Case(None, changed=FIRST - INSTANT),
    "changed at its last moment": Case(END - INSTANT, changed=END - INSTANT),
    "changed on the next day": Case(None, changed=END),
    "added on the day, but changed later": Case(None, added=NOON, changed=LATER),
    "an activity on the day": Case(NOON, activities=(activity(NOON),)),
    "an activity at its first moment": Case(FIRST, activities=(activity(FIRST),)),
    "an activity before its first moment": Case(None, activities=(activity(FIRST - INSTANT),)),
    "an activity at its last moment": Case(END - INSTANT, activities=(activity(END - INSTANT),)),
    "an activity on the next day": Case(None, activities=(activity(END),)),
    "the last one of several": Case(NOON, activities=(activity(FIRST), activity(NOON), activity(LONG_AGO))),
    "an activity on the day and one later": Case(None, activities=(activity(NOON), activity(LATER))),
    "changed on the day, and an activity later": Case(None, changed=NOON, activities=(activity(LATER),)),
    "an activity on the day, and changed later": Case(None, changed=LATER, activities=(activity(NOON),)),
    "an old activity that was edited at the first moment": Case(
        FIRST, activities=(activity(LONG_AGO, FIRST),)
    ),
    "an old activity that was edited later": Case(None, activities=(activity(LONG_AGO, LATER),)),
    "an activity of the day that was edited later": Case(None, activities=(activity(NOON, LATER),)),
    "a meeting of the day that was planned before": Case(NOON, activities=(activity(NOON, LONG_AGO),)),
    "a meeting at the first moment that was planned before": Case(
        FIRST, activities=(activity(FIRST, LONG_AGO),)
    ),
    "a meeting that is still to come": Case(None, activities=(activity(LATER, NOON),)),
    "an activity that was deleted": Case(None, activities=(activity(NOON, deleted_at=LATER),)),
    "added on the day, and a later activity that was deleted": Case(
        NOON, added=NOON, activities=(activity(LATER, deleted_at=LATER),)
    ),
    "an activity of another type of record": Case(None, activities=(activity(NOON, of="company"),)),
    "added on the day, and later an activity of another type of record": Case(
        NOON, added=NOON, activities=(activity(LATER, of="company"),)
    ),
    "in Trash": Case(None, added=NOON, values={"deleted_at": LATER}),
    "in Trash, with an activity": Case(None, activities=(activity(NOON),), values={"deleted_at": LATER}),
}


def make(lead: Lead, case: Case, by: Any) -> None:
    """As if all of it had happened at these moments: the history has an addition and, if it was changed, a change."""
    with operation("test", by=by):
        made = [
            Activity.objects.create(
                **{"of": "lead", "record": lead.pk, "type": "note", "created_by": by} | values, at=took_place
            )
            for took_place, _edited, values in case.activities
        ]
        if case.changed:
            Lead.objects.filter(pk=lead.pk).update(zip="60200")
    changed = case.changed or case.added
    Change.objects.of_row("lead", lead.pk).filter(kind="insert").update(at=case.added)
    Change.objects.of_row("lead", lead.pk).filter(kind="update").update(at=changed)
    with write_without_history():
        Lead.objects.filter(pk=lead.pk).update(created_at=case.added, updated_at=changed, **case.values)
        for one, (_took_place, edited, _values) in zip(made, case.activities, strict=True):
            Activity.objects.filter(pk=one.pk).update(updated_at=edited)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_whose_last_event_was_on_the_day(ann, make_lead, case):
    lead = make_lead()
    make(lead, case, ann)
    found = find_quiet_records(KINDS["lead"], FIRST, END)
    assert found == ([(lead.pk, case.last)] if case.last else [])


def test_they_are_in_the_order_of_their_numbers_and_at_most_so_many(ann, make_lead):
    leads = [make_lead() for _number in range(3)]
    for number, lead in enumerate(reversed(leads)):
        make(lead, Case(None, added=NOON + timedelta(hours=number)), ann)
    for most in (None, 3, 2):
        found = find_quiet_records(KINDS["lead"], FIRST, END, most)
        assert [pk for pk, _at in found] == [lead.pk for lead in leads][:most]


@pytest.mark.parametrize(
    "later", [{"activities": (activity(LATER),)}, {"changed": LATER}], ids=["an activity", "a change"]
)
def test_what_happens_to_one_record_is_no_event_of_another_one(later, ann, make_lead):
    quiet, active = make_lead(), make_lead()
    make(quiet, Case(None, added=NOON, changed=NOON), ann)
    make(active, Case(None, added=NOON, **later), ann)
    assert find_quiet_records(KINDS["lead"], FIRST, END) == [(quiet.pk, NOON)]
