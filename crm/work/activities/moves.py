"""Moving activities, such as an email that is on the wrong timeline, from one record to another."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Change, Operation
from crm.platform.models.operation import PRIVATE
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Refusal, Verb, carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.verbs import OfOne
from crm.work.models.activity import Activity

Type = Activity.Type
MOVING = {
    Type.NOTE: _lazy("Move a note"),
    Type.CALL: _lazy("Move a call"),
    Type.MEETING: _lazy("Move a meeting"),
    Type.FILE: _lazy("Move a file"),
    Type.EMAIL: _lazy("Move an email"),
}


class RecordPlace(NamedTuple):
    """The kind and the ID of a record."""

    table: str
    pk: int


NOWHERE = RecordPlace("", 0)


@dataclass(frozen=True)
class MoveActivity(OfOne, Verb):
    """Move activities of one record to another record; later answers to an email follow it (mailboxes/receiving/record_lookup.py).
    An email that is being sent stays: its record decides which mailbox it goes out through."""

    kind = "move_activity"
    title = _lazy("Move an activity")

    type: str = Type.EMAIL
    origin: RecordPlace = NOWHERE
    target: RecordPlace = NOWHERE

    def get_parameters(self):
        return {"type": self.type, "from": list(self.origin), "to": list(self.target)}

    @classmethod
    def get_label(cls, parameters, kind):
        return MOVING.get(parameters.get("type"), cls.title)

    def build_unchanged_condition(self):
        return Q(of=self.target.table, record=self.target.pk)

    def get_refusals(self):
        return [Refusal("being_sent", Q(type=Type.EMAIL, outcome=Activity.Delivery.SENDING))]

    def get_values(self):
        return {"of": self.target.table, "record": self.target.pk}


def can_take(record: Any, row: Activity) -> bool:
    """Whether the activity can be moved to this record: not to the one that has it, nor to one of an erased person."""
    return (record.table, record.pk) != (row.of, row.record) and not record.is_erased


def move_to_record(
    row: Activity, others: list[Activity], target: Any, *, by: Any, channel: str = Operation.Channel.WEB
) -> Operation | None:
    """Move an activity, with these others of its record, to one that the user may change. None if nothing was moved."""
    places = RecordPlace(row.of, row.record), RecordPlace(target.table, target.pk)
    ids = [row.pk, *(other.pk for other in others)]
    rows = Activity.objects.present().changeable_by(by).of_record(*places[0]).filter(pk__in=ids)
    return move_activities(MoveActivity(row.type, *places), rows, by=by, channel=channel)


def move_activities(
    verb: MoveActivity, rows: Any, *, by: Any, channel: str = Operation.Channel.WEB
) -> Operation | None:
    """Carry out the verb on these activities, as an operation on both records. `rows` are those that the user may change, and
    both records are ones that they may change. None if nothing was moved.

    Activities that are private to the user are moved by an operation that names no record, because others may see those of a record.
    """
    is_private = rows.exclude(private_to=None).exists()
    values: dict[str, Any] = {"parameters": verb.get_parameters(), "matched": 2, "changed": 2}
    if is_private:
        values["parameters"] = {PRIVATE: True, **values["parameters"]}
    values |= {"table": "" if is_private else verb.origin.table, "channel": channel}
    with operation(verb.kind, by=by, **values) as record:
        # In one order, so that two moves in opposite directions don't wait for each other.
        for place in sorted([verb.origin, verb.target]):
            KINDS[place.table].model._default_manager.all().lock_one(place.pk)
        outcome = carry_out(verb, rows, by=by, joined=record)
        if outcome.changed and not is_private:
            for table in {verb.origin.table, verb.target.table}:
                ids = sorted(place.pk for place in (verb.origin, verb.target) if place.table == table)
                write_verdicts(record, Outcome(table, changed=ids))
    if not outcome.changed:
        record.delete()
        return None
    return record


def get_moved_activities(record: Operation) -> list[tuple[Activity, RecordPlace]]:
    """The activities that an operation moved, or that an undo moved back, each with the record that it was on before."""
    undone = record.undoes.kind if record.undoes else ""
    if MoveActivity.kind not in (record.kind, undone):
        return []
    changes = Change.objects.of_operation_and_parts(record, Activity.table)
    diffs = {change.row: change.diff for change in changes if {"of", "record"} & change.diff.keys()}
    moved = Activity.objects.filter(pk__in=diffs)
    return [(activity, _get_previous_place(activity, diffs[activity.pk])) for activity in moved]


def _get_previous_place(activity: Activity, diff: dict[str, Any]) -> RecordPlace:
    """A diff has only what has changed: two leads are of the same kind."""
    return RecordPlace(diff.get("of", [activity.of])[0], diff.get("record", [activity.record])[0])
