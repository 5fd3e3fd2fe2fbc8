"""A task: what is to be done about a record, when, and by whom."""

from datetime import date, datetime, time

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.models.record import PRESENT, Record, RecordQuerySet
from crm.platform.models.undo_rules import Guard, UndoRules
from crm.platform.record_types import RECORD_TYPES
from crm.platform.sql.change_triggers import build_change_triggers
from crm.work.tasks.due_time_conversion import SameMoment
from crm.work.tasks.recurrence import Again
from crm.work.tasks.scope import TaskScope

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000

OPEN = PRESENT & Q(done_at__isnull=True)
DONE = PRESENT & Q(done_at__isnull=False)
# The list of tasks names the second condition, which is always true, and the triggers of the next action don't.
LISTED = OPEN & Q(record__gt=0)
# An undo never gives a task back to a user who has left.
USER_LEFT = Guard("user_left", "EXISTS (SELECT FROM accounts_user g WHERE g.id = {old} AND NOT g.is_active)")
IN_ORDER = (F("due_on").asc(nulls_last=True), F("due_time").asc(nulls_last=True), F("id").asc())


class TaskQuerySet(RecordQuerySet):
    def of_record(self, table: str, pk: int):
        return self.filter(of=table, record=pk)

    def of_records(self, table: str, ids: list[int]):
        return self.filter(of=table, record__in=ids)

    def open(self):
        return self.filter(done_at__isnull=True)

    def recurring(self):
        return self.exclude(repeat="")

    def done(self):
        return self.filter(done_at__isnull=False)

    def in_order(self):
        """The earliest first, those without a day last: the order of the database's own (crm/work/tasks/next_action.py)."""
        return self.order_by(*IN_ORDER)

    def last_done_first(self):
        return self.order_by("-done_at", "-id")

    def listed_for(self, user):
        """Those that the user may see, of records that aren't in Trash."""
        return self.present().filter(self.scope.build_listed_condition(user), record__gt=0)

    def for_user(self, user):
        return self.filter(user=user)

    def for_user_ids(self, ids: list[int]):
        return self.filter(user__in=ids)

    def of_present_records(self):
        return self.filter(self.scope.build_present_record_condition())

    def with_time(self):
        return self.filter(due_time__isnull=False)

    def for_users(self, users):
        return self.filter(user__in=users.values("pk"))

    def of_kinds(self, names: list[str]):
        return self.filter(of__in=names)

    def get_versions(self, ids: list[int]) -> dict[int, int]:
        return dict(self.filter(pk__any=ids).values_list("pk", "version"))

    def of_type(self, name: str):
        return self.filter(type=name)

    def of_priority(self, name: str):
        return self.filter(priority=name)

    def overdue(self, now: datetime):
        return self.filter(Q(due_on__lt=now.date()) | Q(due_on=now.date(), due_time__lt=now.time()))

    def due_today(self, now: datetime):
        today = Q(due_on=now.date())
        return self.filter(today & (Q(due_time__isnull=True) | Q(due_time__gte=now.time())))

    def due_by(self, now: datetime):
        """Those whose time has come on this clock; without a time of day, it comes with their day."""
        earlier_today = Q(due_time__isnull=True) | Q(due_time__lte=now.time())
        return self.filter(Q(due_on__lt=now.date()) | Q(due_on=now.date()) & earlier_today)

    def due_later_today(self, now: datetime):
        return self.filter(due_on=now.date(), due_time__gt=now.time())

    def due_at(self, moment: datetime):
        """At this minute of this clock."""
        return self.filter(due_on=moment.date(), due_time=moment.time())

    def in_part(self, condition: Q):
        """In a part of the list by time (crm/work/tasks/listing/day_bounds.py)."""
        return self.filter(condition)

    def due_between(self, first: date, last: date | None):
        """From the first day to the last, or without end."""
        return self.filter(Q(due_on__gte=first) & (Q(due_on__lte=last) if last else Q()))

    def due_until(self, last: date):
        """Until this day."""
        return self.filter(due_on__lte=last)

    def without_day(self):
        return self.filter(due_on__isnull=True)

    def behind(self, task: "Task"):
        """Those after this one in the order of open tasks."""
        if task.due_on is None:
            return self.filter(due_on__isnull=True, pk__gt=task.pk)
        same_day = Q(due_on=task.due_on)
        if task.due_time is None:
            later = same_day & Q(due_time__isnull=True, pk__gt=task.pk)
        else:
            later = same_day & (
                Q(due_time__gt=task.due_time)
                | Q(due_time__isnull=True)
                | Q(due_time=task.due_time, pk__gt=task.pk)
            )
        return self.filter(Q(due_on__gt=task.due_on) | Q(due_on__isnull=True) | later)

    def done_before(self, task: "Task"):
        """Those after this one in the order of completed tasks."""
        return self.filter(Q(done_at__lt=task.done_at) | Q(done_at=task.done_at, pk__lt=task.pk))

    def with_people(self):
        return self.select_related("user", "done_by")

    # Called by undo (crm/records/history/undo/field_reversal.py)

    def remove_undone_creations(self) -> list[int]:
        """Tasks that an undone operation added go, except with their record: that is in Trash with all it has."""
        ids = list(self.filter(deleted_at=None).values_list("pk", flat=True))
        own = self.model._default_manager.filter(pk__any=ids)
        for kind in RECORD_TYPES.values():
            binned = kind.model.objects.in_trash().filter(pk=OuterRef("record"))
            own = own.exclude(Exists(binned), of=kind.name)
        own.update(deleted_at=Now())
        return ids


class Task(Record):
    """`of` and `record` are the kind and the ID of its record.

    `due_time` is a time on the clock of the user it is for, so it stays the same across a change to summer time; without
    it, the task is due all day. Deleted ones keep their row, so that an undo brings them back.
    """

    class Type(models.TextChoices):
        TO_DO = "to_do", pgettext_lazy("a type of task", "to do")
        CALL = "call", pgettext_lazy("an activity", "call")
        EMAIL = "email", pgettext_lazy("a type of task", "email")
        MEETING = "meeting", _("meeting")

    class Repeat(models.TextChoices):
        NEVER = "", pgettext_lazy("of a task", "doesn’t repeat")
        DAILY = "daily", _("every day")
        WEEKDAYS = "weekdays", _("every day from Monday to Friday")
        WEEKLY = "weekly", _("every week")
        TWO_WEEKS = "two_weeks", _("every two weeks")
        MONTHLY = "monthly", _("every month")
        QUARTERLY = "quarterly", _("every three months")
        YEARLY = "yearly", _("every year")

    class Priority(models.TextChoices):
        HIGH = "high", pgettext_lazy("a priority", "high")
        NORMAL = "normal", pgettext_lazy("a priority", "normal")
        LOW = "low", pgettext_lazy("a priority", "low")

    table = "task"
    scope = TaskScope()
    unshown = frozenset({"done_by_id", "repeat_day"})
    undo = UndoRules(
        after_records=True,
        together={"done_by_id": "done_at"},
        guards={"user_id": USER_LEFT},
        restorable_by=scope.build_restored_condition,
    )

    of = models.CharField(max_length=40, editable=False)
    record = models.BigIntegerField(editable=False)
    # Empty only for a next action that a file or a program gave a date and no text.
    title = models.CharField(_("task"), max_length=LONGEST_TITLE)
    due_on = models.DateField(pgettext_lazy("of a task", "due"), null=True, blank=True)
    due_time = models.TimeField(
        pgettext_lazy("of a task", "time"),
        null=True,
        blank=True,
        help_text=_("In the time zone of the user the task is for."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("of a task", "for"),
        related_name="+",
        db_index=False,
    )
    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.TO_DO, db_default=Type.TO_DO)
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority, default=Priority.NORMAL, db_default=Priority.NORMAL
    )
    repeat = models.CharField(
        _("repeat"),
        max_length=10,
        choices=Repeat,
        blank=True,
        default=Repeat.NEVER,
        db_default=Repeat.NEVER,
        help_text=_("When it is completed, the next one is added."),
    )
    # The day of the month that a series began on: a shorter month doesn't change it for the rest.
    repeat_day = models.PositiveSmallIntegerField(null=True, editable=False)
    description = models.TextField(_("description"), max_length=LONGEST_TEXT, blank=True, db_default="")
    done_at = models.DateTimeField(_("completed"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )

    objects = TaskQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        triggers = [*build_change_triggers("task"), Again(), SameMoment()]
        indexes = [
            # The page of a record, and its next action.
            models.Index(
                fields=["of", "record", "due_on", "due_time", "id"], name="task_next", condition=OPEN
            ),
            # The timeline of a record, and deleting the record permanently.
            models.Index(fields=["of", "record", "-done_at", "-id"], name="task_of_record"),
            # The open tasks of a user, and the completed ones.
            models.Index(fields=["user", "due_on", "due_time", "id"], name="task_of_user", condition=LISTED),
            models.Index(fields=["user", "-done_at", "-id"], name="task_done", condition=DONE),
            # The same for everyone.
            models.Index(fields=["due_on", "due_time", "id"], name="task_due", condition=LISTED),
            models.Index(fields=["-done_at", "-id"], name="task_all_done", condition=DONE),
            # API v2: those that have changed since.
            models.Index(fields=["updated_at", "id"], name="task_changed", condition=PRESENT),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_time__isnull=True) | Q(due_on__isnull=False),
                name="task_time_has_a_day",
                violation_error_message=_("Choose a day for this time."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or _now("Next action")

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def due_moment(self) -> datetime | None:
        """When it is due, if it has a time: on the clock of the user it is for, or on the reader's own if it is for no one."""
        if self.due_on is None or self.due_time is None:
            return None
        zone = self.user.zone if self.user else timezone.get_current_timezone()
        return datetime.combine(self.due_on, self.due_time, zone)

    @property
    def is_overdue(self) -> bool:
        """Whether its time has passed, or without a time the reader's day."""
        if self.is_done or self.due_on is None:
            return False
        moment, now = self.due_moment, timezone.localtime()
        return moment < now if moment else self.due_on < now.date()

    @property
    def is_missed_today(self) -> bool:
        """Whether its time passed on the reader's day: someone may be waiting right now, as after a promised call back."""
        moment = self.due_moment if self.is_overdue else None
        return moment is not None and timezone.localtime(moment).date() == timezone.localdate()


def is_past(day: date, clock: time | None, now: datetime) -> bool:
    """Whether this day, or this time on it, has passed."""
    today = now.date()
    return day < today or (clock is not None and day == today and clock < now.time())
