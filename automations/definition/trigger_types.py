"""What can wake an automation: each trigger says which recorded changes of a record type it is about.

A trigger compares changes as PostgreSQL recorded them, so the worker asks it about the changes of one operation, and a trial about those
of a year. Triggers by the clock have no changes: automations/running/due_records.py says which records are due. Those by mailings have the
moments of deliveries (automations/running/response_trigger.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.functional import Promise

from automations.models import Automation
from automations.models.automation import BY_MAILINGS
from bookings.models import Booking
from crm.models import Change, Operation
from crm.platform.models.operation import OF_DEMO
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.work.models.activity import Activity
from mailings.content.merge_fields import KINDS_OF_RECIPIENTS
from sequences.models import Enrollment
from sequences.models.sequence import SEQUENCED

Trigger = Automation.Trigger
# The field with the status of a record, for the record types that have one.
STATUS_FIELDS = ("status", "state")
# The parameters of operations that an automation wrote: its id, and how many automations woke each other up to this one.
AUTOMATION, DEPTH = "automation", "depth"


@dataclass(frozen=True)
class TriggerType:
    """`condition` is the condition on a Change of the record type, for the trigger's values: `values` lists their names, all in
    the form in which changes are recorded."""

    code: str
    label: str | Promise
    values: tuple[str, ...]
    condition: Callable[[Kind, Mapping[str, Any]], Q]
    needs_status: bool = False
    # The recorded rows that the changes are about, if it isn't the record itself: each has the id of its record.
    about: Any = None
    # The names of the record types that it is for, if not all.
    kinds: tuple[str, ...] = ()

    def is_offered_for(self, kind: Kind) -> bool:
        if self.kinds and kind.name not in self.kinds:
            return False
        return not self.needs_status or bool(get_status_column(kind))


def get_status_column(kind: Kind) -> str:
    """The column with the status of such records: "status_id", "state"; '' for none."""
    fields = {field.name: field for field in kind.model._meta.local_concrete_fields}
    found = next((fields[name] for name in STATUS_FIELDS if name in fields), None)
    # A state without choices is a part of an address.
    return str(found.column) if found and (found.remote_field or found.choices) else ""


def get_recorded_column(kind: Kind, name: str) -> str:
    """The name under which changes of a field are recorded: "owner_id" for "owner", the name itself for a custom field."""
    own = {field.name: str(field.column) for field in kind.model._meta.local_concrete_fields}
    return own.get(name, name)


def _build_added_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    return Q(kind=Change.Kind.INSERT)


def _build_field_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    """With "from" and "to", only changes between these values; an empty value is null."""
    column = get_recorded_column(kind, values["field"])
    found = Q(kind=Change.Kind.UPDATE, fields__has_key=column)
    for place, name in enumerate(("from", "to")):
        if name in values:
            found &= build_recorded_condition(column, place, values[name])
    return found


def _build_entered_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    column = get_status_column(kind)
    changed = Q(kind=Change.Kind.UPDATE, fields__has_key=column)
    return changed & build_recorded_condition(column, 1, values["status"])


def _build_left_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    column = get_status_column(kind)
    changed = Q(kind=Change.Kind.UPDATE, fields__has_key=column)
    return changed & build_recorded_condition(column, 0, values["status"])


def _build_activity_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    """An email is written, not logged. A private one is no one else's business, so no automation's either."""
    found = Activity.objects.of_kind(kind.name).public().exclude(type=Activity.Type.EMAIL)
    if chosen := values.get("type"):
        found = found.of_type(chosen)
    return Q(Exists(found.filter(pk=OuterRef("row"))), kind=Change.Kind.INSERT)


def _build_email_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    """No automatic reply: its outcome is another one."""
    found = Activity.objects.of_kind(kind.name).public().of_type(Activity.Type.EMAIL)
    received = found.filter(outcome=Activity.Delivery.RECEIVED)
    return Q(Exists(received.filter(pk=OuterRef("row"))), kind=Change.Kind.INSERT)


def _build_held_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    """A planned one is held once it is over, unless someone says otherwise; a meeting that is logged afterwards is an activity."""
    before = Q(pk__in=[])
    for outcome in Activity.Plan.values:
        before |= build_recorded_condition("outcome", 0, outcome)
    return _build_meeting_condition(kind) & before & build_recorded_condition("outcome", 1, "")


def _build_no_show_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    return _build_meeting_condition(kind) & build_recorded_condition("outcome", 1, Activity.Plan.NO_SHOW)


def _build_meeting_condition(kind: Kind) -> Q:
    found = Activity.objects.of_kind(kind.name).public().meetings().filter(pk=OuterRef("row"))
    return Q(Exists(found), kind=Change.Kind.UPDATE, fields__has_key="outcome")


def _build_booked_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    return Q(_build_booking_exists(kind), kind=Change.Kind.INSERT)


def _build_booking_moved_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    """Whoever moved it: the visitor or a colleague."""
    return Q(_build_booking_exists(kind), kind=Change.Kind.UPDATE, fields__has_key="at")


def _build_booking_canceled_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    deleted = Q(_build_booking_exists(kind), kind=Change.Kind.UPDATE, fields__has_key="deleted_at")
    return deleted & build_recorded_condition("deleted_at", 0, None)


def _build_booking_exists(kind: Kind) -> Exists:
    booked = Booking.objects.filter(activity=OuterRef("pk"))
    found = Activity.objects.of_kind(kind.name).public().filter(Exists(booked), pk=OuterRef("row"))
    return Exists(found)


def _build_sequence_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    """`reason` is why it ended, or FINISHED for one whose steps are all done; without it, any of them."""
    found = Enrollment.objects.of_type(kind.name)
    if sequence := values.get("sequence"):
        found = found.of_sequence(sequence)
    ended = build_recorded_condition("state", 0, Enrollment.State.RUNNING)
    if reason := values.get("reason"):
        column = "state" if reason == Enrollment.State.FINISHED else "stop_reason"
        ended &= build_recorded_condition(column, 1, reason)
    return Q(Exists(found.filter(pk=OuterRef("row"))), kind=Change.Kind.UPDATE) & ended


def _build_no_condition(kind: Kind, values: Mapping[str, Any]) -> Q:
    """For triggers by the clock or by mailings, which no change wakes."""
    return Q(pk__in=[])


def build_recorded_condition(column: str, place: int, value: Any) -> Q:
    """Whether the old (0) or the new value (1) of a change is this one. An empty text is recorded as one, so it counts as empty
    too."""
    path = f"fields__{column}__{place}"
    return Q(**{path: None}) | Q(**{path: ""}) if value in (None, "") else Q(**{path: value})


TRIGGERS = {
    found.code: found
    for found in (
        TriggerType(Trigger.ADDED, Trigger.ADDED.label, (), _build_added_condition),
        TriggerType(
            Trigger.FIELD_CHANGED,
            Trigger.FIELD_CHANGED.label,
            ("field", "from", "to"),
            _build_field_condition,
        ),
        TriggerType(
            Trigger.STATUS_ENTERED, Trigger.STATUS_ENTERED.label, ("status",), _build_entered_condition, True
        ),
        TriggerType(Trigger.STATUS_LEFT, Trigger.STATUS_LEFT.label, ("status",), _build_left_condition, True),
        TriggerType(
            Trigger.ACTIVITY,
            Trigger.ACTIVITY.label,
            ("type",),
            _build_activity_condition,
            about=Activity,
        ),
        TriggerType(
            Trigger.EMAIL_RECEIVED,
            Trigger.EMAIL_RECEIVED.label,
            (),
            _build_email_condition,
            about=Activity,
        ),
        *(
            TriggerType(code, code.label, (), condition, about=Activity)
            for code, condition in (
                (Trigger.MEETING_HELD, _build_held_condition),
                (Trigger.NO_SHOW, _build_no_show_condition),
            )
        ),
        *(
            TriggerType(code, code.label, (), condition, about=Activity, kinds=("lead",))
            for code, condition in (
                (Trigger.BOOKING_MADE, _build_booked_condition),
                (Trigger.BOOKING_MOVED, _build_booking_moved_condition),
                (Trigger.BOOKING_CANCELED, _build_booking_canceled_condition),
            )
        ),
        *(
            TriggerType(code, code.label, ("mailing",), _build_no_condition, kinds=tuple(KINDS_OF_RECIPIENTS))
            for code in BY_MAILINGS
        ),
        TriggerType(
            Trigger.SEQUENCE_ENDED,
            Trigger.SEQUENCE_ENDED.label,
            ("sequence", "reason"),
            _build_sequence_condition,
            about=Enrollment,
            kinds=SEQUENCED,
        ),
        TriggerType(Trigger.QUIET, Trigger.QUIET.label, ("quiet", "time"), _build_no_condition),
        TriggerType(Trigger.DATE, Trigger.DATE.label, ("field", "side", "days", "time"), _build_no_condition),
        TriggerType(
            Trigger.MEETING_TIME, Trigger.MEETING_TIME.label, ("number", "unit", "side"), _build_no_condition
        ),
        TriggerType(Trigger.TASK_OVERDUE, Trigger.TASK_OVERDUE.label, ("days", "time"), _build_no_condition),
        TriggerType(Trigger.DAILY, Trigger.DAILY.label, ("on", "time"), _build_no_condition),
    )
}


def get_triggers_for(kind: Kind) -> list[TriggerType]:
    return [found for found in TRIGGERS.values() if found.is_offered_for(kind)]


def build_waking_condition(automation: Automation) -> Q:
    """The changes of any table that wake the automation, as far as they alone say."""
    kind, trigger = KINDS[automation.table_of], TRIGGERS[automation.trigger]
    table = trigger.about.table if trigger.about else automation.table_of
    found = Q(table=table) & trigger.condition(kind, automation.trigger_values)
    return found & ~_build_own_end_condition(automation) if trigger.about is Enrollment else found


def build_record_expression(automation: Automation) -> Any:
    """The record that such a change is about: its row, or the record of the activity or of the sequence."""
    about = TRIGGERS[automation.trigger].about
    if about is None:
        return F("row")
    found = about.objects.filter(pk=OuterRef("row")).order_by()
    return Subquery(found.values("record")[:1])


def _build_own_end_condition(automation: Automation) -> Q:
    """Whether the automation itself put the record into the sequence: its end is what it did, and wakes others only."""
    own = Operation.objects.filter(parameters__contains={AUTOMATION: automation.pk}, pk=OuterRef("started"))
    return Q(Exists(Enrollment.objects.filter(Exists(own), pk=OuterRef("row"))))


def build_operation_condition(automation: Automation, start: str = "") -> Q:
    """The operations that may wake the automation; `start` is the path to them, such as "operation__".

    An undo wakes none, or it would undo half of what it reverts. Changes of settings, such as merging two statuses, move
    records without anyone having worked on them. The automation never wakes itself.
    """
    found = Q(**{f"{start}undoes": None}) & ~Q(**{f"{start}kind__in": get_kinds_that_wake_none()})
    if not automation.for_imports:
        found &= ~Q(**{f"{start}channel": Operation.Channel.IMPORT})
    return found & ~Q(**{f"{start}parameters__contains": {AUTOMATION: automation.pk}})


def get_kinds_that_wake_none() -> list[str]:
    """The kinds of operations that are about settings or the demo."""
    return [*OF_DEMO, *sorted(name for name, verb in Verb.known.items() if verb.changes_settings)]


def waking_changes_queryset(automation: Automation, changes: Any) -> Any:
    """Those among these changes, a queryset of Change, that wake the automation. A record may have several of them."""
    return changes.filter(
        build_waking_condition(automation), build_operation_condition(automation, "operation__")
    )
