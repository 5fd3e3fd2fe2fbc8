"""The company's time zone in Settings: for users without one, for working hours in Python and SQL, and for tasks that change hands."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.working_time.calendar import Calendars
from accounts.working_time.working_time_sql import build_working_after_sql
from crm.models import CompanySettings, Operation, Task
from crm.platform.configuration.company import build_company_time_zone_sql, get_company_zone
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.work.tasks.due_time_conversion import SameMoment
from crm.work.tasks.listing.day_bounds import get_zones

PAGE = "/admin/company"
# A Thursday, 10:00 in Bucharest and 3:00 in New York.
AT = datetime(2026, 11, 26, 8, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def free(settings):
    """The environment decides nothing."""
    settings.COMPANY_OVERRIDES = dict.fromkeys(settings.COMPANY_OVERRIDES, "")


@pytest.fixture
def in_new_york(free, db):
    with operation("test", by=None):
        return CompanySettings.objects.create(pk=CompanySettings.ROW, time_zone="America/New_York")


def get_due_in_sql(department) -> datetime:
    """When an hour of working time has passed, by the database."""
    with connection.cursor() as cursor:
        cursor.execute(build_working_after_sql(build_company_time_zone_sql()))
        hour = timedelta(hours=1)
        cursor.execute(
            "SELECT due FROM leadwell_working_after(%s, %s, %s, %s)", [department.pk, AT, hour, hour]
        )
        return cursor.fetchone()[0]


def test_users_without_a_time_zone_have_that_of_the_company(in_new_york, bob):
    assert str(bob.zone) == "America/New_York"
    bob.time_zone = "Asia/Tokyo"
    assert str(bob.zone) == "Asia/Tokyo"


def test_the_tasks_of_users_without_a_time_zone_are_on_the_clock_of_the_company(in_new_york, bob):
    assert get_zones()[""] == ZoneInfo("America/New_York")


def test_working_hours_in_sql_and_in_python_follow_a_change_at_once(free, departments, sign_in, ada):
    sales = departments.sales
    assert get_due_in_sql(sales) == AT + timedelta(hours=1)
    sign_in(ada).post(
        PAGE,
        {
            "name": "",
            "language": "en",
            "time_zone": "America/New_York",
            "base_currency": "EUR",
            "version": "0",
        },
    )
    with connection.cursor() as cursor:
        # The function isn't made again: it reads the row.
        hour = timedelta(hours=1)
        cursor.execute("SELECT due FROM leadwell_working_after(%s, %s, %s, %s)", [sales.pk, AT, hour, hour])
        (due,) = cursor.fetchone()
    # Work begins at 9:00 in New York.
    assert due == datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("America/New_York"))
    assert str(Calendars().get_for_department(sales.pk).zone) == "America/New_York"


def test_a_task_that_changes_hands_stays_at_the_same_moment(in_new_york, bob, ben, make_task, make_lead):
    ben.time_zone = "Europe/Bucharest"
    ben.save(update_fields=["time_zone"])
    with connection.cursor() as cursor:
        cursor.execute(SameMoment().compile(Task).install_sql)
    task = make_task("Call", make_lead(), user=bob, due_on="2026-11-26", due_time="03:00")
    with operation("test", by=None):
        Task.objects.filter(pk=task.pk).update(user=ben)
    task.refresh_from_db()
    assert (str(task.due_on), str(task.due_time)) == ("2026-11-26", "10:00:00")


def test_pages_show_times_on_the_clock_of_the_company(in_new_york, sign_in, ada):
    assert "company default (America/New_York)" in sign_in(ada).get("/profile").text


def test_a_change_can_be_undone(free, sign_in, ada):
    sign_in(ada).post(
        PAGE,
        {"name": "", "language": "en", "time_zone": "Asia/Tokyo", "base_currency": "EUR", "version": "0"},
    )
    assert str(get_company_zone()) == "Asia/Tokyo"
    revert_operation(Operation.objects.get(kind="edit_company_settings"), by=ada)
    assert str(get_company_zone()) == "Europe/Bucharest"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "' || version() || '"])
def test_an_unknown_time_zone_is_an_error_on_its_field(free, sign_in, ada, zone):
    answer = sign_in(ada).post(
        PAGE, {"name": "Acme", "language": "en", "time_zone": zone, "base_currency": "EUR", "version": "0"}
    )
    assert answer.status_code == 422
    assert not CompanySettings.objects.exists()


def test_the_environment_overrides_the_row(in_new_york, settings):
    settings.COMPANY_OVERRIDES = {**settings.COMPANY_OVERRIDES, "time_zone": "Asia/Tokyo"}
    assert str(get_company_zone()) == "Asia/Tokyo"
    assert build_company_time_zone_sql() == "'Asia/Tokyo'"
