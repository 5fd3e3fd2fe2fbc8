"""API v2 lists, sets, changes and deletes goals as their page does: the same numbers, rows, operations and refusals."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from reports.goals.goal_lines import MonthOfGoals
from reports.goals.goal_month import get_current_month
from reports.models import Goal
from tests.api.conftest import umbra
from tests.api.page_and_call import carry_out_by_call, carry_out_by_page

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db
GOALS, PAGE = "/api/v2/goals", "/admin/reports/goals"


def test_the_goals_have_the_numbers_of_their_page(month_of_leads, goal, ann, bob, departments, umbra):
    goal("leads", 4, user=bob)
    goal("revenue", 500, user=bob)
    goal("calls", 10, department=departments.sales)
    goal("won", 2)
    found = umbra(ann).get(GOALS)
    lines = MonthOfGoals(get_current_month(), ann).lines
    assert [(row["id"], row["reached"], row["state"], row["whose"]) for row in found["goals"]] == [
        (line.goal.pk, float(line.value), line.state, line.goal.label) for line in lines
    ]
    assert (found["month"], len(lines)) == (get_current_month().name, 3)
    calls, leads, revenue = found["goals"]
    assert (leads["user"], leads["target"], leads["reached"], leads["percent"]) == (bob.pk, 4, 2, 50)
    assert (revenue["reached"], revenue["state"], revenue["changeable"]) == (500, "reached", True)
    assert (calls["user"], calls["department"]) == (None, departments.sales.pk)


def test_users_see_their_own_goals_and_may_not_change_them(goal, bob, ben, umbra):
    own, _other = goal(user=bob), goal(user=ben)
    program = umbra(bob)
    assert [(row["id"], row["changeable"]) for row in program.get(GOALS)["goals"]] == [(own.pk, False)]
    program.get(f"{GOALS}/{own.pk}", expect=404)
    program.patch(f"{GOALS}/{own.pk}", {"target": 1}, expect=403)
    program.delete(f"{GOALS}/{own.pk}", expect=403)
    program.post(GOALS, {}, expect=403)


def test_another_month_is_asked_for_by_its_name(goal, ann, bob, umbra):
    month = get_current_month().previous
    goal("leads", 3, user=bob, month=month.first)
    (row,) = umbra(ann).get(f"{GOALS}?month={month.name}")["goals"]
    assert (row["month"], row["expected"], row["state"]) == (month.name, None, "missed")
    problem = umbra(ann).get(f"{GOALS}?month=soon", expect=422)
    assert problem["errors"] == [{"parameter": "month", "detail": "Enter a month like 2026-11."}]


# Whose goal the page sets and a program, and what both send beside it.
NEW = {
    "of a user": ("u{bob}", {"user": "{bob}"}, {}),
    "of a department": ("d{sales}", {"department": "{sales}"}, {}),
    "of revenue": ("u{bob}", {"user": "{bob}"}, {"measure": "revenue", "target": "1250.50"}),
    "of the company, whose leads the manager doesn’t all see": ("company", {}, {}),
    "of a user in another department": ("u{dan}", {"user": "{dan}"}, {}),
    "that is set already": ("u{bob}", {"user": "{bob}"}, {"measure": "calls"}),
    "of nothing": ("u{bob}", {"user": "{bob}"}, {"target": "0"}),
    "of half a lead": ("u{bob}", {"user": "{bob}"}, {"target": "1.5"}),
    "of long ago": ("u{bob}", {"user": "{bob}"}, {"month": "2001-01"}),
    "of no month": ("u{bob}", {"user": "{bob}"}, {"month": "soon"}),
}


@pytest.mark.parametrize("case", NEW)
def test_a_goal_is_set_as_on_its_page(case, goal, ann, bob, dan, departments, sign_in, umbra):
    ids = {"bob": bob.pk, "dan": dan.pk, "sales": departments.sales.pk}
    goal("calls", 5, user=bob)
    whose, owner, more = NEW[case]
    values = {"month": get_current_month().name, "measure": "leads", "target": "10", **more}
    by_hand = {**values, "whose": whose.format(**ids)}
    body = values | {name: int(text.format(**ids)) for name, text in owner.items()}
    expected = carry_out_by_page(sign_in(ann), f"{PAGE}/new", by_hand, [Goal])
    assert carry_out_by_call(umbra(ann), "POST", GOALS, body, [Goal]) == expected
    assert bool(expected.operations) is not bool(expected.refused)


@pytest.mark.parametrize("target", ["25", "10", "0", "1.5", "-3"])
def test_a_goal_is_changed_as_on_its_page(target, goal, ann, bob, sign_in, umbra):
    row = goal("leads", 10, user=bob)
    expected = carry_out_by_page(sign_in(ann), f"{PAGE}/{row.pk}", {"target": target}, [Goal])
    call = carry_out_by_call(umbra(ann), "PATCH", f"{GOALS}/{row.pk}", {"target": target}, [Goal])
    assert call == expected


def test_a_goal_is_deleted_as_on_its_page_and_an_undo_brings_it_back(goal, ann, bob, sign_in, umbra):
    row, program = goal("leads", 10, user=bob), umbra(ann)
    expected = carry_out_by_page(sign_in(ann), f"{PAGE}/{row.pk}/delete", {}, [Goal])
    assert carry_out_by_call(program, "DELETE", f"{GOALS}/{row.pk}", None, [Goal]) == expected
    done = program.delete(f"{GOALS}/{row.pk}")["operation"]
    assert not Goal.objects.exists()
    revert_operation(Operation.objects.get(pk=done), by=ann)
    assert program.get(f"{GOALS}/{row.pk}")["target"] == 10


def test_a_new_goal_has_its_address(ann, bob, umbra):
    program = umbra(ann)
    sent = {"month": get_current_month().name, "measure": "won", "target": 5, "user": bob.pk}
    answer = program.post(GOALS, sent, expect=201)
    assert program.last["Location"] == f"{GOALS}/{answer['id']}"
    assert program.get(program.last["Location"]) | {"operation": answer["operation"]} == answer
    assert program.patch(f"{GOALS}/{answer['id']}", {"target": 5})["operation"] is None


def test_a_goal_takes_the_rights_of_the_token_and_is_not_found_out_of_reach(goal, ann, carla, bob, umbra):
    row = goal(user=bob)
    for method, data in (("GET", None), ("PATCH", {"target": 1}), ("DELETE", None)):
        umbra(carla).call(method, f"{GOALS}/{row.pk}", data, expect=404)
    reading = umbra(ann, ["goals.get", "reports.get", "leads.put"])
    reading.post(GOALS, {}, expect=403)
    reading.patch(f"{GOALS}/{row.pk}", {"target": 1}, expect=403)
    reading.delete(f"{GOALS}/{row.pk}", expect=403)
    umbra(ann, ["goals.post"]).get(GOALS, expect=403)
    assert Goal.objects.get().target == 10


@pytest.mark.parametrize(
    ("sent", "parameter"),
    [
        ({"user": 1, "department": 1}, "department"),
        ({"measure": "nonsense"}, "measure"),
        ({"target": "many"}, "target"),
        ({"whose": "company"}, "whose"),
    ],
)
def test_what_does_not_fit_is_named(sent, parameter, ann, umbra):
    values = {"month": get_current_month().name, "measure": "won", "target": 5}
    problem = umbra(ann).post(GOALS, values | sent, expect=422)
    assert [row["parameter"] for row in problem["errors"]] == [parameter]
    assert not Goal.objects.exists()


@pytest.mark.parametrize("user", ["ann", "ada"])
@pytest.mark.parametrize("month", ["this", "next", "2001-01", "soon"])
def test_goals_are_copied_as_on_their_page(month, user, goal, cast, departments, sign_in, umbra):
    this = get_current_month()
    goal("leads", 4, user=cast.bob, month=this.previous.first)
    goal("calls", 9, department=departments.sales, month=this.previous.first)
    goal("won", 2, month=this.previous.first)
    goal("leads", 7, user=cast.bob)
    name = {"this": this.name, "next": this.shift(1).name}.get(month, month)
    reader = getattr(cast, user)
    expected = carry_out_by_page(sign_in(reader), f"{PAGE}/copy?month={name}", {}, [Goal])
    program = umbra(reader)
    assert carry_out_by_call(program, "POST", f"{GOALS}/copy", {"month": name}, [Goal]) == expected
    assert bool(expected.operations) is not bool(expected.refused)


def test_copied_goals_are_counted_and_an_undo_takes_them_back(goal, bob, ben, ann, umbra):
    this, program = get_current_month(), umbra(ann)
    goal("leads", 4, user=bob, month=this.previous.first)
    goal("leads", 3, user=ben, month=this.previous.first)
    goal("leads", 7, user=bob)
    answer = program.post(f"{GOALS}/copy", {"month": this.name})
    assert (answer["copied"], answer["already_set"], answer["skipped"]) == (1, 1, 0)
    again = program.post(f"{GOALS}/copy", {"month": this.name})
    assert (again["copied"], again["already_set"], again["operation"]) == (0, 2, None)
    revert_operation(Operation.objects.get(pk=answer["operation"]), by=ann)
    assert Goal.objects.count() == 3
    umbra(bob).post(f"{GOALS}/copy", {"month": this.name}, expect=403)
    umbra(ann, ["goals.get"]).post(f"{GOALS}/copy", {"month": this.name}, expect=403)
