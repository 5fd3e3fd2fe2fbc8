"""Reminders of tasks: on time by the clock of the user, once, by notification and email, and to a substitute."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.jobs import mail_task_due, mail_tasks_of_day
from accounts.models import Absence, Holiday, TaskReminder, User
from accounts.reminders.reminder_emails import build_task_due_email, build_tasks_of_day_email
from accounts.reminders.task_reminders import (
    delete_old_task_reminders,
    send_due_task_reminders,
    send_summaries_of_the_day,
)
from crm.models import Notification, Task
from crm.platform.web.notifications import build_notification_lines
from crm.records.history.verb_execution import operation

# A Wednesday.
DAY = date(2026, 4, 1)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture(autouse=True)
def in_bucharest(bob, ben):
    User.objects.filter(pk__in=[bob.pk, ben.pk]).update(time_zone="Europe/Bucharest")
    # Only these two are looked at.
    User.objects.exclude(pk__in=[bob.pk, ben.pk]).update(reminded_on=date(2100, 1, 1))


@pytest.fixture
def planned(bob, lead, make_task):
    """planned("Call back", DAY, time(14)) is a task for Bob."""

    def plan(title: str, day: date | None, clock: time | None = None, on=lead, **values) -> Task:
        return make_task(title, on, due_on=day, due_time=clock, user=bob, **values)

    return plan


@pytest.fixture
def queued(monkeypatch):
    """The emails that were queued: their arguments, by the name of the job."""
    found: list[tuple[str, dict]] = []
    for job in (mail_tasks_of_day, mail_task_due):
        monkeypatch.setattr(job, "defer", lambda job=job, **values: found.append((job.name, values)))
    return found


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def write(rows, **values) -> None:
    with operation("test", by=None):
        rows.update(**values)


def told(user) -> list[str]:
    return [
        line.words
        for line in build_notification_lines(list(Notification.objects.of_user(user).order_by("pk")), user)
    ]


def test_the_summary_of_the_day_comes_at_the_hour_of_the_user(planned, bob, queued):
    planned("Call", DAY)
    planned("Write", DAY - timedelta(days=3))
    planned("Later", DAY + timedelta(days=1))
    # Eight o'clock in Bucharest is 5:00 UTC in summer.
    assert send_summaries_of_the_day(utc(DAY, 4, 59)) == 0
    assert send_summaries_of_the_day(utc(DAY, 5)) == 1
    assert told(bob) == ["You have 2 tasks today, 1 of them overdue."]
    assert queued == [("mail_tasks_of_day", {"user_id": bob.pk, "of_id": bob.pk, "day": "2026-04-01"})]
    assert send_summaries_of_the_day(utc(DAY, 5, 1)) == 0


@pytest.mark.parametrize(("day", "hour"), [(date(2026, 3, 27), 6), (date(2026, 3, 30), 5)])
def test_the_hour_stays_the_same_across_a_change_to_summer_time(day, hour, planned, bob, queued):
    planned("Call", day)
    assert send_summaries_of_the_day(utc(day, hour - 1, 59)) == 0
    assert send_summaries_of_the_day(utc(day, hour)) == 1


def test_there_is_no_summary_of_a_day_without_tasks_or_work(planned, bob, departments, queued):
    planned("Call", DAY - timedelta(days=1))
    Holiday.objects.create(day=DAY, name="Outing", department=departments.sales)
    assert send_summaries_of_the_day(utc(DAY, 6)) == 0
    saturday = date(2026, 4, 4)
    assert send_summaries_of_the_day(utc(saturday, 6)) == 0
    write(Task.objects.all(), done_at=utc(DAY, 1))
    assert send_summaries_of_the_day(utc(date(2026, 4, 6), 6)) == 0
    assert not Notification.objects.exists()


def test_a_task_with_a_time_has_a_reminder_before_it(planned, bob, lead, queued):
    task = planned("Call back", DAY, time(14))
    # 14:00 in Bucharest is 11:00 UTC; the user wants it 15 minutes before.
    assert send_due_task_reminders(utc(DAY, 10, 44)) == 0
    assert send_due_task_reminders(utc(DAY, 10, 45)) == 1
    assert send_due_task_reminders(utc(DAY, 10, 46)) == 0
    assert told(bob) == ["“Call back” for Jan Novák is due at 14:00."]
    assert Notification.objects.get().path == f"/admin/leads/{lead.pk}/tasks/{task.pk}"
    assert queued == [("mail_task_due", {"user_id": bob.pk, "task_id": task.pk})]


def test_a_call_is_announced_at_its_minute_and_leads_to_the_record(planned, bob, lead, queued):
    task = planned("Call back", DAY, time(14), type=Task.Type.CALL)
    assert send_due_task_reminders(utc(DAY, 10, 59)) == 0
    assert send_due_task_reminders(utc(DAY, 11)) == 1
    assert send_due_task_reminders(utc(DAY, 11, 1)) == 0
    assert told(bob) == ["“Call back” for Jan Novák is due at 14:00."]
    assert Notification.objects.get().path == f"/admin/leads/{lead.pk}"
    assert queued == [("mail_task_due", {"user_id": bob.pk, "task_id": task.pk})]


@pytest.mark.parametrize(("hour", "minute", "count"), [(13, 30, 1), (22, 59, 1), (23, 0, 0)])
def test_a_call_is_announced_late_if_the_worker_was_away_at_its_minute(
    hour, minute, count, planned, bob, queued
):
    planned("Call back", DAY, time(14), type=Task.Type.CALL)
    assert send_due_task_reminders(utc(DAY, hour, minute)) == count
    assert len(told(bob)) == count


@pytest.mark.parametrize(("day", "hour"), [(date(2026, 3, 27), 12), (date(2026, 3, 30), 11)])
def test_a_reminder_comes_in_the_right_hour_across_a_change_to_summer_time(day, hour, planned, bob, queued):
    User.objects.filter(pk=bob.pk).update(remind_before=0)
    planned("Call back", day, time(14))
    assert send_due_task_reminders(utc(day, hour - 1, 59)) == 0
    assert send_due_task_reminders(utc(day, hour)) == 1


def test_a_rescheduled_task_has_another_reminder(planned, bob, queued):
    task = planned("Call back", DAY, time(14))
    assert send_due_task_reminders(utc(DAY, 10, 50)) == 1
    write(Task.objects.filter(pk=task.pk), due_time=time(16))
    assert send_due_task_reminders(utc(DAY, 10, 55)) == 0
    assert send_due_task_reminders(utc(DAY, 12, 50)) == 1


def test_no_reminder_comes_for_what_is_done_or_long_past_or_out_of_sight(
    planned, bob, make_lead, departments, dan, queued
):
    planned("Done", DAY, time(14), done_at=utc(DAY, 1))
    planned("Past", DAY - timedelta(days=1), time(14))
    foreign = make_lead("Foreign", owner=dan, department=departments.export)
    planned("Foreign", DAY, time(14), on=foreign)
    assert send_due_task_reminders(utc(DAY, 11)) == 0
    assert not Notification.objects.exists()


def test_the_substitute_is_told_and_the_absent_user_gets_no_email(planned, bob, ben, lead, queued):
    write(type(lead).objects.filter(pk=lead.pk), shared=True)
    planned("Call back", DAY, time(14))
    Absence.objects.create(user=bob, first=DAY, last=DAY, substitute=ben)
    assert send_summaries_of_the_day(utc(DAY, 6)) == 2
    assert send_due_task_reminders(utc(DAY, 10, 50)) == 2
    assert told(ben) == [
        "Bob is away: 1 task for today.",
        "Bob is away: “Call back” for Jan Novák is due at 14:00.",
    ]
    assert len(told(bob)) == 2
    assert {values["user_id"] for _job, values in queued} == {ben.pk}


def test_a_substitute_elsewhere_reads_their_own_time_with_that_of_the_absent_user(
    planned, bob, ben, lead, queued
):
    User.objects.filter(pk=ben.pk).update(time_zone="America/New_York", mail_reminders=True)
    task = planned("Call back", DAY, time(16, 24))
    Absence.objects.create(user=bob, first=DAY, last=DAY, substitute=ben)
    write(type(lead).objects.filter(pk=lead.pk), shared=True)
    send_due_task_reminders(utc(DAY, 13, 20))
    notice = Notification.objects.get(user=ben, kind="task_due")
    (line,) = build_notification_lines([notice], ben)
    assert line.words == "Bob is away: “Call back” for Jan Novák is due at 09:24, which is 16:24 for Bob."
    ben.refresh_from_db()
    mail = build_task_due_email(ben, task.pk)
    assert "is due on 1 April at 09:24. (16:24 for Bob)" in mail.body
    summary = build_tasks_of_day_email(ben, bob, DAY)
    assert "Call back (Jan Novák), 1 April 09:24 (16:24 for Bob)" in summary.body
    own = build_task_due_email(bob, task.pk)
    assert "at 16:24." in own.body
    assert "for Bob)" not in own.body


def test_a_substitute_who_does_not_see_the_record_is_not_told(planned, bob, dan, queued):
    planned("Call back", DAY, time(14))
    Absence.objects.create(user=bob, first=DAY, last=DAY, substitute=dan)
    assert send_summaries_of_the_day(utc(DAY, 6)) == 1
    assert send_due_task_reminders(utc(DAY, 10, 50)) == 1
    assert told(dan) == []


def test_users_turn_off_emails_and_choose_their_time_in_the_profile(sign_in, planned, bob, queued):
    sent = {
        "name": "Bob", "rows_per_page": "50", "time_zone": "Europe/Bucharest", "reminder_time": "10:30", "remind_before": "60",
    }  # fmt: skip
    assert sign_in(bob).post("/profile", sent).status_code == 302
    planned("Call back", DAY, time(14))
    assert send_summaries_of_the_day(utc(DAY, 7, 29)) == 0
    assert send_summaries_of_the_day(utc(DAY, 7, 30)) == 1
    assert send_due_task_reminders(utc(DAY, 10)) == 1
    assert queued == []


def test_the_email_names_the_tasks_of_the_day_and_their_records(planned, bob, lead, mailoutbox):
    task = planned("Call back", DAY, time(14))
    mail_tasks_of_day(user_id=bob.pk, of_id=bob.pk, day=DAY.isoformat())
    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("1 task for today", ["bob@example.com"])
    assert "- Call back (Jan Novák), 1 April 14:00" in mail.body
    assert f"/admin/leads/{lead.pk}/tasks/{task.pk}" in mail.body


def test_the_email_of_a_reminder_is_not_sent_for_a_completed_task(planned, bob, mailoutbox):
    task = planned("Call back", DAY, time(14))
    mail_task_due(user_id=bob.pk, task_id=task.pk)
    write(Task.objects.all(), done_at=utc(DAY, 1))
    mail_task_due(user_id=bob.pk, task_id=task.pk)
    (mail,) = mailoutbox
    assert mail.subject == "Task due: Call back"
    assert "“Call back” for Jan Novák is due on 1 April at 14:00." in mail.body


def test_the_emails_are_in_the_language_of_the_reader(planned, bob, mailoutbox):
    User.objects.filter(pk=bob.pk).update(language="ro")
    planned("Call back", DAY)
    mail_tasks_of_day(user_id=bob.pk, of_id=bob.pk, day=DAY.isoformat())
    assert "task" not in mailoutbox[0].subject


def test_old_reminders_are_removed(planned):
    TaskReminder.objects.create(task=1, moment=utc(date(2020, 1, 1), 1))
    assert delete_old_task_reminders() == 1
