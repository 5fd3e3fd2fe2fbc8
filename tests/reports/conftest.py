"""Questions as URLs ask them, leads with a history of known times, scheduled emails, and a world for BI tools."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from crm.models import Activity
from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from customers.models import Deal
from leads.kind import LEAD
from leads.models import Lead, Status
from reports.engine.drill_down import build_list_url
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer
from reports.jobs import mail_report
from reports.models import Report, ReportSchedule
from reports.schedules.schedule import set_next_time
from tests.conftest import make_user
from tests.post_office import post_office
from tests.reports.bi.role import ROLE, forget_role
from tests.reports.goals.month import goal, halfway, month_of_leads
from tests.reports.schedules.moments import DAY
from tests.reports.schedules.moments import utc as on_the_day

__all__ = ["goal", "halfway", "month_of_leads", "post_office"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def queued(monkeypatch):
    """The IDs of the emails with a report that were queued."""
    found: list[int] = []
    monkeypatch.setattr(mail_report, "defer", lambda email_id: found.append(email_id))
    return found


@pytest.fixture
def asked():
    """asked("measure=moves&by=status", ada): the answer to the question of this URL."""

    def ask(query: str, viewer):
        found = get_answer(parse_question(QueryDict(query), viewer), viewer)
        assert found.problems == []
        return found

    return ask


@pytest.fixture
def numbers():
    """numbers(answer): the values of each group by its texts, in the order in which they are shown."""

    def read(found) -> dict:
        measures = found.question.measures
        return {
            ", ".join(group.texts): tuple(_plain(group.get_value(measure)) for measure in measures)
            for group in found.groups
        }

    return read


def _plain(value):
    return None if value is None else round(float(value), 4)


@pytest.fixture
def listed():
    """listed(answer, group, part, viewer): the IDs in the list behind a number, and nothing is wrong with its URL."""

    def read(found, group, part: str, viewer, kind=LEAD) -> set[int]:
        address, _mark, query = build_list_url(found.question, part, group.keys).partition("?")
        assert address == kind.list_url
        listing = RecordList(kind, QueryDict(query), viewer)
        assert listing.errors == []
        return set(listing.rows.values_list("pk", flat=True))

    return read


@pytest.fixture
def move(ada):
    """move(lead, statuses.won, "2026-05-04 08:00", by=bob): moves it at this time, in UTC."""

    def moved(lead, status, at: str, by=None) -> None:
        with operation("test", by=by or ada):
            Lead.objects.filter(pk=lead.pk).update(status=status, status_since=utc(at))

    return moved


@pytest.fixture
def manager_without(departments, sign_in):
    """manager_without("view_deal"): the browser of a manager whose role lacks this permission."""

    def signed_in(codename: str):
        user = make_user("gus", "manager", [departments.sales])
        permission = Permission.objects.get(codename=codename)
        assert user.groups.get().permissions.filter(pk=permission.pk).exists()
        user.groups.get().permissions.remove(permission)
        return sign_in(User.objects.with_rights().get(pk=user.pk))

    return signed_in


@pytest.fixture
def in_bucharest(ann, carla):
    User.objects.filter(pk__in=[ann.pk, carla.pk]).update(time_zone="Europe/Bucharest")
    ann.time_zone = carla.time_zone = "Europe/Bucharest"


@pytest.fixture
def make_schedule(ann, in_bucharest):
    """make_schedule(every="daily", hour=8, …) sends Ann the funnel of all time, planned on DAY at midnight UTC."""

    def make(user=ann, now=None, **values) -> ReportSchedule:
        values = {"shipped": "funnel", "query": "period=all", "title": "Funnel", "every": "daily", **values}
        schedule = ReportSchedule(user=user, **values)
        set_next_time(schedule, user, now or on_the_day(DAY, 0))
        schedule.save()
        return schedule

    return make


@pytest.fixture
def saved(ann):
    return Report.objects.create(owner=ann, name="By owner", query="measure=leads&by=owner&period=all")


@pytest.fixture
def make_role(db):
    """make_role("--user", "ann@example.com") runs the command and returns what it said."""

    def make(*what: str) -> str:
        said = StringIO()
        call_command("bi_access", ROLE, *what, stdout=said)
        return said.getvalue()

    forget_role()
    yield make
    forget_role()


@pytest.fixture
def world(make_lead, cast, departments, statuses, make_company):
    """Leads of all owners and departments, shared, unassigned and in Trash, with a move, an activity and a deal each."""
    stage = Status.objects.of_deals().filter(kind="qualified").first()
    owners = [None, cast.ann, cast.bob, cast.ben, cast.carla, cast.dan, cast.sofia]
    for department in (departments.sales, departments.export):
        for owner in owners:
            for shared in (False, True):
                lead = make_lead("Jan Novák", owner=owner, department=department, shared=shared)
                values = {"owner": owner, "department": department, "shared": shared}
                with operation("test", by=None):
                    Deal.objects.create(name="Machine", lead=lead, status=stage, value=100, **values)
                    for private_to in (None, cast.bob):
                        Activity.objects.create(
                            of="lead", record=lead.pk, type="note", text="Secret", private_to=private_to
                        )
    company = make_company(owner=cast.bob)
    with operation("test", by=None):
        Activity.objects.create(of="company", record=company.pk, type="call", created_by=cast.bob)
        Lead.objects.filter(pk=lead.pk).update(deleted_at=timezone.now())
    return cast
