"""Reminders of tasks: a summary of the day on each working day, and a reminder before a task that has a time.

A call is announced at its minute, because that is when the customer waits for it; anything else earlier, as its user
chose. Both reminders follow the clock of the user the task is for, also across a change to summer time: PostgreSQL reads the day and the
time of a task in their time zone. The worker looks every minute; whoever records a reminder first sends it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.models.task_reminder import TaskReminder
from accounts.working_time.calendar import Absences, Calendars
from crm.platform.configuration.company import get_company_time_zone
from crm.platform.jobs.housekeeping import every_hour, every_minute
from crm.platform.web.notifications import create_notification
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.task import Task
from crm.work.tasks.due_times import get_due

# What the apps tell each user on the first working day of a week, at the hour of the summary; returns whether there was
# anything to tell.
OF_THE_WEEK: list[Callable[[User], bool]] = []
# After the worker was away for so long, reminders of a time say nothing new.
LATEST = timedelta(hours=12)

SUMMARIES = """
    UPDATE accounts_user u SET reminded_on = here.day
    FROM (SELECT id, (%(now)s AT TIME ZONE zone)::date AS day, (%(now)s AT TIME ZONE zone)::time AS clock
          FROM (SELECT id, coalesce(nullif(time_zone, ''), %(zone)s) AS zone FROM accounts_user WHERE is_active) z) here
    WHERE here.id = u.id AND here.clock >= u.reminder_time AND (u.reminded_on IS NULL OR u.reminded_on < here.day)
    RETURNING u.id, here.day
"""
DUE = """
    INSERT INTO accounts_taskreminder (task, moment, at)
    SELECT id, moment, %(now)s
    FROM (SELECT t.id, CASE t.type WHEN 'call' THEN 0 ELSE u.remind_before END AS remind_before,
                 (t.due_on + t.due_time) AT TIME ZONE coalesce(nullif(u.time_zone, ''), %(zone)s) AS moment
          FROM crm_task t JOIN accounts_user u ON u.id = t.user_id AND u.is_active
          WHERE t.deleted_at IS NULL AND t.done_at IS NULL AND t.record > 0 AND t.due_time IS NOT NULL
            AND t.due_on BETWEEN %(first)s AND %(last)s) due
    WHERE moment - remind_before * interval '1 minute' <= %(now)s AND moment > %(late)s
    ORDER BY id
    ON CONFLICT (task) DO UPDATE SET moment = excluded.moment, at = excluded.at
      WHERE accounts_taskreminder.moment <> excluded.moment
    RETURNING task
"""


@dataclass(frozen=True)
class Receiver:
    """Who is told about the tasks of `of`: they themselves, or the user who stands in for them."""

    user: User
    of: User
    by_mail: bool

    @property
    def is_substitute(self) -> bool:
        return self.user.pk != self.of.pk


@every_minute
def send_summaries_of_the_day(now: datetime | None = None) -> int:
    """Returns how many notifications there were of the tasks of a day, and of the week."""
    found = _fetch_rows(SUMMARIES, now or timezone.now())
    if not found:
        return 0
    calendars, told = Calendars(), 0
    people = {user.pk: user for user in User.objects.with_rights().filter(pk__in=[pk for pk, _day in found])}
    for day in {day for _pk, day in found}:
        working = [
            people[pk]
            for pk, own in found
            if own == day and calendars.get_for_user(people[pk]).is_working_day(day)
        ]
        told += sum(_send_summary(receiver, day) for receiver in get_receivers(working, day))
        for user in working:
            if calendars.get_for_user(user).get_next_working_day(day - timedelta(days=day.weekday())) == day:
                told += sum(tell_user(user) for tell_user in OF_THE_WEEK)
    return told


@every_minute
def send_due_task_reminders(now: datetime | None = None) -> int:
    """Returns how many reminders of a time were sent."""
    now = now or timezone.now()
    tasks = Task.objects.with_people().in_bulk([pk for (pk,) in _fetch_rows(DUE, now)])
    by_user: dict[int, list[Task]] = {}
    for task in tasks.values():
        by_user.setdefault(task.user_id, []).append(task)
    people = list(User.objects.with_rights().filter(pk__in=by_user))
    told = 0
    for receiver in get_receivers(people, timezone.localdate(now)):
        seen = set(Task.objects.listed_for(receiver.user).filter(pk__in=tasks).values_list("pk", flat=True))
        told += sum(_send_reminder(receiver, task) for task in by_user[receiver.of.pk] if task.pk in seen)
    return told


@every_hour
def delete_old_task_reminders() -> int:
    return TaskReminder.objects.old().delete()[0]


def get_receivers(people: Iterable[User], day: date) -> list[Receiver]:
    """Each of these users, without email on days when they are away; and then who stands in for them."""
    people, absences = list(people), Absences(day)
    pairs = [(user, absences.find_substitute(user.pk)) for user in people if absences.is_away(user.pk)]
    others = {
        user.pk: user for user in User.objects.active().with_rights().filter(pk__in=[pk for _u, pk in pairs])
    }
    found = [Receiver(user, user, user.mail_reminders and not absences.is_away(user.pk)) for user in people]
    found += [Receiver(others[pk], user, others[pk].mail_reminders) for user, pk in pairs if pk in others]
    return found


def tasks_of_day_queryset(receiver_user: User, of: User, day: date) -> Any:
    """The open tasks of a user until the end of a day, in order, as far as another user sees them."""
    return Task.objects.listed_for(receiver_user).open().for_user(of).due_between(date.min, day).in_order()


def _send_summary(receiver: Receiver, day: date) -> bool:
    rows = tasks_of_day_queryset(receiver.user, receiver.of, day)
    overdue = rows.due_between(date.min, day - timedelta(days=1)).count()
    count = rows.count()
    if not count:
        return False
    path = f"/admin/tasks?user={receiver.of.pk}" if receiver.is_substitute else "/admin/tasks"
    of = receiver.of.name if receiver.is_substitute else ""
    create_notification(receiver.user, "tasks_of_day", path=path, number=count, overdue=overdue, of=of)
    if receiver.by_mail:
        # The task sends an email whose text is made with functions of this module.
        from accounts.jobs import mail_tasks_of_day

        mail_tasks_of_day.defer(user_id=receiver.user.pk, of_id=receiver.of.pk, day=day.isoformat())
    return True


def _send_reminder(receiver: Receiver, task: Task) -> bool:
    kind = KINDS[task.of]
    with timezone.override(receiver.user.zone):
        due = get_due(task)
    of = receiver.of.name if receiver.is_substitute else ""
    # The number to call is on the page of the record.
    is_call = task.type == Task.Type.CALL
    path = kind.get_url("record", task.record) if is_call else kind.get_url("task", task.record, task.pk)
    create_notification(
        receiver.user,
        "task_due",
        None,
        [task.record],
        table=task.of,
        path=path,
        task=task.pk,
        what=task.title,
        time=due.clock if due else "",
        there=due.there_clock if due else "",
        of=of,
    )
    if receiver.by_mail:
        # The task sends an email whose text is made with functions of this module.
        from accounts.jobs import mail_task_due

        mail_task_due.defer(user_id=receiver.user.pk, task_id=task.pk)
    return True


def _fetch_rows(statement: str, now: datetime) -> list[tuple]:
    # A day around the day in any time zone, and another one for reminders a day before.
    values: dict[str, Any] = {"now": now, "zone": get_company_time_zone(), "late": now - LATEST}
    values |= {"first": now.date() - timedelta(days=2), "last": now.date() + timedelta(days=3)}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
