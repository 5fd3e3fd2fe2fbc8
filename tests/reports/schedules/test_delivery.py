"""Reports by email: on time on the clock of their user, once, and with what the user may see then."""

from datetime import date, timedelta
from email import policy
from email.parser import BytesParser
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone

from accounts.models import Membership, User
from crm.models import AuditEntry
from reports.jobs import mail_report
from reports.models import Report, ReportEmail, ReportSchedule
from reports.schedules.schedule import (
    delete_old_report_emails,
    get_next_moment,
    queue_due_reports,
    queue_report_now,
    set_next_time,
)
from tests.reports.schedules.moments import DAY, utc


def send(schedule: ReportSchedule) -> ReportEmail:
    """Sends its email as the worker does."""
    email = ReportEmail.objects.create(schedule=schedule, due_at=schedule.next_at or utc(DAY, 6))
    mail_report.func(email.pk)
    email.refresh_from_db()
    schedule.refresh_from_db()
    return email


def parts(message) -> dict:
    """The parts of a received email by their type."""
    parsed = BytesParser(policy=policy.default).parsebytes(message.as_bytes())
    found = {part.get_content_type(): part for part in parsed.walk()}
    return {"message": parsed, **found}


def text_of(message, kind="plain") -> str:
    return parts(message)[f"text/{kind}"].get_content()


def lose_permission(user) -> None:
    for role in user.groups.all():
        role.permissions.remove(role.permissions.get(codename="view_report"))


def test_an_email_comes_at_the_hour_of_its_user(make_schedule, queued):
    schedule = make_schedule(hour=8)
    # Eight o'clock in Bucharest is 5:00 UTC in summer.
    assert queue_due_reports(utc(DAY, 4, 59)) == 0
    assert queue_due_reports(utc(DAY, 5)) == 1
    schedule.refresh_from_db()
    assert schedule.next_at == utc(DAY + timedelta(1), 5)
    assert queued == [ReportEmail.objects.get(schedule=schedule, due_at=utc(DAY, 5)).pk]


def test_a_worker_that_looks_twice_or_starts_again_queues_an_email_once(make_schedule, queued):
    schedule = make_schedule(hour=8)
    assert queue_due_reports(utc(DAY, 5)) == 1
    assert queue_due_reports(utc(DAY, 5, 1)) == 0
    # As if another worker had seen it before the first one moved it on.
    ReportSchedule.objects.filter(pk=schedule.pk).update(next_at=utc(DAY, 5))
    assert queue_due_reports(utc(DAY, 5, 2)) == 0
    assert len(queued) == 1


def test_a_weekly_email_comes_on_its_weekday(make_schedule):
    schedule = make_schedule(every="weekly", weekday=0, hour=9)
    assert schedule.next_at == utc(date(2026, 4, 6), 6)


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (1, date(2026, 4, 2), date(2026, 5, 1)),
        (31, date(2026, 4, 2), date(2026, 4, 30)),
        (31, date(2027, 2, 1), date(2027, 2, 28)),
        (29, date(2028, 2, 1), date(2028, 2, 29)),
        (31, date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_monthly_email_comes_on_the_last_day_of_shorter_months(day, after, expected, make_schedule, ann):
    schedule = make_schedule(every="monthly", day=day, hour=12, now=utc(after, 1))
    assert schedule.next_at.astimezone(ann.zone).date() == expected


@pytest.mark.parametrize(("day", "hour"), [(date(2026, 3, 28), 6), (date(2026, 3, 30), 5)])
def test_the_hour_stays_the_same_across_a_change_to_summer_time(day, hour, make_schedule):
    assert make_schedule(hour=8, now=utc(day, 0)).next_at == utc(day, hour)


def test_an_hour_that_the_clock_skips_sends_once(make_schedule, ann):
    # In Bucharest, 3:00 is 4:00 on 29 March 2026.
    schedule = make_schedule(hour=3, now=utc(date(2026, 3, 28), 12))
    first = schedule.next_at
    assert first == utc(date(2026, 3, 29), 1)
    assert get_next_moment(schedule, ann, first) == utc(date(2026, 3, 30), 0)


def test_an_hour_that_comes_twice_sends_once(make_schedule, ann):
    # In Bucharest, 3:00 comes twice on 25 October 2026.
    schedule = make_schedule(hour=3, now=utc(date(2026, 10, 24), 12))
    first = schedule.next_at
    assert first == utc(date(2026, 10, 25), 0)
    assert get_next_moment(schedule, ann, first) == utc(date(2026, 10, 26), 1)
    assert get_next_moment(schedule, ann, first + timedelta(minutes=30)) == utc(date(2026, 10, 26), 1)


def test_a_user_who_moves_to_another_time_zone_gets_reports_on_the_new_clock(make_schedule, ann, queued):
    schedule = make_schedule(hour=8)
    User.objects.filter(pk=ann.pk).update(time_zone="America/New_York")
    assert queue_due_reports(utc(DAY, 1)) == 0
    schedule.refresh_from_db()
    assert (schedule.next_at, schedule.zone) == (utc(DAY, 12), "America/New_York")


def test_after_days_without_a_worker_one_email_is_sent(make_schedule, queued):
    schedule = make_schedule(hour=8)
    assert queue_due_reports(utc(DAY + timedelta(5), 7)) == 1
    schedule.refresh_from_db()
    assert schedule.next_at == utc(DAY + timedelta(6), 5)


@pytest.mark.usefixtures("post_office")
class TestSending:
    def test_the_email_has_tables_a_text_and_a_workbook(
        self, make_schedule, make_lead, settings, post_office
    ):
        make_lead("Jan Novák", status="won")
        make_lead("Eva Malá")
        email = send(make_schedule())
        assert email.state == ReportEmail.State.SENT
        (message,) = post_office
        assert (message["To"], message["Subject"]) == ("ann@example.com", "Funnel")
        assert "How far they got\n- Leads: Leads 2" in text_of(message)
        html = text_of(message, "html")
        assert "<h2>How far they got</h2>" in html
        assert f'href="{settings.SITE_URL}/admin/leads' in html
        file = parts(message)["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
        book = openpyxl.load_workbook(BytesIO(file.get_content()))
        assert [cell.value for cell in book.worksheets[1][2]][:3] == ["All", 2, 1]

    def test_the_email_says_which_days_its_arrows_compare_with(
        self, make_schedule, make_lead, post_office, monkeypatch
    ):
        monkeypatch.setattr(timezone, "localdate", lambda *_: date(2026, 3, 31))
        for month in (2, 3, 3):
            make_lead(created_at=utc(date(2026, month, 28), 12))
        send(make_schedule(shipped="conversion", query="period=this_month"))
        (message,) = post_office
        for kind in ("plain", "html"):
            assert "The arrows compare with 1 February 2026 to 28 February 2026." in text_of(message, kind)
        assert "Leads: 2 ▲ 100.0%" in text_of(message)

    def test_the_email_is_in_the_language_and_the_time_zone_of_its_user(
        self, make_schedule, ann, make_lead, post_office
    ):
        make_lead("Jan Novák")
        User.objects.filter(pk=ann.pk).update(language="ro")
        send(make_schedule(shipped="people", query="period=last7&by=owner"))
        (message,) = post_office
        assert "Salut" in text_of(message) or "Bună" in text_of(message)
        assert 'lang="ro"' in text_of(message, "html")

    def test_the_email_has_the_numbers_of_what_its_user_sees(
        self, make_schedule, make_lead, departments, ann, carla, post_office
    ):
        make_lead("Jan Novák")
        make_lead("Eva Malá", department=departments.export)
        make_lead("Zoe Adam", department=departments.export)
        send(make_schedule())
        send(make_schedule(user=carla))
        assert "Leads: Leads 1" in text_of(post_office[0])
        assert "Leads: Leads 2" in text_of(post_office[1])

    def test_a_user_who_has_changed_departments_gets_the_numbers_of_the_new_one(
        self, make_schedule, make_lead, departments, ann, post_office
    ):
        make_lead("Jan Novák")
        make_lead("Eva Malá", department=departments.export)
        make_lead("Zoe Adam", department=departments.export)
        schedule = make_schedule()
        Membership.objects.filter(user=ann).update(department=departments.export)
        send(schedule)
        assert "Leads: Leads 2" in text_of(post_office[0])

    def test_a_saved_report_is_sent_as_it_is_saved_then(
        self, make_schedule, make_lead, bob, saved, post_office
    ):
        make_lead("Jan Novák", owner=bob)
        schedule = make_schedule(shipped="", report=saved, title=saved.name)
        Report.objects.filter(pk=saved.pk).update(name="My team", query="measure=leads&by=status&period=all")
        send(schedule)
        assert post_office[0]["Subject"] == "My team"
        assert "- New: Leads 1" in text_of(post_office[0])

    def test_an_email_is_sent_once_however_often_its_job_runs(self, make_schedule, post_office):
        email = send(make_schedule())
        mail_report.func(email.pk)
        assert len(post_office) == 1

    def test_an_email_whose_worker_was_killed_is_not_sent_again(self, make_schedule, post_office):
        schedule = make_schedule()
        email = ReportEmail.objects.create(schedule=schedule, due_at=utc(DAY, 5), state="sending")
        mail_report.func(email.pk)
        assert post_office == []

    def test_a_mail_server_that_does_not_answer_is_tried_again(self, make_schedule, post_office, settings):
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
        schedule = make_schedule()
        with pytest.raises(ConnectionRefusedError):
            send(schedule)
        email = ReportEmail.objects.get()
        assert email.state == "waiting"
        assert email.problem
        settings.EMAIL_PORT = port
        mail_report.func(email.pk)
        email.refresh_from_db()
        assert (email.state, email.problem, len(post_office)) == ("sent", "", 1)

    def test_what_was_sent_to_whom_is_in_the_audit_log(self, make_schedule, ann, post_office):
        send(make_schedule())
        entry = AuditEntry.objects.filter(kind="report_sent").get()
        assert entry.user_id == ann.pk

    @pytest.mark.parametrize("state", ["user", "hidden"])
    def test_an_email_that_was_queued_before_its_schedule_was_paused_is_not_sent(
        self, state, make_schedule, post_office
    ):
        schedule = make_schedule()
        email = ReportEmail.objects.create(schedule=schedule, due_at=utc(DAY, 5))
        ReportSchedule.objects.update(pause=state, next_at=None)
        mail_report.func(email.pk)
        email.refresh_from_db()
        assert (email.state, post_office) == ("not_sent", [])

    def test_the_report_of_a_paused_schedule_is_sent_now_and_the_schedule_stays_paused(
        self, make_schedule, ann, post_office, queued
    ):
        schedule = make_schedule()
        ReportSchedule.objects.update(pause="user", next_at=None)
        schedule.refresh_from_db()
        assert queue_report_now(schedule, ann) == ""
        mail_report.func(*queued)
        schedule.refresh_from_db()
        assert ReportEmail.objects.get().state == "sent"
        assert (schedule.pause, schedule.next_at, len(post_office)) == ("user", None, 1)

    def test_a_user_who_lost_the_permission_since_the_click_gets_nothing(
        self, make_schedule, ann, post_office, queued
    ):
        schedule = make_schedule()
        queue_report_now(schedule, ann)
        lose_permission(ann)
        mail_report.func(*queued)
        assert (ReportEmail.objects.get().state, post_office) == ("not_sent", [])

    def test_a_deactivated_user_gets_nothing(self, make_schedule, ann, post_office):
        schedule = make_schedule()
        User.objects.filter(pk=ann.pk).update(is_active=False)
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, schedule.next_at, post_office) == ("inactive", None, [])

    def test_a_user_without_the_permission_gets_nothing(self, make_schedule, ann, post_office):
        schedule = make_schedule()
        lose_permission(ann)
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, post_office) == ("permission", [])

    def test_a_deleted_report_is_not_sent(self, make_schedule, saved, post_office):
        schedule = make_schedule(shipped="", report=saved, title=saved.name)
        saved.delete()
        schedule.refresh_from_db()
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, str(schedule), post_office) == ("deleted", "By owner", [])

    def test_a_report_that_is_no_longer_shared_is_not_sent(
        self, make_schedule, saved, departments, bob, post_office
    ):
        Report.objects.filter(pk=saved.pk).update(owner=bob, department=departments.sales)
        schedule = make_schedule(shipped="", report=saved, title=saved.name)
        assert send(schedule).state == "sent"
        Report.objects.update(department=None)
        set_next_time(schedule, schedule.user, utc(DAY + timedelta(3), 0))
        schedule.save()
        schedule.refresh_from_db()
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, len(post_office)) == ("hidden", 1)

    def test_a_report_that_cannot_be_computed_pauses_with_the_reason(self, make_schedule, post_office):
        schedule = make_schedule(query="period=between&from=2026-05-01&to=2026-04-01")
        assert send(schedule).state == "not_sent"
        assert schedule.pause == "problem"
        assert "ends before it begins" in schedule.problem
        assert post_office == []


def test_emails_of_long_ago_are_forgotten(make_schedule):
    schedule = make_schedule()
    ReportEmail.objects.create(schedule=schedule, due_at=utc(date(2020, 1, 1), 5))
    assert delete_old_report_emails() == 1
