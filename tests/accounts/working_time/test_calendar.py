"""Working hours, holidays and absences: what counts as working time, and the screens where it is set."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Absence, Holiday, WorkingHours
from accounts.working_time.calendar import (
    Absences,
    Calendars,
    WorkingCalendar,
    get_department_week,
    replace_week,
)

BUCHAREST = ZoneInfo("Europe/Bucharest")
NINE_TO_FIVE = {weekday: (time(9), time(17)) for weekday in range(5)}
FRIDAY = date(2026, 3, 27)


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BUCHAREST)


@pytest.fixture
def usual():
    return WorkingCalendar(NINE_TO_FIVE, frozenset({date(2026, 4, 10)}), BUCHAREST)


def test_a_weekend_and_a_holiday_are_no_working_days(usual):
    assert [usual.is_working_day(FRIDAY + timedelta(days=n)) for n in range(4)] == [True, False, False, True]
    assert not usual.is_working_day(date(2026, 4, 10))
    assert usual.get_next_working_day(date(2026, 4, 10)) == date(2026, 4, 13)


def test_working_time_passes_only_in_working_hours(usual):
    assert usual.get_working_time(at(27, 16), at(30, 10)) == timedelta(hours=2)
    assert usual.get_working_time(at(27, 18), at(29, 10)) == timedelta()
    assert usual.add_working_time(at(27, 16), timedelta(hours=2)) == at(30, 10)
    assert usual.is_open(at(27, 9))
    assert not usual.is_open(at(27, 17))


def test_the_hours_are_those_of_the_clock_after_a_change_to_summer_time(usual):
    # The clocks went forward on 29 March: nine o'clock was 7:00 UTC before and is 6:00 UTC after.
    assert usual.get_hours(FRIDAY)[0] == datetime(2026, 3, 27, 7, tzinfo=UTC)
    assert usual.get_hours(date(2026, 3, 30))[0] == datetime(2026, 3, 30, 6, tzinfo=UTC)


def test_a_night_in_which_the_clock_changes_has_its_real_length():
    nights = WorkingCalendar({6: (time(0), time(6))}, frozenset(), BUCHAREST)
    assert nights.get_working_time(at(28, 12), at(30, 12)) == timedelta(hours=5)


def test_without_a_working_day_nothing_becomes_due():
    never = WorkingCalendar({}, frozenset(), BUCHAREST)
    assert never.add_working_time(at(27, 9), timedelta(hours=1)) is None
    assert never.get_next_working_day(FRIDAY) == FRIDAY


def test_a_department_has_its_own_hours_and_holidays(departments):
    replace_week(departments.sales, {5: (time(10), time(14))})
    Holiday.objects.create(day=date(2026, 4, 10), name="Good Friday")
    Holiday.objects.create(day=date(2026, 4, 11), name="Outing", department=departments.sales)
    found = Calendars()
    sales, export = (
        found.get_for_department(departments.sales.pk),
        found.get_for_department(departments.export.pk),
    )
    assert [sales.is_working_day(date(2026, 4, day)) for day in (4, 10, 11)] == [True, False, False]
    assert [export.is_working_day(date(2026, 4, day)) for day in (9, 10, 11)] == [True, False, False]
    assert get_department_week(departments.export) == NINE_TO_FIVE


def test_the_substitute_of_a_substitute_stands_in(ann, bob, ben):
    day = date(2026, 4, 1)
    Absence.objects.create(user=bob, first=day, last=day, substitute=ben)
    assert Absences(day).find_substitute(bob.pk) == ben.pk
    Absence.objects.create(user=ben, first=day, last=day, substitute=ann)
    assert Absences(day).find_substitute(bob.pk) == ann.pk
    Absence.objects.create(user=ann, first=day, last=day, substitute=bob)
    assert Absences(day).find_substitute(bob.pk) is None
    assert not Absences(day + timedelta(days=1)).is_away(bob.pk)


def test_an_inactive_substitute_stands_in_for_no_one(bob, ben):
    day = date(2026, 4, 1)
    Absence.objects.create(user=bob, first=day, last=day, substitute=ben)
    type(ben).objects.filter(pk=ben.pk).update(is_active=False)
    assert Absences(day).find_substitute(bob.pk) is None


# The screens


def week(**hours) -> dict:
    """week(mon=("09:00", "17:00")) as the form sends it."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    given = {days.index(day): pair for day, pair in hours.items()}
    return {
        f"{part}_{day}": given.get(day, ("", ""))[place]
        for day in range(7)
        for place, part in enumerate(("opens", "closes"))
    }


def test_an_administrator_sets_the_hours_of_a_department(sign_in, ada, departments):
    path = f"/admin/departments/{departments.sales.pk}/hours"
    browser = sign_in(ada)
    assert browser.get(path).content.decode().count('value="09:00"') == 5
    answer = browser.post(path, week(mon=("08:00", "12:30")), follow=True)
    assert "Saved the working hours of Sales." in answer.content.decode()
    rows = list(WorkingHours.objects.values_list("department", "weekday", "opens", "closes"))
    assert rows == [(departments.sales.pk, 0, time(8), time(12, 30))]
    assert "08:00 – 12:30" in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (week(), "Enter the hours of at least one day."),
        (week(mon=("17:00", "09:00")), "The day ends before it begins."),
        (week(mon=("09:00", "")), "Enter both times, or neither for a day off."),
        (week(mon=("late", "17:00")), "Enter a time like 14:30."),
    ],
)
def test_hours_that_make_no_sense_are_refused_and_kept_in_the_form(sent, sentence, sign_in, ada, departments):
    answer = sign_in(ada).post(f"/admin/departments/{departments.sales.pk}/hours", sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text
    assert not sent["opens_0"] or f'value="{sent["opens_0"]}"' in text
    assert not WorkingHours.objects.exists()


def test_a_holiday_is_added_and_deleted(sign_in, ada, departments):
    browser = sign_in(ada)
    sent = {"day": "2040-05-01", "name": "Labour Day", "department": ""}
    text = browser.post("/admin/calendar/holidays", sent, follow=True).content.decode()
    assert "Added Labour Day." in text
    assert "all departments" in text
    again = browser.post("/admin/calendar/holidays", sent)
    assert again.status_code == 422
    assert "This day is already a holiday there." in again.content.decode()
    holiday = Holiday.objects.get()
    text = browser.post(f"/admin/calendar/holidays/{holiday.pk}/delete", follow=True).content.decode()
    assert "Deleted Labour Day." in text
    assert not Holiday.objects.exists()


def test_a_manager_adds_holidays_only_for_their_departments(sign_in, someone_with, departments):
    kim = someone_with("view_department", "change_department", "see_departments")
    browser = sign_in(kim)
    for department in ("", departments.export.pk):
        sent = {"day": "2040-05-01", "name": "Labour Day", "department": department}
        assert browser.post("/admin/calendar/holidays", sent).status_code == 422
    sent = {"day": "2040-05-01", "name": "Labour Day", "department": departments.sales.pk}
    assert browser.post("/admin/calendar/holidays", sent).status_code == 302


def test_users_enter_their_own_absences(sign_in, bob, ben):
    browser = sign_in(bob)
    path = f"/admin/users/{bob.pk}/absences"
    sent = {"first": "2040-07-01", "last": "2040-07-14", "substitute": ben.pk}
    text = browser.post(path, sent, follow=True).content.decode()
    assert "Added the absence." in text
    assert "Substitute: Ben" in text
    answer = browser.post(path, {"first": "2040-07-14", "last": "2040-07-20"})
    assert answer.status_code == 422
    assert "Some of these days are already entered." in answer.content.decode()
    absence = Absence.objects.get()
    browser.post(f"{path}/{absence.pk}/delete")
    assert not Absence.objects.exists()


def test_an_absence_that_ends_before_it_begins_is_refused(sign_in, bob):
    answer = sign_in(bob).post(
        f"/admin/users/{bob.pk}/absences", {"first": "2040-07-14", "last": "2040-07-01"}
    )
    assert "The last day is before the first." in answer.content.decode()


def test_a_rep_does_not_enter_the_absences_of_a_colleague(sign_in, bob, ben):
    assert sign_in(bob).get(f"/admin/users/{ben.pk}/absences").status_code == 403


def test_the_calendar_says_who_is_away(sign_in, ada, bob, ben):
    today = date.today()
    Absence.objects.create(user=bob, first=today, last=today + timedelta(days=2), substitute=ben)
    text = sign_in(ada).get("/admin/calendar").content.decode()
    assert "away now" in text
    assert "Substitute: Ben" in text
