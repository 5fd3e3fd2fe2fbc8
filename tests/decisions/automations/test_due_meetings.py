"""Which meetings are due for an automation that waits for them: before they begin, or after they began, and which never are."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from automations.models import Automation
from automations.running.due_meetings import find_due_meetings
from crm.models import Activity
from crm.records.history.verb_execution import operation

pytestmark = pytest.mark.django_db
# The automation looked then, and looks again a minute later.
LAST = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
NOW = LAST + timedelta(minutes=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Case(NamedTuple):
    """What the automation waits for; when a meeting begins, from NOW on, and what is known about it."""

    is_due: bool
    wait: tuple[int, str, str]
    away: timedelta
    outcome: str = "planned"
    others: dict[str, Any] = {}
    # How long no worker looked before.
    slept: timedelta = timedelta()


TWO_HOURS_BEFORE, DAY_BEFORE = (2, "hours", "before"), (1, "days", "before")
HOUR_AFTER, THREE_DAYS_AFTER = (1, "hours", "after"), (3, "days", "after")
CASES = {
    "two hours before, to the minute": Case(True, TWO_HOURS_BEFORE, 2 * HOUR),
    "a minute too early": Case(False, TWO_HOURS_BEFORE, 2 * HOUR + MINUTE),
    "it was due at the last look": Case(False, TWO_HOURS_BEFORE, 2 * HOUR - MINUTE),
    "a second after the last look": Case(True, TWO_HOURS_BEFORE, 2 * HOUR - timedelta(seconds=59)),
    "a day before": Case(True, DAY_BEFORE, DAY),
    "a day before: an hour isn't a day": Case(False, DAY_BEFORE, HOUR),
    "before: one that was deleted": Case(False, TWO_HOURS_BEFORE, 2 * HOUR, others={"deleted_at": LAST}),
    "before: a private one": Case(False, TWO_HOURS_BEFORE, 2 * HOUR, others={"private_to_id": 0}),
    "before: a note of then": Case(False, TWO_HOURS_BEFORE, 2 * HOUR, others={"type": "note"}),
    "before: another type of record": Case(False, TWO_HOURS_BEFORE, 2 * HOUR, others={"of": "company"}),
    "before: no worker for an hour": Case(True, TWO_HOURS_BEFORE, HOUR + 5 * MINUTE, slept=HOUR),
    "before: no worker until it had begun": Case(False, TWO_HOURS_BEFORE, -MINUTE, slept=3 * HOUR),
    "before: it begins at this moment": Case(False, TWO_HOURS_BEFORE, timedelta(), slept=3 * HOUR),
    "an hour after, held": Case(True, HOUR_AFTER, -HOUR, ""),
    "an hour after, it goes on": Case(True, HOUR_AFTER, -HOUR),
    "an hour after, a no-show": Case(False, HOUR_AFTER, -HOUR, "no_show"),
    "an hour after, deleted": Case(False, HOUR_AFTER, -HOUR, "", {"deleted_at": LAST}),
    "after: a minute too early": Case(False, HOUR_AFTER, -HOUR + MINUTE, ""),
    "after: it was due at the last look": Case(False, HOUR_AFTER, -HOUR - MINUTE, ""),
    "three days after": Case(True, THREE_DAYS_AFTER, -3 * DAY, ""),
    "three days after: no worker for a day": Case(True, THREE_DAYS_AFTER, -4 * DAY + HOUR, "", slept=DAY),
    "after: a call of then": Case(False, HOUR_AFTER, -HOUR, "reached", {"type": "call"}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_when_a_meeting_is_due(case, make_lead, ann):
    others = case.others | ({"private_to_id": ann.pk} if "private_to_id" in case.others else {})
    lead = make_lead()
    with operation("test", by=None):
        meeting = Activity.objects.create(
            **{"of": "lead", "record": lead.pk, "type": "meeting", "outcome": case.outcome} | others,
            at=NOW + case.away,
            created_by=ann,
        )
    values = dict(zip(("number", "unit", "side"), case.wait, strict=True))
    automation = Automation(table_of="lead", trigger="meeting_time", trigger_values=values)
    found = find_due_meetings(automation, LAST - case.slept, NOW, begun=NOW)
    assert [one.record for one in found] == ([lead.pk] if case.is_due else [])
    assert all(one.occasion.startswith(f"{meeting.pk} ") for one in found)
