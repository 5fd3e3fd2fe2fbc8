"""Which activities are moved to which record, and which operation says so to whom."""

from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.models import Activity, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.work.activities import moves
from crm.work.activities.moves import (
    MoveActivity,
    RecordPlace,
    can_take,
    get_moved_activities,
    move_to_record,
)
from leads.models import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def records(cast, make_lead, make_contact) -> dict[str, Any]:
    """Two leads of Bob's, and a contact with the number of the second one."""
    origin, lead = make_lead("Origin", owner=cast.bob), make_lead("Target", owner=cast.bob)
    return {"origin": origin, "lead": lead, "contact": make_contact("Contact", owner=cast.bob, pk=lead.pk)}


def add(record: Any, by: Any, **values: Any) -> Activity:
    given = {"type": "note", "text": "x", "at": timezone.now(), "created_by": by, **values}
    with operation("test", by=None):
        return Activity.objects.create(of=record.table, record=record.pk, **given)


# The record that an activity of the first lead may be moved to, whether its person was erased, and whether it takes the activity.
TAKERS = {
    "another lead": ("lead", False, True),
    "the lead that has it": ("origin", False, False),
    "a contact": ("contact", False, True),
    "a lead of an erased person": ("lead", True, False),
    "the lead that has it, of an erased person": ("origin", True, False),
}


@pytest.mark.parametrize(("name", "erased", "takes"), TAKERS.values(), ids=TAKERS)
def test_which_record_can_take_an_activity(name, erased, takes, records, bob):
    record = records[name]
    record.erased_at = timezone.now() if erased else None
    assert can_take(record, add(records["origin"], bob)) is takes
    # One of another type with the same number isn't the same record.
    if name == "lead" and not erased:
        assert can_take(record, add(records["contact"], bob))


class Case(NamedTuple):
    """What is different from a note of Bob's, whether it moves, and whether others may read of that."""

    values: dict[str, Any]
    moves: bool = True
    public: bool = True
    by: str = "bob"


CASES = {
    "a note of one's own": Case({}),
    "a call": Case({"type": "call"}),
    "an email that was received": Case({"type": "email", "outcome": "received"}),
    "an email that is being sent": Case({"type": "email", "outcome": "sending"}, moves=False),
    "a private email": Case({"type": "email", "outcome": "received", "private_to": "bob"}, public=False),
    "an email that is private to another user": Case({"type": "email", "private_to": "ben"}, moves=False),
    "one in Trash": Case({"deleted_at": "2026-01-05T00:00Z"}, moves=False),
    "one of a user who may not change it": Case({}, moves=False, by="dan"),
}


@pytest.mark.parametrize("target", ["lead", "contact"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_moved_and_who_reads_of_it(case, target, records, cast):
    origin, target, by = records["origin"], records[target], getattr(cast, case.by)
    values = {
        name: getattr(cast, value) if name == "private_to" else value for name, value in case.values.items()
    }
    row, left = add(origin, cast.bob, **values), add(origin, cast.bob)
    done = move_to_record(row, [], target, by=by, channel="api")
    row.refresh_from_db()
    left.refresh_from_db()
    assert (left.of, left.record) == ("lead", origin.pk)
    place = target if case.moves else origin
    assert (row.of, row.record) == (place.table, place.pk)
    if not case.moves:
        assert done is None
        assert not Operation.objects.filter(kind="move_activity").exists()
        return
    done.refresh_from_db()
    assert (done.matched, done.changed, done.channel, done.by) == (2, 2, "api", by)
    assert done.is_private is not case.public
    assert done.table == ("lead" if case.public else "")
    assert done.parameters["from"] == ["lead", origin.pk]
    assert done.parameters["to"] == [target.table, target.pk]
    said = done.get_all_verdicts().exclude(table="activity").values_list("table", "word", "ids")
    ids: dict[str, list[int]] = {}
    for one in sorted([("lead", origin.pk), (target.table, target.pk)]):
        ids.setdefault(one[0], []).append(one[1])
    told = [(table, "changed", of_table) for table, of_table in sorted(ids.items())]
    assert sorted(said) == (told if case.public else [])


def test_others_of_a_conversation_move_along(records, bob):
    origin, lead = records["origin"], records["lead"]
    row, other, left = (add(origin, bob) for _number in range(3))
    # An activity of another record isn't one of them, whatever is asked.
    elsewhere = add(records["contact"], bob)
    done = move_to_record(row, [other, elsewhere], lead, by=bob)
    assert (done.channel, done.matched) == ("web", 2)
    moved = Activity.objects.filter(of="lead", record=lead.pk).order_by("pk")
    assert list(moved) == [row, other]
    assert Activity.objects.get(pk=left.pk).record == origin.pk
    assert Activity.objects.get(pk=elsewhere.pk).of == "contact"


def test_both_records_are_locked_in_one_order(records, bob, monkeypatch):
    """So that two moves in opposite directions don't wait for each other."""
    locked: list[int] = []
    origin, lead = records["origin"], records["lead"]
    monkeypatch.setattr(type(Lead.objects.all()), "lock_one", lambda rows, pk: locked.append(pk))
    for one, other in ((origin, lead), (lead, origin)):
        assert move_to_record(add(one, bob), [], other, by=bob)
    assert locked == [origin.pk, lead.pk] * 2


# The target, and the place that each of two activities was on before the move, and before the undo of it.
@pytest.mark.parametrize("target", ["lead", "contact"])
def test_where_moved_activities_were_before(target, records, bob):
    origin, target = records["origin"], records[target]
    row, other = add(origin, bob), add(origin, bob)
    done = move_to_record(row, [other], target, by=bob)
    before = RecordPlace("lead", origin.pk)
    assert sorted(get_moved_activities(done), key=lambda one: one[0].pk) == [(row, before), (other, before)]
    undone = revert_operation(done, by=bob).operation
    assert {one for _row, one in get_moved_activities(undone)} == {RecordPlace(target.table, target.pk)}
    # What else happens to an activity is no move.
    with operation("edit_activity", by=None) as edited:
        Activity.objects.filter(pk=row.pk).update(of="lead", record=target.pk)
    assert get_moved_activities(edited) == []
    with operation(MoveActivity.kind, by=None) as joined:
        Activity.objects.filter(pk=row.pk).update(text="y")
        Activity.objects.filter(pk=other.pk).update(record=target.pk + 1, text="y")
    assert [one.pk for one, _place in get_moved_activities(joined)] == [other.pk]


def test_the_undo_of_another_change_moves_nothing(records, bob):
    row = add(records["origin"], bob)
    with operation("edit_activity", by=bob, changed=1) as edited:
        Activity.objects.filter(pk=row.pk).update(record=records["lead"].pk)
    with operation("undo", by=bob, undoes=edited) as undone:
        Activity.objects.filter(pk=row.pk).update(record=records["origin"].pk)
    assert get_moved_activities(undone) == []
    assert moves.NOWHERE == ("", 0)
