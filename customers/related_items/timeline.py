"""The timeline of a record, with the changes of what belongs to it between two kinds."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from django.db.models import Q
from django.utils.functional import Promise, cached_property

from accounts.models import User
from crm.models import Change, Operation
from crm.records.history.timeline import FieldChange, Timeline, TimelineEntry


class Sentences(NamedTuple):
    """What was done with one of them, by its name as %(name)s; `unknown` is without one."""

    added: str | Promise
    changed: str | Promise
    removed: str | Promise
    unknown: str | Promise


class BetweenTimeline(Timeline):
    """Their changes, for one viewer: those that the viewer sees."""

    model: ClassVar[Any]
    sentences: ClassVar[Sentences]

    @cached_property
    def items_by_id(self) -> dict[int, Any]:
        """By id, with those that were removed."""
        rows = self.model.objects.visible_to(self.viewer).of_record(self.record)
        return {row.pk: row for row in rows.with_names()}

    def describe_operation(self, change: Change, fields: list[FieldChange]) -> str:
        if change.operation and change.operation.undoes:
            return super().describe_operation(change, fields)
        if change.row not in self.items_by_id:
            return str(self.sentences.unknown)
        words = {"name": self.items_by_id[change.row]}
        if change.kind == Change.Kind.INSERT:
            return str(self.sentences.added) % words
        if "deleted_at" in change.diff:
            return str(self.sentences.removed) % words
        return str(self.sentences.changed) % words


class WithBetween:
    """For a Timeline: `between` is that of what belongs to its record."""

    between: ClassVar[type[BetweenTimeline]]
    record: Any
    viewer: User
    words_of: Callable[[Operation, Any], str]

    @cached_property
    def item_timeline(self) -> BetweenTimeline:
        return self.between(self.record, self.viewer, self.words_of)

    def changes_queryset(self):
        known = list(self.item_timeline.items_by_id)
        if not known:
            return super().changes_queryset()  # type: ignore[misc]
        own = Q(table=self.record.table, row=self.record.pk)
        return Change.objects.filter(own | Q(table=self.between.model.table, row__in=known))

    def build_entries(self, changes: list[Change], *, with_undo: bool = True) -> list[TimelineEntry]:
        own = [change for change in changes if change.table == self.record.table]
        others = [change for change in changes if change.table != self.record.table]
        more = self.item_timeline.build_entries(others, with_undo=with_undo) if others else []
        return [*super().build_entries(own, with_undo=with_undo), *more]  # type: ignore[misc]
