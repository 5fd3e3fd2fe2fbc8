"""By which department's week users work, who stands in for those who are away, and what a new week replaces."""

from datetime import date, time, timedelta

import pytest

from accounts.models import Absence, Department, Holiday, Membership, User, WorkingHours
from accounts.working_time.calendar import (
    USUAL_WEEK,
    Absences,
    Calendars,
    find_openings,
    get_department_week,
    get_first_departments,
    replace_week,
)
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
TODAY, DAY = date(2026, 11, 26), timedelta(days=1)
LATE = {0: (time(12), time(20)), 3: (time(13), time(21))}


def test_a_department_works_from_monday_to_friday_until_it_sets_its_hours(departments):
    usual = {weekday: (time(9), time(17)) for weekday in (0, 1, 2, 3, 4)}
    assert get_department_week(departments.sales) == usual
    assert Calendars().get_for_department(departments.sales.pk).week == usual


# The days, counted from Monday, on which Bob begins to work for each of these, and when: his department has the hours, or none.
BEGINS: dict[str, tuple[dict[int, tuple[time, time]], list[int], list[tuple[int, int]]]] = {
    "the usual hours": ({}, [0, 4, 5], [(0, 9), (4, 9), (7, 9)]),
    "hours of its own": ({0: (time(12), time(20)), 3: (time(13), time(21))}, [0, 1, 4], [(0, 12), (3, 13), (7, 12)]),
    "no working day, for a year of holidays": ({6: (time(8), time(9))}, [0], [(0, 9)]),
}  # fmt: skip


@pytest.mark.parametrize(("week", "days", "begins"), BEGINS.values(), ids=BEGINS)
def test_when_a_user_begins_to_work(week, days, begins, bob, departments):
    replace_week(departments.sales, week)
    monday = date(2026, 11, 23)
    if 6 in week:
        Holiday.objects.bulk_create(Holiday(day=monday + (6 + 7 * n) * DAY, name="Closed") for n in range(54))
    found = find_openings(User.objects.get(pk=bob.pk), [monday + day * DAY for day in days])
    assert [(moment.date(), moment.time()) for moment in found] == [
        (monday + day * DAY, time(hour)) for day, hour in begins
    ]
    assert all(moment.tzinfo == bob.zone for moment in found)


def test_a_week_is_that_of_its_department_alone(departments):
    first, _made = Department.objects.get_or_create(pk=1, defaults={"name": "First"})
    replace_week(first, {6: (time(8), time(9))})
    replace_week(departments.export, LATE)
    assert get_department_week(departments.export) == LATE
    replace_week(departments.export, dict(reversed(LATE.items())) | {4: (time(9), time(10))})
    assert list(get_department_week(departments.export)) == [0, 3, 4]
    Holiday.objects.create(day=TODAY, name="For all")
    Holiday.objects.create(day=TODAY + DAY, name="Of Export", department=departments.export)
    found = Calendars()
    assert found.get_for_department(None).week == USUAL_WEEK
    assert found.get_for_department(first.pk).week == {6: (time(8), time(9))}
    assert found.get_for_department(None).holidays == frozenset({TODAY})
    assert found.get_for_department(departments.export.pk).holidays == frozenset({TODAY, TODAY + DAY})
    replace_week(departments.export, {})
    assert get_department_week(departments.export) == USUAL_WEEK
    assert WorkingHours.objects.filter(department=first).count() == 1


def test_users_work_by_the_calendar_of_their_first_department(departments):
    both = make_user("eva", "rep", [departments.export, departments.sales])
    one, none = make_user("ion", "rep", [departments.sales]), make_user("ana", "rep", [])
    found = get_first_departments([both.pk, one.pk, none.pk])
    assert found == {both.pk: departments.export.pk, one.pk: departments.sales.pk}
    # Two that came first at once: the one that was added first.
    for department in (departments.sales, departments.export):
        Membership.objects.create(user=none, department=department, position=0)
    assert get_first_departments([none.pk]) == {none.pk: departments.sales.pk}
    none.memberships.all().delete()
    assert get_first_departments([one.pk]) == {one.pk: departments.sales.pk}
    replace_week(departments.export, LATE)
    weeks = [Calendars().get_for_user(User.objects.get(pk=user.pk)).week for user in (both, one, none)]
    assert weeks == [LATE, USUAL_WEEK, USUAL_WEEK]


# The absences of Bob, as the days until the first and the last one from today on, with who stands in; and who does today.
ABSENCES = {
    "none": ([], False, ""),
    "one": ([(0, 0, "ann")], True, "ann"),
    "one without a substitute": ([(0, 0, "")], True, ""),
    "one that was yesterday": ([(-1, -1, "ann")], False, ""),
    "of two, the one that ends last": ([(0, 1, "ann"), (-1, 2, "ben")], True, "ben"),
    "whichever was entered first": ([(-1, 2, "ben"), (0, 1, "ann")], True, "ben"),
    "the other one, if the one that ends last has none": ([(0, 1, "ann"), (0, 2, "")], True, "ann"),
    "the other one, if the substitute has left": ([(0, 1, "ann"), (0, 2, "dan")], True, "ann"),
    "of two that end on one day, the one that was entered first": (
        [(0, 1, "ben"), (-1, 1, "ann")], True, "ben",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("absences", "away", "name"), ABSENCES.values(), ids=ABSENCES)
def test_who_stands_in(absences, away, name, cast):
    User.objects.filter(pk=cast.dan.pk).update(is_active=False)
    for first, last, substitute in absences:
        user = getattr(cast, substitute) if substitute else None
        Absence.objects.create(
            user=cast.bob, first=TODAY + first * DAY, last=TODAY + last * DAY, substitute=user
        )
    found = Absences(TODAY)
    assert found.is_away(cast.bob.pk) is away
    assert found.find_substitute(cast.bob.pk) == (getattr(cast, name).pk if name else None)


# Who is away and who stands in for each, and who stands in for Ana in the end; none if no one is left.
SUBSTITUTES: dict[str, tuple[dict[str, str], str]] = {
    "a colleague": ({"ana": "bob"}, "bob"),
    "no one": ({"ana": ""}, ""),
    "a colleague who is away too": ({"ana": "bob", "bob": "eva"}, "eva"),
    "a colleague who is away without a substitute": ({"ana": "bob", "bob": ""}, ""),
    "each for the other": ({"ana": "bob", "bob": "ana"}, ""),
    "two others for each other": ({"ana": "bob", "bob": "eva", "eva": "bob"}, ""),
    "herself": ({"ana": "ana"}, ""),
    "she isn't away": ({"bob": "eva"}, ""),
}


@pytest.mark.parametrize(("away", "stands_in"), SUBSTITUTES.values(), ids=SUBSTITUTES)
def test_who_stands_in_for_someone_who_is_away(away, stands_in):
    people = {"": None, "ana": 1, "bob": 2, "eva": 3}
    absences = Absences.__new__(Absences)
    absences.substitutes = {people[who]: people[by] for who, by in away.items()}
    assert absences.find_substitute(1) == people[stands_in]
