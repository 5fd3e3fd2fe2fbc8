"""The entries of a record's timeline for activities that were moved to it or away from it."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.models import Operation
from crm.records.history.undo.undo_permission import get_undone_ids, may_undo_own
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.moves import MoveActivity
from crm.work.grouped_timeline.entry_descriptions import EntryDescription
from crm.work.grouped_timeline.grouped_entries import GroupedEntry, UndoStep, build_undo_step
from crm.work.models.activity import Activity

Type = Activity.Type
# To follow a name; the name of the other record follows.
MOVED_AWAY: dict[str, str | Promise] = {
    Type.NOTE: _("moved a note to"),
    Type.CALL: _("moved a call to"),
    Type.MEETING: _("moved a meeting to"),
    Type.EMAIL: _("moved an email to"),
    Type.FILE: _("moved a file to"),
}
MOVED_HERE: dict[str, str | Promise] = {
    Type.NOTE: _("moved a note here from"),
    Type.CALL: _("moved a call here from"),
    Type.MEETING: _("moved a meeting here from"),
    Type.EMAIL: _("moved an email here from"),
    Type.FILE: _("moved a file here from"),
}


def get_move_entries(
    table: str, pk: int, viewer: Any, before: datetime | None, most: int
) -> list[GroupedEntry]:
    """Newest first, on the timelines of both records."""
    place = [table, pk]
    rows = Operation.objects.not_private_to_others(viewer).filter(
        Q(parameters__from=place) | Q(parameters__to=place), kind=MoveActivity.kind, undoes=None
    )
    rows = (rows.filter(at__lt=before) if before else rows).select_related("by").order_by("-id")
    found = list(rows[:most])
    if not found:
        return []
    others = find_visible_records([get_other_record_key(record, place) for record in found], viewer)
    undone = get_undone_ids(found)
    steps = find_undo_steps(undone, viewer) if undone else {}
    return [
        build_move_entry(
            record, place, others, viewer, steps.get(record.pk), may_undo=record.pk not in undone
        )
        for record in found
    ]


def get_other_record_key(record: Operation, place: list[Any]) -> tuple[str, int]:
    origin, target = record.parameters["from"], record.parameters["to"]
    table, pk = target if origin == place else origin
    return table, pk


def find_visible_records(places: list[tuple[str, int]], viewer: Any) -> dict[tuple[str, int], Any]:
    """The records at these places that the viewer sees; a query for each kind."""
    found: dict[tuple[str, int], Any] = {}
    for table in {table for table, _pk in places if table in KINDS}:
        kind = KINDS[table]
        if viewer.has_perm(kind.get_right("view")):
            rows = kind.model.objects.visible_to(viewer).filter(
                pk__in=[pk for one, pk in places if one == table]
            )
            found |= {(table, row.pk): row for row in rows}
    return found


def find_undo_steps(undone: set[int], viewer: Any) -> dict[int, UndoStep]:
    """The last undo of each of these operations."""
    undoing = Operation.objects.filter(undoes__in=undone).select_related("by", "undoes").order_by("id")
    return {undo.undoes_id: build_undo_step(undo, undo.at, viewer) for undo in undoing if undo.undoes_id}


def build_move_entry(
    record: Operation, place: list[Any], others: Any, viewer: Any, step: UndoStep | None, *, may_undo: bool
) -> GroupedEntry:
    words = MOVED_AWAY if record.parameters["from"] == place else MOVED_HERE
    told, unknown = str(words[record.parameters["type"]]), _now("another record")
    about = others.get(get_other_record_key(record, place))
    return GroupedEntry(
        at=record.at,
        who=record.by.name if record.by else _now("The system"),
        icon="mail" if record.parameters["type"] == Type.EMAIL else "edit",
        words=EntryDescription(told if about else f"{told} {unknown}", []),
        operation=record,
        about=about,
        may_undo=may_undo and may_undo_own(record, viewer, undone=False),
        undone=step,
    )
