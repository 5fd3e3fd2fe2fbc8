"""When a scheduled report is due, on the clock of its user, and the worker's step that queues the emails that are due."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.jobs.housekeeping import every_hour, every_minute
from reports.dashboards.arrangement import get_viewable_parts
from reports.models import ReportEmail, ReportSchedule
from reports.permissions import VIEW_PERMISSION
from reports.standard_reports import BY_NAME, may_view_report

Every, Pause = ReportSchedule.Every, ReportSchedule.Pause
# A month has a day for each schedule, so more days never have to be looked at.
LOOK_AHEAD = 62


def get_next_moment(schedule: ReportSchedule, user: User, after: datetime) -> datetime:
    """The first moment after this one, once for each day that the schedule names.

    An hour that the clock skips is the one after it, and of an hour that comes twice the first one counts.
    """
    today = after.astimezone(user.zone).date()
    # The clock may have been put back over midnight.
    days = (today + timedelta(number) for number in range(-1, LOOK_AHEAD))
    moments = (
        datetime.combine(day, time(schedule.hour), user.zone).astimezone(UTC)
        for day in days
        if _is_due_on(schedule, day)
    )
    return next(moment for moment in moments if moment > after)


def _is_due_on(schedule: ReportSchedule, day: date) -> bool:
    if schedule.every == Every.WEEKLY:
        return day.weekday() == schedule.weekday
    if schedule.every == Every.MONTHLY:
        return day.day == min(schedule.day, monthrange(day.year, day.month)[1])
    return True


def set_next_time(schedule: ReportSchedule, user: User, now: datetime | None = None) -> None:
    """Set when the schedule is due next; a paused one runs again. It isn't saved."""
    schedule.next_at = get_next_moment(schedule, user, now or timezone.now())
    schedule.zone, schedule.pause, schedule.problem = str(user.zone), "", ""


def pause_schedule(schedule: ReportSchedule, reason: str, problem: str = "") -> None:
    schedule.next_at, schedule.pause, schedule.problem = None, reason, problem[:300]
    schedule.save(update_fields=["next_at", "pause", "problem"])


def get_schedule_obstacle(schedule: ReportSchedule, user: User) -> str:
    """The reason for which the user can't get the report now, or ''."""
    if not user.is_active:
        return Pause.INACTIVE
    if not user.has_perm(VIEW_PERMISSION):
        return Pause.PERMISSION
    if schedule.shipped:
        shipped = BY_NAME.get(schedule.shipped)
        if shipped is None:
            return Pause.DELETED
        return "" if may_view_report(shipped, user) else Pause.PERMISSION
    shared = schedule.report or schedule.dashboard
    if shared is None:
        return Pause.DELETED
    if not type(shared).objects.visible_to(user).filter(pk=shared.pk).exists():
        return Pause.HIDDEN
    if schedule.dashboard and not get_viewable_parts(schedule.dashboard, user):
        return Pause.NO_PARTS
    return ""


@every_minute
def queue_due_reports(now: datetime | None = None) -> int:
    """Queue an email for each due schedule. After the worker was away, only one of those that were missed."""
    # The task sends what this module says is due.
    from reports.jobs import mail_report

    now, queued = now or timezone.now(), 0
    _update_changed_time_zones(now)
    due = ReportSchedule.objects.due(now).select_related("user").order_by("pk")
    for schedule in due.select_for_update(skip_locked=True, of=("self",)):
        email, is_new = ReportEmail.objects.get_or_create(schedule=schedule, due_at=schedule.next_at)
        set_next_time(schedule, schedule.user, now)
        schedule.save(update_fields=["next_at", "zone"])
        if is_new:
            mail_report.defer(email_id=email.pk)
            queued += 1
    return queued


@transaction.atomic
def queue_report_now(schedule: ReportSchedule, user: User) -> str:
    """Queue an email with the report as it is now, and leave the schedule as it is. Returns why that can't be, or ''."""
    # The task sends what this module says is due.
    from reports.jobs import mail_report

    # Of two clicks at once, the second one waits here.
    ReportSchedule.objects.select_for_update().get(pk=schedule.pk)
    if reason := get_schedule_obstacle(schedule, user):
        return str(Pause(reason).label)
    now = timezone.now()
    if ReportEmail.objects.of_schedule(schedule).on_the_way(now).exists():
        if schedule.dashboard_id:
            return _("An email with this dashboard is already being sent.")
        return _("An email with this report is already being sent.")
    email = ReportEmail.objects.create(schedule=schedule, due_at=now, sent_now=True)
    mail_report.defer(email_id=email.pk)
    return ""


def _update_changed_time_zones(now: datetime) -> None:
    """Users who have changed their time zone get their reports on their new clock."""
    moved = ReportSchedule.objects.of_other_zones().select_related("user").order_by("pk")
    for schedule in moved.select_for_update(skip_locked=True, of=("self",)):
        # What is due already is sent now.
        if schedule.next_at and schedule.next_at > now:
            set_next_time(schedule, schedule.user, now)
            schedule.save(update_fields=["next_at", "zone"])


@every_hour
def delete_old_report_emails() -> int:
    return ReportEmail.objects.old().delete()[0]
