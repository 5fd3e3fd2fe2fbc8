"""One timeline of recorded changes and activities: pages of both together, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.activities.markdown import as_html
from crm.models import Change
from crm.models.activity import Activity
from crm.records.kinds import Kind
from crm.web.ids import number_of

PAGE = 30
CHANGES = "changes"
SHOWN = [*Activity.Type.values, CHANGES]
ICONS = {"note": "note", "call": "phone", "meeting": "calendar"}
# To follow a name.
TOLD = {"note": _("wrote a note"), "call": _("logged a call"), "meeting": _("logged a meeting")}
TABS = [
    ("", _("All")),
    ("note", _("Notes")),
    ("call", _("Calls")),
    ("meeting", _("Meetings")),
    (CHANGES, _("Changes")),
]
MICROSECOND = 1_000_000


@dataclass(frozen=True)
class Line:
    """An activity on the timeline."""

    activity: Activity
    may_change: bool
    # More than its pin has changed since it was added.
    edited: bool
    template = "activities/_activity.html"

    @property
    def at(self) -> datetime:
        return self.activity.at

    @property
    def icon(self) -> str:
        return ICONS[self.activity.type]

    @property
    def words(self) -> Any:
        return TOLD[self.activity.type]

    @property
    def html(self) -> SafeString:
        return as_html(self.activity.text)


class Stream:
    """What a URL asks for: ?show=note for one type only, ?before= for older entries.

    `before` names the last change and the last activity of the page before, because each has its own order: an activity can be
    logged later than it happened.
    """

    def __init__(self, kind: Kind, record: Any, viewer, data: Mapping[str, str]) -> None:
        self.kind, self.record, self.viewer = kind, record, viewer
        self.show = data.get("show", "") if data.get("show", "") in SHOWN else ""
        parts = [number_of(part) or 0 for part in data.get("before", "").split("-")]
        self.change, self.moment, self.activity = parts if len(parts) == 3 else (0, 0, 0)
        self.first = len(parts) != 3

    def page(self) -> tuple[list[Any], str]:
        """The entries, and what `before` is for the next page, or ''."""
        changes, activities = self._changes(), self._activities
        both: Any = merge(changes, activities, key=lambda row: row.at, reverse=True)
        found = list(islice(both, PAGE))
        older = self._older(found) if len(changes) + len(activities) > PAGE else ""
        told = [row for row in found if isinstance(row, Change)]
        entries = {
            entry.change.pk: entry for entry in self.kind.timeline(self.record, self.viewer).entries(told)
        }
        # A change without anything to see has no entry.
        shown = ((self._known if isinstance(row, Activity) else entries).get(row.pk) for row in found)
        return [line for line in shown if line], older

    def pinned(self) -> list[Line]:
        """Above the first page of the whole timeline."""
        if not self.first or self.show:
            return []
        if len(self._activities) > PAGE:
            return list(self._lines(list(self._all().pinned_first())).values())
        return [line for line in self._known.values() if line.activity.pinned]

    def _lines(self, rows: list[Activity]) -> dict[int, Line]:
        if not rows:
            return {}
        ids = [row.pk for row in rows]
        own = set(Activity.objects.changeable_by(self.viewer).filter(pk__in=ids).values_list("pk", flat=True))
        edited = set(
            Change.objects.of_rows(Activity.table, ids)
            .filter(fields__has_any_keys=["text", "outcome", "at", "minutes"])
            .values_list("row", flat=True)
        )
        return {row.pk: Line(row, row.pk in own, row.pk in edited) for row in rows}

    def _all(self) -> Any:
        rows = Activity.objects.present().of_record(self.kind.name, self.record.pk)
        return rows.select_related("created_by")

    def _changes(self) -> list[Change]:
        if self.show not in ("", CHANGES):
            return []
        rows = Change.objects.of_row(self.kind.name, self.record.pk).with_operations().newest_first()
        return list((rows.before(self.change) if self.change else rows)[: PAGE + 1])

    @cached_property
    def _activities(self) -> list[Activity]:
        if self.show == CHANGES:
            return []
        rows: Any = self._all().of_type(self.show) if self.show else self._all()
        if self.moment:
            at = datetime.fromtimestamp(self.moment / MICROSECOND, UTC)
            rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=self.activity))
        return list(rows.newest_first()[: PAGE + 1])

    @cached_property
    def _known(self) -> dict[int, Line]:
        """The line of each activity, newest first."""
        return self._lines(self._activities)

    def _older(self, found: list[Any]) -> str:
        change, moment, activity = self.change, self.moment, self.activity
        for row in found:
            if isinstance(row, Change):
                change = row.pk
            else:
                moment, activity = round(row.at.timestamp() * MICROSECOND), row.pk
        return f"{change}-{moment}-{activity}"
