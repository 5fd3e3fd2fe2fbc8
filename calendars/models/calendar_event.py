"""What is known of the events of a connected calendar: when they keep its owner busy, and the meetings and tasks they are linked to.

No text of an event is kept. Of an event that isn't linked to a record, only its times are.
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from calendars.models.connected_calendar import ConnectedCalendar
from crm.models import Activity

LONGEST_PATH, LONGEST_UID, LONGEST_ETAG = 1_000, 500, 200


class CalendarEventQuerySet(models.QuerySet):
    def of_calendar(self, calendar: ConnectedCalendar):
        return self.filter(calendar=calendar)

    def get_etags(self) -> dict[str, str]:
        return dict(self.values_list("path", "etag"))

    def with_times_between(self, begins: datetime, ends: datetime):
        """What can't be read has no times, so it is always among them."""
        times = EventTime.objects.filter(event=OuterRef("pk"))
        return self.filter(Exists(times.filter(begins__lt=ends, ends__gt=begins)) | ~Exists(times))

    def at_paths(self, paths: list[str]):
        return self.filter(path__in=paths)

    def with_uids(self, uids: list[str]):
        return self.filter(uid__in=uids)

    def recurring_read_before(self, moment: datetime):
        """Series whose times were computed so long ago that the last ones are near."""
        return self.filter(recurring=True, read_at__lt=moment)


class CalendarEvent(models.Model):
    """One event on the server, or one series with all its exceptions. `path` and `etag` are where it is and its version."""

    calendar = models.ForeignKey(ConnectedCalendar, models.CASCADE, related_name="events")
    path = models.CharField(max_length=LONGEST_PATH)
    uid = models.CharField(max_length=LONGEST_UID, blank=True, default="")
    etag = models.CharField(max_length=LONGEST_ETAG, blank=True, default="")
    recurring = models.BooleanField(default=False)
    read_at = models.DateTimeField(default=timezone.now)

    objects = CalendarEventQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["calendar", "path"], name="calendar_event_path")]
        indexes = [models.Index(fields=["uid"], name="calendar_event_uid")]


class EventTimeQuerySet(models.QuerySet):
    def of_calendar(self, calendar: ConnectedCalendar):
        return self.filter(event__calendar=calendar)

    def linked(self):
        return self.filter(LINKED)

    def written(self):
        """Those that Leadwell has written."""
        return self.filter(ours=True)

    def brought(self):
        """Meetings that came from the calendar."""
        return self.filter(ours=False)

    def of_events(self, ids: list[int]):
        return self.filter(event__in=ids)

    def of_activities(self, ids: Any):
        return self.filter(activity__in=ids)

    def of_tasks(self, ids: Any):
        return self.filter(task__in=ids)

    def busy_between(self, users: list[int], begins: datetime, ends: datetime):
        """The times at which these users are busy by their calendars alone: what is linked to a meeting or a task keeps them busy by
        itself."""
        own = self.filter(event__calendar__owner__in=users, busy=True, begins__lt=ends, ends__gt=begins)
        meetings = Activity.objects.present().planned().of_present_records().filter(pk=OuterRef("activity"))
        return own.filter(task=None).exclude(Exists(meetings))

    def with_activity(self):
        """The IDs of all meetings that are linked to an event, of any user."""
        return self.filter(activity__isnull=False).values("activity")

    def with_task(self):
        return self.filter(task__isnull=False).values("task")

    def with_event(self):
        return self.select_related("event")

    def linked_elsewhere(self, uids: set[str], calendar: ConnectedCalendar):
        """Meetings that came from the same events in calendars of others."""
        rows = self.filter(event__uid__in=uids, activity__isnull=False)
        return rows.exclude(event__calendar=calendar)


LINKED = Q(activity__isnull=False) | Q(task__isnull=False)


class EventTime(models.Model):
    """One time of an event. Of a series, `recurrence` is which one: its first start, as the series says; '' for an event that doesn't
    recur.

    `activity` or `task` is the ID of the meeting or task that it is linked to. `agreed` is a digest of what both had when they agreed
    last. `ours` says that Leadwell has written the event, and `organized_elsewhere` that someone else organizes it.
    """

    event = models.ForeignKey(CalendarEvent, models.CASCADE, related_name="times")
    recurrence = models.CharField(max_length=40, blank=True, default="")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    busy = models.BooleanField(default=True)
    activity = models.BigIntegerField(null=True)
    task = models.BigIntegerField(null=True)
    agreed = models.CharField(max_length=64, blank=True, default="")
    ours = models.BooleanField(default=False)
    organized_elsewhere = models.BooleanField(default=False)

    objects = EventTimeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["event", "recurrence"], name="calendar_event_time"),
            models.UniqueConstraint(
                fields=["activity"], condition=Q(activity__isnull=False), name="calendar_meeting"
            ),
            models.UniqueConstraint(fields=["task"], condition=Q(task__isnull=False), name="calendar_task"),
        ]
        indexes = [
            models.Index(fields=["event", "ends"], name="calendar_busy_times", condition=Q(busy=True)),
        ]

    @property
    def is_linked(self) -> bool:
        return self.activity is not None or self.task is not None
