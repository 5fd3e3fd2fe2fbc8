"""The meetings and tasks of a user as their calendar has them: what is to be written, and what has become of what was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import User
from calendars.events.event_values import EventValues
from calendars.models import EventTime
from calendars.syncing.pair_decision import Ours
from calendars.verbs import AddCalendarMeeting
from crm.models import Activity, Change, Task
from crm.records.kinds.kind_registry import KINDS
from crm.work.tasks.calendar_feed import LENGTH

DAY = timedelta(days=1)
# A user's calendar gets so many of their meetings, and so many of their tasks, the next ones first.
MOST_MEETINGS, MOST_TASKS = 2_000, 2_000


@dataclass(frozen=True)
class OwnItem:
    """A meeting or a task, the name of its record, and whether its user sees it."""

    row: Activity | Task
    record: str
    is_listed: bool
    is_erased: bool

    @property
    def is_meeting(self) -> bool:
        return isinstance(self.row, Activity)

    @property
    def key(self) -> str:
        """What names its event: the same one as in the calendar feed."""
        return f"planned-{self.row.pk}" if self.is_meeting else f"task-{self.row.pk}"

    def get_values(self, *, ours: bool) -> EventValues:
        """An event that came from the calendar keeps its own title, place and description."""
        row = self.row
        begins = self.begins.astimezone(UTC).replace(microsecond=0)
        if isinstance(row, Task):
            return EventValues(
                f"{row}{self.suffix}", "", begins, begins + LENGTH, row.description, self._get_link()
            )
        length = timedelta(minutes=row.minutes) if row.minutes else LENGTH
        if not ours:
            return EventValues(row.subject, row.place, begins, begins + length)
        title = f"{row.subject or capfirst(str(row))}{self.suffix}"
        return EventValues(title, row.place, begins, begins + length, link=self._get_link())

    @property
    def begins(self) -> datetime:
        if isinstance(self.row, Task):
            moment = self.row.due_moment
            if moment is None:
                raise ValueError("A task without a time has no place in a calendar.")
            return moment
        return self.row.at

    @property
    def suffix(self) -> str:
        """What the title of an event ends with, so that its user knows whom it is about."""
        return f" – {self.record}"

    def _get_link(self) -> str:
        page = "activity" if self.is_meeting else "task"
        return settings.SITE_URL + KINDS[self.row.of].get_url(page, self.row.record, self.row.pk)


def get_wanted_items(user: User) -> list[OwnItem]:
    """The meetings that the user has planned and their open tasks with a time that no calendar has yet."""
    now = timezone.now()
    meetings = (
        Activity.objects.listed_for(user).planned().by_user(user).meetings().not_private_to_others(user)
    )
    meetings = meetings.begins_from(now).exclude(pk__in=EventTime.objects.with_activity())
    tasks = Task.objects.listed_for(user).open().for_user(user).with_time()
    tasks = tasks.due_between(timezone.localdate(timezone=user.zone) - DAY, None)
    tasks = tasks.exclude(pk__in=EventTime.objects.with_task()).with_people().in_order()
    return build_items(user, [*meetings.oldest_first()[:MOST_MEETINGS], *tasks[:MOST_TASKS]])


def get_linked_items(user: User, links: Iterable[EventTime]) -> dict[int, OwnItem]:
    """By the ID of the link; those that were permanently deleted are missing."""
    links = list(links)
    meetings = Activity.objects.in_bulk([link.activity for link in links if link.activity])
    found = Task.objects.with_people().filter(pk__in=[link.task for link in links if link.task])
    tasks = {task.pk: task for task in found}
    rows: dict[int, Any] = {
        link.pk: meetings.get(link.activity) if link.activity else tasks.get(link.task) for link in links
    }
    present = {pk: row for pk, row in rows.items() if row is not None}
    items = build_items(user, list(present.values()))
    return dict(zip(present, items, strict=True))


def build_items(user: User, rows: list[Any]) -> list[OwnItem]:
    """In the same order."""
    seen: dict[type, set[int]] = {}
    for model in (Activity, Task):
        ids = [row.pk for row in rows if isinstance(row, model)]
        listed: Any = model._default_manager
        seen[model] = (
            set(listed.listed_for(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
        )
    records: dict[tuple[str, int], Any] = {}
    for of in {row.of for row in rows}:
        ids = [row.record for row in rows if row.of == of]
        found = KINDS[of].model._default_manager.in_bulk(ids)
        records |= {(of, pk): record for pk, record in found.items()}
    items = []
    for row in rows:
        record = records.get((row.of, row.record))
        is_erased = getattr(record, "erased_at", None) is not None
        items.append(OwnItem(row, str(record or ""), row.pk in seen[type(row)], is_erased))
    return items


def get_own_state(item: OwnItem | None, link: EventTime, user: User) -> Ours:
    """What has happened to it since both sides agreed."""
    if item is None or item.is_erased:
        return Ours.GONE if link.ours else Ours.HIDDEN
    row = item.row
    if isinstance(row, Task):
        is_wanted = row.deleted_at is None and row.user_id == user.pk and row.due_time and not row.is_done
        if not is_wanted or not item.is_listed:
            return Ours.GONE
    elif _is_over(row):
        return Ours.OVER
    elif row.deleted_at is not None:
        return Ours.HIDDEN if not link.ours and _is_undone(row) else Ours.GONE
    elif not item.is_listed or row.created_by_id != user.pk:
        return Ours.GONE if link.ours else Ours.HIDDEN
    return Ours.SAME if item.get_values(ours=link.ours).digest == link.agreed else Ours.CHANGED


def _is_over(meeting: Activity) -> bool:
    return meeting.ends_at <= timezone.now() or (meeting.deleted_at is None and not meeting.is_planned)


def _is_undone(meeting: Activity) -> bool:
    """Whether the meeting was deleted by an undo of what added it from the calendar: then its event stays."""
    changes = Change.objects.filter(table=Activity.table, row=meeting.pk).select_related("operation__undoes")
    last = changes.order_by("-pk").first()
    undone = last.operation.undoes if last and last.operation else None
    return undone is not None and undone.kind == AddCalendarMeeting.kind
