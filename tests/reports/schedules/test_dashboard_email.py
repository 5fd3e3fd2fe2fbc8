"""Dashboards by email: once, with the reports that their user may see then."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import User
from reports.jobs import mail_report
from reports.models import Dashboard, DashboardPart, Report, ReportEmail, ReportSchedule
from reports.schedules.report_uses import find_report_uses
from reports.schedules.schedule import queue_due_reports, queue_report_now
from tests.reports.schedules.moments import DAY, utc
from tests.reports.schedules.test_delivery import parts, send, text_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def board(ann, bob, departments):
    """Bob's dashboard with two reports, shared with Ann's department."""
    dashboard = Dashboard.objects.create(owner=bob, name="Monday", department=departments.sales)
    report = Report.objects.create(
        owner=bob, name="Teams", query="measure=leads&by=department&period=all", department=departments.sales
    )
    DashboardPart.objects.create(dashboard=dashboard, shipped="funnel", query="period=all")
    DashboardPart.objects.create(dashboard=dashboard, report=report, position=1)
    return dashboard


@pytest.fixture
def schedule(make_schedule, board):
    return make_schedule(shipped="", query="", dashboard=board, title=board.name, every="weekly", weekday=2)


def test_a_user_schedules_a_dashboard_from_its_page(board, ann, sign_in):
    browser = sign_in(ann)
    path = reverse("reports:schedule_dashboard", args=[board.pk])
    assert f'href="{path}"' in browser.get(reverse("reports:dashboard", args=[board.pk])).text
    assert "The dashboard “Monday” is sent to ann@example.com" in browser.get(path).text
    browser.post(path, {"every": "weekly", "weekday": "0", "day": "1", "hour": "8"})
    made = ReportSchedule.objects.get()
    assert (made.dashboard, made.title, made.description) == (board, "Monday", "Every week at 08:00: Monday")
    shown = browser.get(reverse("reports:schedules")).text
    assert f'href="{reverse("reports:dashboard", args=[board.pk])}"' in shown


def test_a_dashboard_that_the_user_does_not_see_cannot_be_scheduled(board, carla, sign_in):
    path = reverse("reports:schedule_dashboard", args=[board.pk])
    assert sign_in(carla).post(path, {"every": "weekly", "hour": "8"}).status_code == 404
    assert not ReportSchedule.objects.exists()


@pytest.mark.usefixtures("post_office")
class TestSending:
    def test_the_email_has_a_table_and_a_link_for_each_report_and_one_workbook(
        self, schedule, make_lead, settings, post_office
    ):
        make_lead("Jan Novák", status="won")
        make_lead("Eva Malá")
        assert send(schedule).state == ReportEmail.State.SENT
        (message,) = post_office
        assert (message["To"], message["Subject"]) == ("ann@example.com", "Monday")
        html = text_of(message, "html")
        assert html.index("<h2>Funnel</h2>") < html.index("<h2>Teams</h2>")
        for path in (
            "/admin/reports/funnel?period=all",
            reverse("reports:dashboard", args=[schedule.dashboard_id]),
        ):
            assert f'href="{settings.SITE_URL}{path}"' in html
        assert "- Sales: Leads 2" in text_of(message)
        book = openpyxl.load_workbook(BytesIO(parts(message)[XLSX].get_content()))
        assert book.sheetnames[:3] == ["Summary", "1 Funnel", "2 Teams"]
        assert [cell.value for cell in book["2 Teams"][2]][:2] == ["Sales", 2]
        contents = [[cell.value for cell in row][:3] for row in book["Summary"].iter_rows()]
        assert ["2 Teams", "All time", "None"] in contents

    def test_the_dashboard_is_sent_once_however_often_the_worker_looks(self, schedule, post_office, queued):
        # Eight o'clock in Bucharest on a Wednesday.
        for minute in range(3):
            queue_due_reports(utc(DAY, 5, minute))
        assert len(queued) == 1
        for _again in range(3):
            mail_report.func(*queued)
        assert len(post_office) == 1
        assert ReportEmail.objects.get().state == "sent"

    def test_an_email_whose_worker_was_killed_is_not_sent_again(self, schedule, post_office):
        email = ReportEmail.objects.create(schedule=schedule, due_at=utc(DAY, 5), state="sending")
        mail_report.func(email.pk)
        assert post_office == []

    def test_the_dashboard_is_sent_now_and_the_schedule_goes_on(self, schedule, ann, post_office, queued):
        assert queue_report_now(schedule, ann) == ""
        assert queue_report_now(schedule, ann) == "An email with this dashboard is already being sent."
        mail_report.func(*queued)
        assert len(post_office) == 1
        assert ReportSchedule.objects.get().next_at == schedule.next_at

    def test_a_report_that_is_no_longer_shared_is_left_out(self, schedule, post_office):
        Report.objects.update(department=None)
        assert send(schedule).state == "sent"
        assert "Funnel" in text_of(post_office[0])
        assert "Teams" not in text_of(post_office[0])

    def test_the_numbers_are_those_that_the_user_may_see(self, schedule, make_lead, departments, post_office):
        make_lead("Jan Novák")
        make_lead("Eva Malá", department=departments.export)
        send(schedule)
        assert "Export" not in text_of(post_office[0])
        assert "- Leads: Leads 1" in text_of(post_office[0])

    def test_without_any_report_that_the_user_may_view_the_emails_pause_with_the_reason(
        self, schedule, board, post_office
    ):
        Report.objects.update(department=None)
        board.parts.filter(shipped="funnel").delete()
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, schedule.next_at, post_office) == ("no_parts", None, [])
        assert schedule.get_pause_display() == "The dashboard has no reports that you may view."

    def test_a_dashboard_that_is_no_longer_shared_is_not_sent(self, schedule, board, post_office):
        Dashboard.objects.update(department=None)
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, schedule.is_gone, post_office) == ("hidden", True, [])

    def test_a_deleted_dashboard_is_not_sent(self, schedule, board, post_office):
        board.delete()
        schedule.refresh_from_db()
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, str(schedule), schedule.is_gone, post_office) == (
            "deleted",
            "Monday",
            True,
            [],
        )

    def test_a_user_without_the_permission_gets_nothing(self, schedule, ann, post_office):
        for role in ann.groups.all():
            role.permissions.remove(role.permissions.get(codename="view_report"))
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, post_office) == ("permission", [])

    def test_a_report_that_cannot_be_computed_says_why_and_the_others_are_sent(self, schedule, post_office):
        Report.objects.update(query="measure=moon")
        assert send(schedule).state == "sent"
        assert "This number isn’t available. Choose one from the list." in text_of(post_office[0])
        book = openpyxl.load_workbook(BytesIO(parts(post_office[0])[XLSX].get_content()))
        assert "2 Teams" not in book.sheetnames

    def test_if_no_report_can_be_computed_the_emails_pause_with_the_reason(
        self, schedule, board, post_office
    ):
        board.parts.filter(shipped="funnel").delete()
        Report.objects.update(query="measure=moon")
        assert send(schedule).state == "not_sent"
        assert (schedule.pause, schedule.problem) == (
            "problem",
            "This number isn’t available. Choose one from the list.",
        )

    def test_a_long_table_is_cut_in_the_email_and_whole_in_the_workbook(
        self, schedule, board, make_lead, departments, post_office
    ):
        for day in range(1, 26):
            make_lead(created_at=utc(DAY.replace(day=day), 12))
        Report.objects.update(query="measure=leads&by=day&period=all&picture=table")
        send(schedule)
        assert "The first 20 rows. The attached file has all of them." in text_of(post_office[0], "html")
        book = openpyxl.load_workbook(BytesIO(parts(post_office[0])[XLSX].get_content()))
        assert book["2 Teams"].max_row > 25

    def test_the_email_is_in_the_language_of_its_user(self, schedule, ann, post_office):
        User.objects.filter(pk=ann.pk).update(language="ro")
        send(schedule)
        assert 'lang="ro"' in text_of(post_office[0], "html")
        assert "Open the dashboard" not in text_of(post_office[0])


def test_the_emails_of_a_dashboard_are_named_when_their_user_is_deactivated(schedule, ann, ada):
    uses = [str(one) for one in find_report_uses(ann, ada)]
    assert any("1 scheduled report is emailed to this user." in one for one in uses)
