"""The entries of a record's timeline: what one operation did is one entry, with one Undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Change, Operation
from crm.records.history.timeline import FieldChange, TimelineEntry
from crm.records.history.undo.undo_permission import get_undone_ids, may_undo_own
from crm.records.kinds.kind_registry import get_kind
from crm.work.activities.combined_timeline import DoneLine, TimelineLine
from crm.work.grouped_timeline.entry_descriptions import (
    NEXT_ACTION,
    EntryDescription,
    SharedOperation,
    describe_entry,
)
from crm.work.models.task import Task


@dataclass(frozen=True)
class UndoStep:
    """Who undid an entry, and when. `redo` is the operation that the viewer may undo to redo the entry, or None."""

    who: str
    at: datetime
    redo: int | None = None


@dataclass(frozen=True)
class GroupedEntry:
    """What a person did. `lines` are the activities of it, `tasks` those that it completed; `others` counts the other records
    that it changed too."""

    at: datetime
    who: str
    icon: str
    words: EntryDescription
    operation: Operation | None
    moved: tuple[Any, Any] | None = None
    fields: tuple[FieldChange, ...] = ()
    lines: tuple[TimelineLine, ...] = ()
    tasks: tuple[DoneLine, ...] = ()
    others: int = 0
    may_undo: bool = False
    undone: UndoStep | None = None
    # Another record, whose name follows the sentence.
    about: Any = None
    # A page about who or what did it, if the viewer may open it.
    who_url: str = ""
    template = "records/_story.html"


def get_undo_steps(record: Any, operations: Sequence[Operation], viewer: Any) -> dict[int, UndoStep | None]:
    """The undo of each of these operations that is in effect, by its id: None if it left this record as it is. A query, and one
    more if one is undone."""
    undone = get_undone_ids([*operations])
    if not undone:
        return {}
    found: dict[int, UndoStep | None] = dict.fromkeys(undone)
    undoing = Change.objects.of_row(record.table, record.pk).undoing(undone).with_operations()
    for change in undoing.order_by("id"):
        undo: Any = change.operation
        found[undo.undoes_id] = build_undo_step(undo, change.at, viewer)
    return found


def build_undo_step(undo: Operation, at: datetime, viewer: Any) -> UndoStep:
    may = may_undo_own(undo, viewer, undone=False)
    return UndoStep(undo.by.name if undo.by else _("The system"), at, undo.pk if may else None)


def find_first_operation(record: Operation, known: dict[int, int | None]) -> int:
    """The operation that an undo, or the undo of an undo, is about. `known` has what each operation undoes."""
    found: int = record.pk
    while before := known.get(found):
        found = before
    return found


def get_undone_by_id(operations: Sequence[Operation]) -> dict[int, int | None]:
    """What each of these operations undoes, and what those do."""
    known = {record.pk: record.undoes_id for record in operations}
    return known | {record.undoes.pk: record.undoes.undoes_id for record in operations if record.undoes}


def count_added(record: Operation, table: str) -> str:
    """What else an operation added along with a record of this table: "1 task and 2 deals", or '' if it added several of
    them. One query."""
    counts = dict(record.count_changed_by_table())
    if counts.pop(table, 0) != 1 or not counts:
        return ""
    found = []
    for other, number in counts.items():
        if kind := get_kind(other):
            found.append(kind.words.counted(number))
        elif other == Task.table:
            found.append(ngettext("%(number)s task", "%(number)s tasks", number) % {"number": number})
    return ", ".join(found)


def build_grouped_entry(
    record: Operation | None,
    told: Sequence[TimelineEntry],
    lines: Sequence[TimelineLine],
    tasks: Sequence[DoneLine],
    table: str,
) -> GroupedEntry | TimelineLine | DoneLine | None:
    """The entry of one operation on a record of this table, without its undo; a single activity or task is its own entry. None
    if nothing is to be seen."""
    columns = frozenset(column for one in told for column in one.change.diff)
    if (
        len(lines) + len(tasks) == 1
        and columns <= NEXT_ACTION
        and not any(_says_more_than_next_action(one) for one in told)
    ):
        return lines[0] if lines else tasks[0]
    if not (told or lines or tasks):
        return None
    moved = next((one.moved for one in told if one.moved), None)
    others = max((one.others for one in told), default=0)
    sentences = [one.words for one in told]
    created = record and record.kind == "add" and told and told[0].change.kind == Change.Kind.INSERT
    if record and others and created and (added := count_added(record, table)):
        sentences[0], others = _("%(told)s and %(added)s") % {"told": sentences[0], "added": added}, 0
    did = SharedOperation(
        kind=record.kind if record else "",
        channel=record.channel if record else "",
        told=sentences,
        columns=columns,
        moved=moved is not None,
        undoes=bool(record and record.undoes_id),
        activities=[(line.activity.type, str(line.words)) for line in lines],
        done=len(tasks),
    )
    by = record.by.name if record and record.by else _("The system")
    words = describe_entry(did)
    first = told[0].kind if told else lines[0].icon if lines else "check"
    if lines and words.told == did.activities[0][1]:
        first = lines[0].icon
    return GroupedEntry(
        at=max([*(one.at for one in told), *(line.at for line in lines), *(task.at for task in tasks)]),
        who=told[0].who if told else by,
        icon=first,
        words=words,
        operation=record,
        moved=moved,
        fields=tuple(field for one in told for field in one.fields),
        lines=tuple(lines),
        tasks=tuple(tasks),
        others=others,
        who_url=told[0].who_url if told else "",
    )


def _says_more_than_next_action(entry: TimelineEntry) -> bool:
    """Whether it says more than that the next action follows from the tasks."""
    change = entry.change
    return change.kind != Change.Kind.UPDATE or bool(change.operation and change.operation.undoes_id)
