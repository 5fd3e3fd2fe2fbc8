"""API v2 sets working hours, holidays and absences as their pages do: the same rows and refusals."""

from datetime import date

import pytest

from accounts.models import Absence, Holiday, WorkingHours
from tests.api.conftest import umbra
from tests.matrix.asking import undone

__all__ = ["umbra"]

HOLIDAYS = "/api/v2/holidays"


@pytest.fixture
def mia(someone_with, departments):
    """She changes the departments that she is in."""
    return someone_with("view_lead", "view_department", "change_department", "see_departments", name="mia")


def read_rows() -> list:
    """Everything of the calendar, without numbers."""
    hours = WorkingHours.objects.in_order().values_list("department", "weekday", "opens", "closes")
    holidays = Holiday.objects.order_by("day", "name").values_list("day", "name", "department")
    absences = Absence.objects.order_by("first").values_list("user", "first", "last", "substitute")
    return [list(hours), list(holidays), list(absences)]


def compare(browser, page: str, data: dict, program, method: str, path: str, body) -> None:
    """The page and the call store the same, or refuse it with the same sentences."""
    with undone():
        answer = browser.post(page, data)
        by_hand = read_rows()
        errors = [] if answer.status_code == 302 else list(answer.context["form"].errors.values())
    with undone():
        answered = program.call(method, path, body)
        assert read_rows() == by_hand
        said = [row["detail"] for row in answered.get("errors", [])]
    assert len(said) == len(errors)
    assert all(texts[0] in sentence for texts, sentence in zip(errors, said, strict=True))


# What the page sends, and the days that a program sends.
HOURS = {
    "two days": ({"opens_0": "09:00", "closes_0": "17:00", "opens_5": "10:00", "closes_5": "12:30"},
                 [(0, "09:00", "17:00"), (5, "10:00", "12:30")]),
    "no day": ({}, []),
    "a day that ends before it begins": ({"opens_0": "17:00", "closes_0": "09:00"}, [(0, "17:00", "09:00")]),
}  # fmt: skip


@pytest.mark.parametrize("case", HOURS)
def test_working_hours_are_set_as_on_their_page(case, ada, sign_in, umbra, departments):
    by_hand, days = HOURS[case]
    body = {"days": [dict(zip(("weekday", "opens", "closes"), day, strict=True)) for day in days]}
    pk = departments.sales.pk
    page, path = f"/admin/departments/{pk}/hours", f"/api/v2/departments/{pk}/hours"
    compare(sign_in(ada), page, by_hand, umbra(ada), "PUT", path, body)


def test_hours_that_were_set_are_read_and_the_usual_ones_before(ada, umbra, departments):
    program, path = umbra(ada), f"/api/v2/departments/{departments.sales.pk}/hours"
    assert [day["weekday"] for day in program.get(path)["days"]] == [0, 1, 2, 3, 4]
    days = [{"weekday": 6, "opens": "08:30", "closes": "12:00"}]
    assert program.put(path, {"days": days}) == program.get(path) == {"days": days}
    program.put(path, {"days": days * 2}, expect=422)
    program.put(path, {"days": [{"weekday": 7, "opens": "08:30", "closes": "12:00"}]}, expect=422)
    program.put(path, {"days": [{"weekday": 1, "opens": "08:30:15", "closes": "12:00"}]}, expect=422)


HOLIDAY = {"day": "2030-12-25", "name": "Christmas"}
ADDED = {
    "for one department": {"department": "sales"},
    "for all departments": {},
    "on a day that is one": {"day": "2030-01-01"},
    "without a name": {"name": ""},
}


@pytest.mark.parametrize("case", ADDED)
@pytest.mark.parametrize("sees_all", [True, False])
def test_a_holiday_is_added_as_on_its_page(case, sees_all, ada, mia, sign_in, umbra, departments):
    user = ada if sees_all else mia
    Holiday.objects.create(day=date(2030, 1, 1), name="New Year")
    chosen = HOLIDAY | ADDED[case]
    chosen |= {"department": departments.sales.pk} if "department" in chosen else {}
    if case == "without a name":
        assert umbra(user).post(HOLIDAYS, chosen, expect=422)["errors"][0]["parameter"] == "name"
        return
    compare(sign_in(user), "/admin/calendar/holidays", chosen, umbra(user), "POST", HOLIDAYS, chosen)


def test_holidays_are_listed_and_deleted_as_far_as_the_user_may(cast, mia, umbra, departments):
    days = [
        Holiday.objects.create(day=date(2030, 1, place), name=str(department), department=department)
        for place, department in enumerate([departments.sales, departments.export, None], 1)
    ]
    program = umbra(mia)
    assert [row["id"] for row in program.get(HOLIDAYS)["holidays"]] == [days[0].pk, days[2].pk]
    for row, answer in zip(days, (200, 404, 404), strict=True):
        program.delete(f"{HOLIDAYS}/{row.pk}", expect=answer)
    umbra(cast.ann).get(HOLIDAYS, expect=403)
    umbra(cast.ann).post(HOLIDAYS, HOLIDAY, expect=403)


ABSENCES = {
    "some days": {"first": "2030-02-01", "last": "2030-02-05"},
    "with a substitute": {"first": "2030-02-01", "last": "2030-02-05", "substitute": "bob"},
    "days that are entered": {"first": "2030-01-02", "last": "2030-01-09"},
    "days the wrong way round": {"first": "2030-02-05", "last": "2030-02-01"},
    "a substitute out of sight": {"first": "2030-02-01", "last": "2030-02-05", "substitute": "carla"},
}


@pytest.mark.parametrize("case", ABSENCES)
def test_an_absence_is_added_as_on_its_page(case, cast, sign_in, umbra):
    Absence.objects.create(user=cast.ann, first=date(2030, 1, 1), last=date(2030, 1, 3))
    values = {
        name: getattr(cast, value).pk if name == "substitute" else value
        for name, value in ABSENCES[case].items()
    }
    page, path = f"/admin/users/{cast.ann.pk}/absences", f"/api/v2/users/{cast.ann.pk}/absences"
    compare(sign_in(cast.ann), page, values, umbra(cast.ann), "POST", path, values)


def test_absences_are_ones_own_or_those_of_a_user_whom_one_may_change(cast, umbra):
    path = f"/api/v2/users/{cast.ann.pk}/absences"
    body = {"first": "2030-02-01", "last": "2030-02-05"}
    made = umbra(cast.ann).post(path, body, expect=201)
    assert umbra(cast.ada).get(path)["absences"] == [made]
    umbra(cast.bob).get(path, expect=403)
    umbra(cast.bob).delete(f"{path}/{made['id']}", expect=403)
    umbra(cast.carla).get(path, expect=404)
    umbra(cast.ada).delete(f"/api/v2/users/{cast.bob.pk}/absences/{made['id']}", expect=404)
    umbra(cast.ada).delete(f"{path}/{made['id']}")
    assert not Absence.objects.exists()


def test_a_token_of_before_does_not_reach_the_calendar(cast, umbra):
    umbra(cast.ada, ["users.get", "departments.get"]).get(HOLIDAYS, expect=403)
