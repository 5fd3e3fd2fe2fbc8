"""A page of a record's timeline: it ends between two entries, and takes the same number of queries however much there is."""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from django.utils.functional import cached_property

from crm.models import Change
from crm.records.history.undo.undo_permission import may_undo_own
from crm.work.activities.combined_timeline import CHANGES, PAGE, TimelineLine, TimelineQuery
from crm.work.grouped_timeline.grouped_entries import (
    GroupedEntry,
    build_grouped_entry,
    find_first_operation,
    get_undo_steps,
    get_undone_by_id,
)
from crm.work.grouped_timeline.shared_operations import find_page_end, find_row_operations, merge_changes
from crm.work.grouped_timeline.thread_search import find_threads
from crm.work.models.activity import Activity
from crm.work.models.task import Task

# Rows for a page of PAGE entries: what a person does in one go writes about three.
ROWS = 3 * PAGE


class GroupedTimelineQuery(TimelineQuery):
    """The timeline with one entry for each operation, and for each thread of emails. The recorded changes alone are listed one by
    one."""

    @property
    def row_limit(self) -> int:
        return PAGE if self.show == CHANGES else ROWS

    def get_page(self) -> tuple[list[Any], str]:
        if self.show == CHANGES:
            return super().get_page()
        rows, older = self._shown
        return self._build_entries(rows), older

    @cached_property
    def _shown(self) -> tuple[list[Any], str]:
        """The rows of this page, without those that fold below another one, and what `before` is for the next page."""
        rows, folded = self._rows, {pk for earlier in self._threads.values() for pk in earlier}
        complete = len(rows) <= self.row_limit
        places = [
            place for place, row in enumerate(rows) if not (isinstance(row, Activity) and row.pk in folded)
        ]
        keys = [self._operations.get_key(rows[place]) for place in places]
        number = find_page_end(keys, PAGE, complete=complete)
        end = places[number] if number < len(places) else min(len(rows), self.row_limit)
        if not end and rows:
            # One entry with all that folds below it fills the page.
            end = min(len(rows), self.row_limit)
            number = sum(place < end for place in places)
        return [rows[place] for place in places[:number]], self._build_before_parameter(
            rows[:end]
        ) if end < len(rows) else ""

    @cached_property
    def _operations(self) -> Any:
        return find_row_operations(self._rows, self.kind.name, self.record.pk)

    @cached_property
    def _threads(self) -> dict[int, list[int]]:
        """The earlier emails of each thread, by its newest one: two queries if there are emails."""
        if self.find or not any(row.type == Activity.Type.EMAIL for row in self._activities):
            return {}
        return find_threads(self._all_activities_queryset().of_type(Activity.Type.EMAIL))

    @cached_property
    def _lines_by_id(self) -> dict[int, TimelineLine]:
        """The lines of this page's activities, with the earlier emails of their threads, and of those that are pinned."""
        shown = [row for row in self._shown[0] if isinstance(row, Activity)]
        ids = {row.pk for row in shown}
        pinned = {row.pk: row for row in self._activities if row.pinned and row.pk not in ids}
        earlier = [pk for row in shown for pk in self._threads.get(row.pk, [])]
        older = (
            self._all_activities_queryset().filter(pk__in=[pk for pk in earlier if pk not in pinned])
            if earlier
            else []
        )
        lines = self._build_lines([*shown, *pinned.values(), *older])
        for row in shown:
            folded = tuple(lines[pk] for pk in self._threads.get(row.pk, []) if pk in lines)
            lines[row.pk] = replace(lines[row.pk], earlier=folded)
        return lines

    def _build_entries(self, rows: list[Any]) -> list[Any]:
        groups: dict[Hashable, list[Any]] = {}
        for row in rows:
            groups.setdefault(self._operations.get_key(row), []).append(row)
        changes = {
            key: merge_changes([row for row in group if isinstance(row, Change)])
            for key, group in groups.items()
        }
        merged = [change for found in changes.values() for change in found]
        told = {entry.change.pk: entry for entry in self.timeline.build_entries(merged, with_undo=False)}
        done = self._build_done_lines([row for row in rows if isinstance(row, Task)])
        found: list[Any] = []
        for key, group in groups.items():
            record = self._operations.get_operation(group[0])
            entries = [told[change.pk] for change in changes[key] if change.pk in told]
            lines = [self._lines_by_id[row.pk] for row in group if isinstance(row, Activity)]
            tasks = [done[row.pk] for row in group if isinstance(row, Task)]
            if entries or lines or tasks:
                found.append(build_grouped_entry(record, entries, lines, tasks, self.kind.name))
            elif not isinstance(group[0], Change):
                found += group
        return self._add_undo(found)

    def _add_undo(self, entries: list[Any]) -> list[Any]:
        """With the undo of each entry: an entry that is undone says so, and the undo isn't one of its own."""
        operations = [
            entry.operation for entry in entries if isinstance(entry, GroupedEntry) and entry.operation
        ]
        steps = get_undo_steps(self.record, operations, self.viewer)
        known = get_undone_by_id(operations)
        ids = {record.pk for record in operations}
        found = []
        for entry in entries:
            record = entry.operation if isinstance(entry, GroupedEntry) else None
            if record is None:
                found.append(entry)
            elif not record.undoes_id or find_first_operation(record, known) not in ids:
                may = may_undo_own(record, self.viewer, undone=record.pk in steps)
                found.append(replace(entry, may_undo=may, undone=steps.get(record.pk) or entry.undone))
        return found
