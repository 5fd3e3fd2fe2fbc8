"""The pages of scheduled emails: users schedule reports for themselves, and pause, change and delete what they get."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from reports.models import ReportEmail, ReportSchedule
from reports.permissions import VIEW_PERMISSION
from tests.reports.schedules.moments import utc


def page(client, user, name, *arguments, data=None, query=""):
    client.force_login(user)
    path = reverse(f"reports:{name}", args=arguments) + query
    return client.get(path) if data is None else client.post(path, data)


FORM = {"every": "weekly", "weekday": "4", "day": "1", "hour": "17"}


def test_the_button_on_a_report_leads_to_the_form_that_schedules_it(client, ann):
    report = page(client, ann, "report", "sources", query="?period=this_year&compare=before")
    link = reverse("reports:schedule_shipped", args=["sources"])
    assert f'href="{link}?period=this_year&amp;compare=before"' in report.content.decode()
    query = "?period=this_year&compare=before&source=1&nonsense=2"
    assert page(client, ann, "schedule_shipped", "sources", query=query).status_code == 200
    answer = page(client, ann, "schedule_shipped", "sources", query=query.split("&source")[0], data=FORM)
    assert answer.url == "/admin/reports/schedules"
    schedule = ReportSchedule.objects.get()
    assert (schedule.user, schedule.shipped, schedule.weekday, schedule.hour) == (ann, "sources", 4, 17)
    assert QueryDict(schedule.query).dict() == {"period": "this_year", "compare": "before"}
    local = schedule.next_at.astimezone(ann.zone)
    assert (local.weekday(), local.hour) == (4, 17)


def test_a_saved_report_is_scheduled_by_everyone_who_can_open_it(client, ann, carla, saved):
    assert page(client, ann, "schedule_saved", saved.pk, data=FORM).status_code == 302
    assert ReportSchedule.objects.get().report == saved
    assert page(client, carla, "schedule_saved", saved.pk, data=FORM).status_code == 404
    assert page(client, carla, "schedule_saved", saved.pk).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"every": "hourly"}, "Select a valid choice"),
        ({"hour": "24"}, "Select a valid choice"),
        ({"weekday": "7"}, "Select a valid choice"),
        ({"every": "monthly", "day": "32"}, "less than or equal to 31"),
        ({"every": "monthly", "day": "0"}, "greater than or equal to 1"),
        ({"every": "monthly", "day": ""}, "Enter the day of the month"),
        ({"every": "monthly", "day": "first"}, "Enter a whole number"),
    ],
)
def test_wrong_input_gets_a_sentence_and_schedules_nothing(wrong, words, client, ann):
    answer = page(client, ann, "schedule_shipped", "funnel", data=FORM | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ReportSchedule.objects.exists()


def test_a_report_that_cannot_be_computed_is_not_scheduled(client, ann):
    query = "?period=between&from=2026-05-01&to=2026-04-01"
    answer = page(client, ann, "schedule_shipped", "funnel", query=query, data=FORM)
    assert answer.status_code == 422
    assert "ends before it begins" in answer.content.decode()
    assert not ReportSchedule.objects.exists()


def test_a_report_that_does_not_exist_is_not_found(client, ann):
    assert page(client, ann, "schedule_shipped", "nothing").status_code == 404


def test_one_user_schedules_a_limited_number_of_emails(client, ann, make_schedule, monkeypatch):
    monkeypatch.setattr("reports.schedules.forms.MOST", 1)
    schedule = make_schedule()
    answer = page(client, ann, "schedule_shipped", "funnel", data=FORM)
    assert "You have 1 scheduled emails" in answer.content.decode()
    # Those that there are can still be changed.
    assert page(client, ann, "schedule_edit", schedule.pk, data=FORM).status_code == 302


def test_the_list_shows_the_next_email_and_why_others_are_paused(client, ann, make_schedule, carla):
    make_schedule(hour=8)
    ReportSchedule.objects.update(next_at=utc(date(2099, 1, 1), 6))
    make_schedule(shipped="", title="Old report", every="monthly")
    ReportSchedule.objects.filter(shipped="").update(pause="deleted", next_at=None)
    make_schedule(user=carla, shipped="lost")
    text = page(client, ann, "schedules").content.decode()
    assert "1 Jan 2099, 08:00" in text
    assert "Old report" in text
    assert "The report or dashboard was deleted." in text
    assert "Lost leads" not in text


def test_a_schedule_is_paused_resumed_changed_and_deleted(client, ann, make_schedule):
    schedule = make_schedule()
    page(client, ann, "schedule_pause", schedule.pk, data={})
    schedule.refresh_from_db()
    assert (schedule.pause, schedule.next_at) == ("user", None)
    assert "You paused these emails." in page(client, ann, "schedules").content.decode()
    page(client, ann, "schedule_resume", schedule.pk, data={})
    schedule.refresh_from_db()
    assert schedule.pause == ""
    assert schedule.next_at is not None
    page(client, ann, "schedule_edit", schedule.pk, data=FORM)
    schedule.refresh_from_db()
    assert (schedule.every, schedule.shipped, schedule.query) == ("weekly", "funnel", "period=all")
    page(client, ann, "schedule_delete", schedule.pk, data={})
    assert not ReportSchedule.objects.exists()


def test_the_emails_of_a_deleted_report_cannot_be_resumed(client, ann, make_schedule):
    schedule = make_schedule(shipped="", title="Old report")
    ReportSchedule.objects.update(pause="deleted", next_at=None)
    client.force_login(ann)
    answer = client.post(reverse("reports:schedule_resume", args=[schedule.pk]), follow=True)
    assert "The report or dashboard was deleted." in answer.content.decode()
    assert ReportSchedule.objects.get().pause == "deleted"


def test_no_one_is_promised_the_emails_of_a_report_that_was_deleted(client, ann, make_schedule):
    schedule = make_schedule(shipped="", title="Old report")
    ReportSchedule.objects.update(pause="deleted", next_at=None)
    answer = page(client, ann, "schedule_edit", schedule.pk, data=FORM)
    assert answer.status_code == 422
    assert "The report or dashboard was deleted." in answer.content.decode()
    assert ReportSchedule.objects.get().pause == "deleted"


@pytest.mark.parametrize("name", ["schedule_edit", "schedule_pause", "schedule_resume", "schedule_delete"])
def test_the_schedule_of_another_user_is_not_found(name, client, carla, make_schedule):
    schedule = make_schedule()
    assert page(client, carla, name, schedule.pk, data=FORM).status_code == 404
    schedule.refresh_from_db()
    assert (schedule.pause, schedule.every) == ("", "daily")


def test_users_who_may_not_view_reports_cannot_schedule_them(client, bob):
    assert not bob.has_perm(VIEW_PERMISSION)
    assert page(client, bob, "schedules").status_code == 403
    assert page(client, bob, "schedule_shipped", "funnel", data=FORM).status_code == 403


def test_a_user_sends_a_scheduled_report_now_and_sees_the_result(client, ann, make_schedule, queued):
    schedule = make_schedule()
    shown = page(client, ann, "schedule_send", schedule.pk).content.decode()
    assert "is sent to ann@example.com" in shown
    assert "No email with this report has been sent yet." in shown
    link = reverse("reports:schedule_send", args=[schedule.pk])
    for name, arguments in (("schedules", []), ("schedule_edit", [schedule.pk])):
        assert f'href="{link}"' in page(client, ann, name, *arguments).content.decode()
    assert page(client, ann, "schedule_send", schedule.pk, data={}).url == link
    email = ReportEmail.objects.get()
    assert (queued, email.sent_now, email.state) == ([email.pk], True, "waiting")
    # The schedule itself goes on as it is.
    assert ReportSchedule.objects.get().next_at == schedule.next_at
    assert (
        "The email to ann@example.com is being sent." in page(client, ann, "schedule_send", schedule.pk).text
    )
    ReportEmail.objects.update(state="sent", sent_at=utc(date(2026, 4, 1), 9))
    shown = page(client, ann, "schedule_send", schedule.pk).content.decode()
    # In Bucharest.
    assert "The last email was sent to ann@example.com on 1 Apr 2026, 12:00." in shown
    assert "every 2s" not in shown


def test_a_second_click_sends_no_second_email(client, ann, make_schedule, queued):
    schedule = make_schedule()
    assert page(client, ann, "schedule_send", schedule.pk, data={}).status_code == 302
    again = page(client, ann, "schedule_send", schedule.pk, data={})
    assert (again.status_code, len(queued)) == (422, 1)
    assert "An email with this report is already being sent." in again.content.decode()
    # One whose worker was killed doesn't keep the next one away.
    ReportEmail.objects.update(due_at=timezone.now() - timedelta(minutes=11), state="sending")
    assert page(client, ann, "schedule_send", schedule.pk, data={}).status_code == 302


def test_what_the_mail_server_said_is_the_result(client, ann, make_schedule, queued):
    schedule = make_schedule()
    page(client, ann, "schedule_send", schedule.pk, data={})
    ReportEmail.objects.update(problem="Connection refused")
    shown = page(client, ann, "schedule_send", schedule.pk).text
    assert "The mail server didn’t accept the last email: Connection refused" in shown
    assert "Leadwell tries again." in shown


def test_a_report_that_the_user_can_no_longer_open_is_not_sent_now(client, ann, make_schedule, saved, queued):
    schedule = make_schedule(shipped="", report=saved, title=saved.name)
    saved.delete()
    for data in (None, {}):
        answer = page(client, ann, "schedule_send", schedule.pk, data=data)
        assert answer.status_code == 422
        assert "The report or dashboard was deleted." in answer.text
    assert queued == []
