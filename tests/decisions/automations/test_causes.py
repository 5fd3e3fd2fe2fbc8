"""How many automations woke each other up, which records have been dealt with already, and which of a set are quiet."""

from datetime import timedelta
from typing import Any

import pytest

from automations.models import Automation, AutomationRun
from automations.running.quiet_records import find_quiet_records
from automations.running.waking import NO_OPERATION, Waking, build_waking, build_waking_by_end
from automations.running.waking_queue import find_begun_records
from crm.models import Change, FrozenSet, Operation
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from sequences.models import Enrollment
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("parameters", "depth"), [({}, 0), ({"depth": 1}, 1), ({"depth": 3}, 3)])
def test_an_operation_is_as_deep_as_it_says(parameters, depth):
    record = Operation.objects.create(kind="test", parameters=parameters)
    assert build_waking(record) == Waking(record.pk, depth)


# The depth of the operation that ended sequences, those of the starts of these sequences, and the depth then.
DEPTHS: dict[str, tuple[int | None, list[int | None], int]] = {
    "started by users": (None, [None, None], 0),
    "started by an automation": (None, [None, 2], 2),
    "started by one that goes deeper than the end": (1, [4, 2], 4),
    "ended by one that goes deeper": (5, [2], 5),
    "no sequence": (1, [], 1),
}


@pytest.mark.parametrize(("of_end", "of_starts", "depth"), DEPTHS.values(), ids=DEPTHS)
def test_the_end_of_a_sequence_is_as_deep_as_its_start(of_end, of_starts, depth, ann, make_lead):
    sequence = make_sequence("One", build_step("call", title="Call"))
    leads = [make_lead(email=f"{number}@a.example", owner=ann) for number in range(len(of_starts) + 1)]
    start(sequence, ann, *leads)
    rows = list(Enrollment.objects.order_by("pk"))
    end = Operation.objects.create(kind="test", parameters={} if of_end is None else {"depth": of_end})
    with operation("test", by=None):
        for row, found in zip(rows, [*of_starts, 9], strict=True):
            made = Operation.objects.create(kind="test", parameters={} if found is None else {"depth": found})
            Enrollment.objects.filter(pk=row.pk).update(started=made.pk)
    values: dict[str, Any] = {"operation": end, "version": 2, "kind": "update"}
    for row in rows[:-1]:
        Change.objects.create(
            table="enrollment", row=row.pk, fields={"state": ["running", "stopped"]}, **values
        )
    # A lead with the number of the last one, which goes on.
    Change.objects.create(table="lead", row=rows[-1].pk, fields={"city": ["", "Cluj"]}, **values)
    assert build_waking_by_end(end) == Waking(end.pk, depth)


# What the log has of the record, and whether that is the same occasion: "a day" of this automation, at its first step.
LOGGED: dict[str, tuple[dict[str, Any], bool]] = {
    "the same": ({}, True),
    "the same, which had failed": ({"outcome": "fault"}, True),
    "another occasion": ({"occasion": "another day"}, False),
    "another record": ({"record": 8}, False),
    "a change woke it": ({"waking": 5}, False),
    "a later step": ({"step": 1}, False),
    "another automation": ({"automation": "other"}, False),
}


@pytest.mark.parametrize(("values", "begun"), LOGGED.values(), ids=LOGGED)
def test_a_record_is_dealt_with_once_for_each_occasion(values, begun, ann):
    with operation("test", by=None):
        own, other = (
            Automation.objects.create(name=name, owner=ann, table_of="lead", trigger="daily")
            for name in ("own", "other")
        )
    given = {"waking": NO_OPERATION, "occasion": "a day", "record": 7, "outcome": "acted", **values}
    given["automation"] = other if given.get("automation") else own
    AutomationRun.objects.create(**given)
    found = find_begun_records(own, Waking(NO_OPERATION, occasions={7: "a day", 9: "a day"}))
    assert found == ({7} if begun else set())


def test_of_a_set_only_its_records_are_found_quiet(ann, make_lead):
    leads = [make_lead() for _number in range(3)]
    among = FrozenSet.objects.create(user=ann, table="lead", ids=[leads[0].pk, leads[2].pk], count=2)
    first, end = leads[0].created_at, leads[-1].created_at + timedelta(days=1)
    every = [pk for pk, _at in find_quiet_records(KINDS["lead"], first, end)]
    assert every == [lead.pk for lead in leads]
    assert [pk for pk, _at in find_quiet_records(KINDS["lead"], first, end, among=among)] == among.ids
