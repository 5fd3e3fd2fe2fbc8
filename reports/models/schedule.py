"""Reports by email: when a user gets which report, and the emails that were due."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.platform.configuration.company import get_company_time_zone
from reports.models.dashboard import Dashboard
from reports.models.report import Report

# Emails that were sent are remembered for so long.
KEPT = timedelta(days=90)
# An email that is sent at once waits no longer for the job of the one before.
LONGEST = timedelta(minutes=10)
WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class ScheduleQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """Users see and change only what they get themselves."""
        return self.filter(user=user)

    def changeable_by(self, user: User):
        return self.visible_to(user)

    def running(self):
        return self.filter(pause="")

    def due(self, now: datetime):
        return self.running().filter(next_at__lte=now)

    def of_other_zones(self):
        """Those whose next moment was computed for a time zone that their user no longer has."""
        zone = Coalesce(NullIf("user__time_zone", Value("")), Value(get_company_time_zone()))
        return self.running().annotate(now_zone=zone).exclude(zone=F("now_zone"))

    def with_last_email(self):
        """Adds the state of the last email, what went wrong with it, and when the last one was sent."""
        emails = ReportEmail.objects.filter(schedule=OuterRef("pk")).order_by("-due_at")
        sent = emails.filter(state=ReportEmail.State.SENT)
        return self.annotate(
            last_state=Subquery(emails.values("state")[:1]),
            last_problem=Subquery(emails.values("problem")[:1]),
            last_sent=Subquery(sent.values("sent_at")[:1]),
        )

    def with_reports(self):
        """With the saved report or the dashboard of each."""
        return self.select_related("report", "dashboard")

    def by_next(self):
        """The paused ones last."""
        return self.order_by(F("next_at").asc(nulls_last=True), "pk")


class ReportSchedule(models.Model):
    """One report, shipped or saved, or one dashboard, by email to one user.

    `shipped` is the name of a shipped report, with its URL `query`; otherwise it is about the saved `report` or the `dashboard`,
    as it is then. `title` is what that was called, in case it is deleted. `next_at` was computed in the time zone `zone`; it is None
    while the schedule is paused.
    """

    class Every(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    class Pause(models.TextChoices):
        USER = "user", _("You paused these emails.")
        INACTIVE = "inactive", _("Your account was deactivated.")
        PERMISSION = "permission", _("You no longer have the permission to view reports.")
        DELETED = "deleted", _("The report or dashboard was deleted.")
        HIDDEN = "hidden", _("The report or dashboard is no longer shared with you.")
        NO_PARTS = "no_parts", _("The dashboard has no reports that you may view.")
        PROBLEM = "problem", _("The report can’t be computed anymore.")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    shipped = models.CharField(max_length=40, blank=True)
    query = models.TextField(blank=True)
    report = models.ForeignKey(Report, models.SET_NULL, null=True, blank=True, related_name="+")
    dashboard = models.ForeignKey(Dashboard, models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=80)
    every = models.CharField(_("send"), max_length=7, choices=Every, default=Every.WEEKLY)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS, default=0)
    day = models.PositiveSmallIntegerField(
        _("day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("From 1 to 31. Shorter months send on their last day."),
    )
    hour = models.PositiveSmallIntegerField(_("time"), choices=HOURS, default=8)
    zone = models.CharField(max_length=50, blank=True)
    next_at = models.DateTimeField(_("next email"), null=True)
    pause = models.CharField(max_length=10, choices=Pause, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("scheduled email")
        verbose_name_plural = _("scheduled emails")
        constraints = [
            models.CheckConstraint(
                name="schedule_next_unless_paused",
                condition=Q(pause="", next_at__isnull=False) | (~Q(pause="") & Q(next_at=None)),
            )
        ]
        indexes = [models.Index(fields=["next_at"], name="schedule_due", condition=Q(pause=""))]

    def __str__(self) -> str:
        return str(self.report or self.dashboard or self.title)

    @property
    def description(self) -> str:
        """“Every week at 08:00: Monday”."""
        texts = {
            self.Every.DAILY: gettext("Every day at %(time)s"),
            self.Every.WEEKLY: gettext("Every week at %(time)s: %(weekday)s"),
            self.Every.MONTHLY: gettext("Every month at %(time)s: day %(day)s"),
        }
        values = {"time": f"{self.hour:02}:00", "weekday": self.get_weekday_display(), "day": self.day}
        return texts[self.Every(self.every)] % values

    @property
    def is_gone(self) -> bool:
        """Whether its user can't open the report or dashboard anymore."""
        is_deleted = not (self.shipped or self.report_id or self.dashboard_id)
        return is_deleted or self.pause in (self.Pause.DELETED, self.Pause.HIDDEN)


class ReportEmailQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=ReportEmail.State.WAITING)

    def of_schedule(self, schedule: "ReportSchedule"):
        return self.filter(schedule=schedule)

    def on_the_way(self, now: datetime):
        """Those that a job will send or is sending. What takes longer was interrupted."""
        unsent = self.filter(state__in=[ReportEmail.State.WAITING, ReportEmail.State.SENDING])
        return unsent.filter(due_at__gt=now - LONGEST)

    def old(self):
        return self.filter(due_at__lt=timezone.now() - KEPT)


class ReportEmail(models.Model):
    """An email that was due: one row for each schedule and moment, so it is never sent twice.

    `sending` is a row that a worker has taken. If that worker is killed, the email may have been sent, so it is not sent
    again. `sent_now` says that the user sent it at once, beside the schedule, also of a paused one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        NOT_SENT = "not_sent", _("Not sent")

    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="emails")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    sent_now = models.BooleanField(default=False, db_default=False)

    objects = ReportEmailQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="report_email_once")]
