"""Which recorded change wakes which automation: the trigger with its values, and the operation that the change belongs to."""

from typing import Any, NamedTuple

import pytest

from automations.definition.trigger_types import waking_changes_queryset
from automations.models import Automation
from automations.running.woken_records import get_woken_records
from crm.models import Change, Operation
from crm.records.history.verb_execution import operation

pytestmark = pytest.mark.django_db

ADDED: dict[str, Any] = {"kind": "insert"}
ROW = 7


class Case(NamedTuple):
    """A trigger with its values, and a change: what was recorded, and its operation."""

    trigger: str
    values: dict[str, Any]
    change: dict[str, Any]
    wakes: bool
    operation: dict[str, Any] = {}
    also: dict[str, Any] = {}


def make_one(**values: Any) -> Automation:
    with operation("test", by=None):
        return Automation.objects.create(**values)


def diff(**fields: Any) -> dict[str, Any]:
    return {"kind": "update", "fields": fields}


FIELD, ENTERED, LEFT = "field_changed", "status_entered", "status_left"
CITY = {"field": "city"}
CASES = {
    "a lead is added": Case("added", {}, ADDED, True),
    "a lead is changed, but not added": Case("added", {}, diff(city=["", "Brno"]), False),
    "a lead is deleted permanently": Case(
        "added", {}, {"kind": "delete", "fields": {"city": ["Brno", None]}}, False
    ),
    "a company is added": Case("added", {}, {**ADDED, "table": "company"}, False),
    "the field changes": Case(FIELD, CITY, diff(city=["", "Brno"]), True),
    "the field changes among others": Case(FIELD, CITY, diff(zip=["", "1"], city=["", "Brno"]), True),
    "another field changes": Case(FIELD, CITY, diff(zip=["", "1"]), False),
    "a lead with the field is added": Case(FIELD, CITY, ADDED, False),
    "the field of a record that is gone": Case(
        FIELD, CITY, {"kind": "delete", "fields": {"city": ["Brno", None]}}, False
    ),
    "to the value": Case(FIELD, CITY | {"to": "Brno"}, diff(city=["", "Brno"]), True),
    "to another value": Case(FIELD, CITY | {"to": "Brno"}, diff(city=["", "Praha"]), False),
    "away from the value to which it should change": Case(
        FIELD, CITY | {"to": "Brno"}, diff(city=["Brno", ""]), False
    ),
    "from the value": Case(FIELD, CITY | {"from": "Brno"}, diff(city=["Brno", "Praha"]), True),
    "from another value": Case(FIELD, CITY | {"from": "Brno"}, diff(city=["Praha", "Brno"]), False),
    "from and to": Case(FIELD, CITY | {"from": "A", "to": "B"}, diff(city=["A", "B"]), True),
    "to, but not from": Case(FIELD, CITY | {"from": "A", "to": "B"}, diff(city=["C", "B"]), False),
    "from, but not to": Case(FIELD, CITY | {"from": "A", "to": "B"}, diff(city=["A", "C"]), False),
    "to nothing": Case(FIELD, CITY | {"to": None}, diff(city=["Brno", ""]), True),
    "to null": Case(FIELD, {"field": "owner", "to": None}, diff(owner_id=[3, None]), True),
    "to something, not to nothing": Case(FIELD, CITY | {"to": None}, diff(city=["", "Brno"]), False),
    "a user": Case(FIELD, {"field": "owner", "to": 3}, diff(owner_id=[None, 3]), True),
    "another user": Case(FIELD, {"field": "owner", "to": 3}, diff(owner_id=[3, 4]), False),
    "yes": Case(FIELD, {"field": "vip", "to": True}, diff(vip=[False, True]), True),
    "an amount with other zeros": Case(
        FIELD, {"field": "value", "to": 12.5}, diff(value=[None, 12.50]), True
    ),
    "a custom field": Case(FIELD, {"field": "c12", "to": "o1"}, diff(c12=[None, "o1"]), True),
    "the status is entered": Case(ENTERED, {"status": 5}, diff(status_id=[4, 5]), True),
    "the status is left, not entered": Case(ENTERED, {"status": 5}, diff(status_id=[5, 4]), False),
    "added with the status": Case(ENTERED, {"status": 5}, ADDED, False),
    "the status is left": Case(LEFT, {"status": 5}, diff(status_id=[5, 4]), True),
    "the status is entered, not left": Case(LEFT, {"status": 5}, diff(status_id=[4, 5]), False),
    "by an import": Case("added", {}, ADDED, False, {"channel": "import"}),
    "by an import, for one that is also for imports": Case(
        "added", {}, ADDED, True, {"channel": "import"}, {"for_imports": True}
    ),
    "by a program": Case("added", {}, ADDED, True, {"channel": "api"}),
    "by the system": Case("added", {}, ADDED, True, {"channel": "system"}),
    "by merging two statuses": Case(
        ENTERED, {"status": 5}, diff(status_id=[4, 5]), False, {"kind": "merge_statuses"}
    ),
    "by merging tags": Case(FIELD, {"field": "tags"}, diff(tags=[[1], [2]]), False, {"kind": "merge_tags"}),
    "by changing the type of a field": Case(
        FIELD, {"field": "c12"}, diff(c12=["1", 1]), False, {"kind": "retype_custom_field"}
    ),
    "by loading the demo": Case("added", {}, ADDED, False, {"kind": "load_demo"}),
    "by the automation itself": Case("added", {}, ADDED, False, {"parameters": {"automation": "itself"}}),
    "by another automation": Case("added", {}, ADDED, True, {"parameters": {"automation": 0}}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_which_change_wakes_which_automation(case, ann):
    found = make_one(
        name="One", owner=ann, table_of="lead", trigger=case.trigger, trigger_values=case.values, **case.also
    )
    values = {"kind": "test", **case.operation}
    if values.get("parameters") == {"automation": "itself"}:
        values["parameters"] = {"automation": found.pk}
    record = Operation.objects.create(**values)
    Change.objects.create(operation=record, row=ROW, version=1, **{"table": "lead", **case.change})
    assert get_woken_records(record, [found]) == ({found.pk: [ROW]} if case.wakes else {})
    woken = waking_changes_queryset(found, Change.objects.filter(operation=record))
    assert woken.exists() is case.wakes


def test_an_undo_wakes_no_automation(ann):
    found = make_one(name="One", owner=ann, table_of="lead")
    first = Operation.objects.create(kind="test")
    record = Operation.objects.create(kind="undo", undoes=first)
    Change.objects.create(operation=record, row=ROW, version=1, table="lead", kind="insert")
    assert get_woken_records(record, [found]) == {}


def test_a_record_that_an_operation_changed_twice_wakes_an_automation_once(ann):
    found = make_one(name="One", owner=ann, table_of="lead", trigger=FIELD, trigger_values=CITY)
    record = Operation.objects.create(kind="test")
    for version, values in enumerate((["", "A"], ["A", "B"])):
        Change.objects.create(
            operation=record, row=ROW, version=version, table="lead", kind="update", fields={"city": values}
        )
    assert get_woken_records(record, [found]) == {found.pk: [ROW]}
