"""One timeline of recorded changes, activities and completed tasks: pages of them together, newest first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.models import AttachedFile, Change
from crm.platform.web.id_parsing import parse_number
from crm.records.history.history_start import get_history_start
from crm.records.history.value_sources import ValueSource, last_changes_queryset
from crm.records.history.visible_operations import describe_operation
from crm.records.kinds.kind_registry import Kind
from crm.work.activities.inline_pictures import render_html_with_pictures
from crm.work.activities.long_texts import get_first_lines
from crm.work.activities.markdown import render_markdown
from crm.work.activities.search import normalize_query
from crm.work.emails.delivery_problems import get_delivery_sentence
from crm.work.emails.quotations import QuotedText, split_quotation
from crm.work.invitations.invitees import InvitationState, get_invitee_states
from crm.work.models.activity import Activity, split_addresses
from crm.work.models.email_envelope import get_envelope
from crm.work.models.task import Task

PAGE = 30
CHANGES = "changes"
TASKS = "tasks"
# What people edit of an activity.
EDITED = ["text", "at", "minutes", "subject", "place", "invited"]
SHOWN = [*Activity.Type.values, TASKS, CHANGES]
ICONS = {"note": "note", "call": "phone", "meeting": "calendar", "email": "mail", "file": "file"}
# To follow a name.
TOLD = {
    "note": _("wrote a note"),
    "call": _("logged a call"),
    "meeting": _("logged a meeting"),
    "email": _("wrote an email"),
}
PLANNED_FOR = _("planned a %(minutes)s-minute meeting")
LOGGED_FOR = _("logged a %(minutes)s-minute meeting")
DIRECTIONS = {"incoming": _("logged an incoming call"), "outgoing": _("logged an outgoing call")}
TABS = [
    ("", _("All")),
    ("note", _("Notes")),
    ("call", _("Calls")),
    ("meeting", _("Meetings")),
    ("email", _("Emails")),
    ("file", _("Files")),
    (TASKS, _("Tasks")),
    (CHANGES, _("Changes")),
]
# Those that can have words to find.
SEARCHED_TABS = [(value, label) for value, label in TABS if value not in (TASKS, CHANGES)]
MICROSECOND = 1_000_000
# What other apps add to timelines: given the kind and ID of a record, the viewer, the moment before which (or None) and how
# many, the newest lines. A line has its moment `at` and its `template`.
OTHERS: list[Callable[[str, int, Any, datetime | None, int], list[Any]]] = []


@dataclass(frozen=True)
class TimelineLine:
    """An activity on the timeline."""

    activity: Activity
    may_change: bool
    # More than its pin has changed since it was added.
    edited: bool
    files: tuple[AttachedFile, ...] = ()
    # Of a meeting that people are invited to.
    invitation: InvitationState | None = None
    # The kind and the record that it was added to, which may be another one than that of the timeline.
    kind: Kind | None = None
    record: Any = None
    elsewhere: bool = False
    # Of an email: the others of its thread, newest first.
    earlier: tuple["TimelineLine", ...] = ()
    # Whether the viewer is its author.
    is_own: bool = False
    template = "activities/_activity.html"

    @property
    def at(self) -> datetime:
        return self.activity.at

    @property
    def icon(self) -> str:
        return ICONS[self.activity.type]

    @property
    def words(self) -> Any:
        if self.activity.type == Activity.Type.FILE:
            number = len(self.files)
            return ngettext("added a file", "added %(number)s files", number) % {"number": number}
        if self.activity.has_arrived:
            return _now("sent an email")
        if self.activity.type == Activity.Type.MEETING and self.activity.minutes:
            words = PLANNED_FOR if self.activity.is_planned else LOGGED_FOR
            return words % {"minutes": self.activity.minutes}
        if self.activity.is_planned:
            return _now("planned a meeting")
        return DIRECTIONS.get(self.activity.direction) or TOLD[self.activity.type]

    @cached_property
    def _split_text(self) -> QuotedText:
        row = self.activity
        is_email = row.type == Activity.Type.EMAIL
        return split_quotation(row.text, row.subject) if is_email else QuotedText(row.text, "")

    @property
    def html(self) -> SafeString:
        """The text, that of an email without what it quotes."""
        return self._render(self._split_text.said)

    @property
    def quoted(self) -> SafeString | str:
        """What an email quotes, as HTML, or ''."""
        return self._render(self._split_text.quoted) if self._split_text.quoted else ""

    def _render(self, text: str) -> SafeString:
        if self.kind is None:
            return render_markdown(text)
        return render_html_with_pictures(self.activity, text, self.files, self.kind, self.record)

    @property
    def preview(self) -> SafeString | str:
        """The first lines of a long text, as HTML; '' for a text that shows whole."""
        first = get_first_lines(self._split_text.said)
        return render_markdown(first) if first else ""

    @property
    def sent_to(self) -> str:
        """The addresses in To of an email; '' if they aren't known."""
        arrived = self.activity.has_arrived
        return get_envelope(self.activity).to or ("" if arrived else self.activity.address)

    @property
    def cc(self) -> str:
        return get_envelope(self.activity).cc

    @property
    def problem(self) -> str:
        """Why an email wasn't sent, or wasn't to all. Only its author is told whom it wasn't sent to, which may be someone in Bcc."""
        row = self.activity
        hidden = [] if self.is_own else split_addresses(get_envelope(row).bcc)
        return get_delivery_sentence(row.problem, hidden) if row.has_failed or self.is_own else ""


@dataclass(frozen=True)
class DoneLine:
    """A completed task on the timeline."""

    task: Task
    may_change: bool
    template = "tasks/_done.html"

    @property
    def at(self) -> datetime:
        return self.task.done_at  # type: ignore[return-value]


def get_entry_time(row: Any) -> Any:
    return row.done_at if isinstance(row, Task) else row.at


def convert_to_microseconds(at: Any) -> int:
    return round(at.timestamp() * MICROSECOND)


class TimelineQuery:
    """What a URL asks for: ?show=note for one type only, ?find= for activities with these words, ?before= for older entries.

    `before` names the last change, activity, task and other line of the page before, because each has its own order: an
    activity can be logged later than it happened.
    """

    def __init__(self, kind: Kind, record: Any, viewer, data: Mapping[str, str]) -> None:
        self.kind, self.record, self.viewer = kind, record, viewer
        self.timeline = kind.timeline(record, viewer, describe_operation)
        self.find = normalize_query(data.get("find", ""))
        # Only activities have words to find.
        shown = Activity.Type.values if self.find else SHOWN
        self.show = data.get("show", "") if data.get("show", "") in shown else ""
        parts = [parse_number(part) or 0 for part in data.get("before", "").split("-")]
        self.first = len(parts) != 6
        parts = [0] * 6 if self.first else parts
        self.change, self.moment, self.activity, self.done, self.task, self.other = parts

    @property
    def row_limit(self) -> int:
        """How many rows of each table it reads for one page."""
        return PAGE

    def get_page(self) -> tuple[list[Any], str]:
        """The entries, and what `before` is for the next page, or ''."""
        found = self._rows
        older = self._build_before_parameter(found[:PAGE]) if len(found) > PAGE else ""
        found = found[:PAGE]
        told = [row for row in found if isinstance(row, Change)]
        entries = {entry.change.pk: entry for entry in self.timeline.build_entries(told)}
        done = self._build_done_lines([row for row in found if isinstance(row, Task)])
        by_type: dict[type, Any] = {Change: entries, Activity: self._lines_by_id, Task: done}
        # A change without anything to see has no entry.
        shown = (by_type[type(row)].get(row.pk) if type(row) in by_type else row for row in found)
        return [line for line in shown if line], older

    def get_changes_start(self, older: str) -> date | None:
        """On the last page: since when changes are kept, if the first ones of this record are gone."""
        if older or self.find or self.show not in ("", CHANGES):
            return None
        told = self._changes
        if told and told[-1].kind == Change.Kind.INSERT:
            return None
        return get_history_start(self.record.created_at)

    def build_value_sources(self) -> dict[str, ValueSource]:
        """The rules that the record has its values from, by column. It takes a query only where this page doesn't have all changes."""
        is_whole = self.first and not self.find and self.show in ("", CHANGES)
        if is_whole and len(self._changes) <= self.row_limit:
            return self.timeline.build_value_sources(self._changes)
        return self.timeline.build_value_sources(last_changes_queryset(self.kind.name, self.record.pk))

    def get_pinned(self) -> list[TimelineLine]:
        """Above the first page of the whole timeline."""
        if not self.first or self.show or self.find:
            return []
        if len(self._activities) > self.row_limit:
            return list(self._build_lines(list(self._all_activities_queryset().pinned_first())).values())
        return [line for line in self._lines_by_id.values() if line.activity.pinned]

    def _build_lines(self, rows: list[Activity]) -> dict[int, TimelineLine]:
        if not rows:
            return {}
        ids = [row.pk for row in rows]
        own = set(Activity.objects.changeable_by(self.viewer).filter(pk__in=ids).values_list("pk", flat=True))
        # The outcome of an email says how far it got, and a meeting gets another one when it is over.
        calls = [row.pk for row in rows if row.type == Activity.Type.CALL]
        by_people = Q(fields__has_any_keys=EDITED) | Q(fields__has_key="outcome", row__in=calls)
        changes = Change.objects.of_rows(Activity.table, ids).filter(by_people)
        edited = set(changes.values_list("row", flat=True))
        edited -= {row.pk for row in rows if row.type == Activity.Type.EMAIL}
        files: dict[int, list[AttachedFile]] = {pk: [] for pk in ids}
        for file in AttachedFile.objects.of_activities(ids):
            files[file.activity_id].append(file)
        states = get_invitee_states(rows)
        return {
            row.pk: TimelineLine(
                row,
                row.pk in own,
                row.pk in edited,
                tuple(files[row.pk]),
                states.get(row.pk),
                *self._get_kind_and_record_of(row),
                (row.of, row.record) != (self.kind.name, self.record.pk),
                is_own=row.created_by_id == self.viewer.pk,
            )
            for row in rows
        }

    def _get_kind_and_record_of(self, row: Activity) -> tuple[Kind, Any]:
        if (row.of, row.record) == (self.kind.name, self.record.pk):
            return self.kind, self.record
        return next(
            (kind, record)
            for kind, record in self._related_records
            if (row.of, row.record) == (kind.name, record.pk)
        )

    @cached_property
    def _related_records(self) -> list[tuple[Kind, Any]]:
        """The other records whose activities belong to the timeline of this one."""
        return [
            (kind, record) for kind, found in self.kind.along(self.record, self.viewer) for record in found
        ]

    def _all_activities_queryset(self) -> Any:
        own: Any = Activity.objects.present().not_private_to_others(self.viewer)
        rows = own.of_record(self.kind.name, self.record.pk)
        for kind in dict.fromkeys(kind for kind, _record in self._related_records):
            rows |= own.of_records(
                kind.name, [record.pk for one, record in self._related_records if one is kind]
            )
        return rows.select_related("created_by", "envelope")

    def communication_queryset(self) -> Any:
        """What has been said so far: without files, planned meetings, automatic replies and emails that weren't sent."""
        return self._all_activities_queryset().communication_until(timezone.now())

    @cached_property
    def _rows(self) -> list[Any]:
        """The changes, activities, completed tasks and other lines together, newest first, and one more than a page needs."""
        parts: list[list[Any]] = [self._changes, self._activities, self._get_tasks(), self._get_others()]
        return list(islice(merge(*parts, key=get_entry_time, reverse=True), self.row_limit + 1))

    @cached_property
    def _changes(self) -> list[Change]:
        if self.show not in ("", CHANGES) or self.find:
            return []
        rows = self.timeline.changes_queryset().with_operations().newest_first()
        return list((rows.before(self.change) if self.change else rows)[: self.row_limit + 1])

    @cached_property
    def _activities(self) -> list[Activity]:
        if self.show in (CHANGES, TASKS):
            return []
        rows: Any = (
            self._all_activities_queryset().of_type(self.show)
            if self.show
            else self._all_activities_queryset()
        )
        rows = rows.with_words(self.find) if self.find else rows
        if self.moment:
            at = datetime.fromtimestamp(self.moment / MICROSECOND, UTC)
            rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=self.activity))
        return list(rows.newest_first()[: self.row_limit + 1])

    def _get_tasks(self) -> list[Task]:
        if self.show not in ("", TASKS) or self.find:
            return []
        rows: Any = Task.objects.present().of_record(self.kind.name, self.record.pk).done().with_people()
        if self.done:
            at = datetime.fromtimestamp(self.done / MICROSECOND, UTC)
            rows = rows.filter(Q(done_at__lt=at) | Q(done_at=at, pk__lt=self.task))
        return list(rows.last_done_first()[: self.row_limit + 1])

    def _get_others(self) -> list[Any]:
        if self.show not in ("", Activity.Type.EMAIL) or self.find:
            return []
        before = datetime.fromtimestamp(self.other / MICROSECOND, UTC) if self.other else None
        asked = (self.kind.name, self.record.pk, self.viewer, before, self.row_limit + 1)
        return list(merge(*(other(*asked) for other in OTHERS), key=get_entry_time, reverse=True))

    def _build_done_lines(self, tasks: list[Task]) -> dict[int, DoneLine]:
        ids = [task.pk for task in tasks]
        rows = Task.objects.changeable_by(self.viewer).filter(pk__in=ids) if ids else Task.objects.none()
        own = set(rows.values_list("pk", flat=True))
        return {task.pk: DoneLine(task, task.pk in own) for task in tasks}

    @cached_property
    def _lines_by_id(self) -> dict[int, TimelineLine]:
        """The line of each activity, newest first."""
        return self._build_lines(self._activities)

    def _build_before_parameter(self, found: list[Any]) -> str:
        change, moment, activity, done, task = self.change, self.moment, self.activity, self.done, self.task
        other = self.other
        for row in found:
            if isinstance(row, Change):
                change = row.pk
            elif isinstance(row, Task):
                done, task = convert_to_microseconds(row.done_at), row.pk
            elif isinstance(row, Activity):
                moment, activity = convert_to_microseconds(row.at), row.pk
            else:
                other = convert_to_microseconds(row.at)
        return f"{change}-{moment}-{activity}-{done}-{task}-{other}"


def get_timeline_tabs(stream: TimelineQuery) -> list[tuple[str, Any]]:
    """The tabs: everything in groups, the recorded changes, and the type of activities that is shown, if only one is."""
    tabs = SEARCHED_TABS[:1] if stream.find else [TABS[0], TABS[-1]]
    return tabs if stream.show in dict(tabs) else [*tabs, (stream.show, dict(TABS)[stream.show])]


def get_timeline_types(stream: TimelineQuery) -> list[tuple[str, Any]]:
    """The types of activities that the timeline can show alone."""
    return [
        (value, label)
        for value, label in (SEARCHED_TABS if stream.find else TABS)
        if value not in ("", CHANGES)
    ]
