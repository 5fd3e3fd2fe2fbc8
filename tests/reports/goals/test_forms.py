"""Setting goals: the rights, bad input, undo, copying, and those who left."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Department, Membership, User
from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.visible_operations import describe_operation
from reports.goals.goal_month import get_current_month
from reports.models import Goal

PAGE = "/admin/reports/goals"


def new(browser, **data):
    values = {"month": get_current_month().name, "measure": "leads", "target": "10", **data}
    return browser.post(f"{PAGE}/new", values)


def test_a_manager_adds_changes_and_deletes_a_goal_and_undoes_each(sign_in, ann, bob):
    browser = sign_in(ann)
    page = new(browser, whose=f"u{bob.pk}", follow=True)
    assert page.status_code == 302
    assert page["Location"].endswith(f"?month={get_current_month().name}")
    row = Goal.objects.get()
    assert (row.user, row.target) == (bob, 10)
    browser.post(f"{PAGE}/{row.pk}", {"target": "25"})
    assert Goal.objects.get().target == 25
    browser.post(f"{PAGE}/{row.pk}/delete")
    assert not Goal.objects.exists()
    deleted, edited, added = Operation.objects.filter(kind__endswith="goal").order_by("-pk")
    assert describe_operation(deleted).startswith("Delete goal of Bob for ")
    assert describe_operation(edited).endswith("New leads 10 → 25")
    revert_operation(deleted, by=ann)
    assert Goal.objects.get().target == 25
    revert_operation(edited, by=ann)
    assert Goal.objects.get().target == 10
    revert_operation(added, by=ann)
    assert not Goal.objects.exists()


def test_a_manager_sets_goals_only_for_departments_and_users_whose_leads_they_see(
    sign_in, ann, ada, bob, dan, departments
):
    Membership.objects.create(user=ada, department=departments.export, position=1)
    browser = sign_in(ann)
    for whose in (f"u{dan.pk}", f"d{departments.export.pk}", f"u{ada.pk}", "company", "u0", "x", "u"):
        page = new(browser, whose=whose)
        assert page.status_code == 422
        assert "is not one of the available choices" in page.text
    assert not Goal.objects.exists()
    for whose in (f"u{bob.pk}", f"d{departments.sales.pk}"):
        assert new(browser, whose=whose).status_code == 302
    assert Goal.objects.count() == 2


def test_someone_elses_goal_is_not_found(sign_in, goal, ann, dan, departments):
    rows = [goal(user=dan), goal(department=departments.export), goal()]
    browser = sign_in(ann)
    for row in rows:
        assert browser.get(f"{PAGE}/{row.pk}").status_code == 404
        assert browser.post(f"{PAGE}/{row.pk}", {"target": "3"}).status_code == 404
        assert browser.post(f"{PAGE}/{row.pk}/delete").status_code == 404
    assert Goal.objects.count() == 3


def test_a_sales_rep_sets_no_goals_not_even_their_own(sign_in, goal, bob):
    row = goal(user=bob)
    browser = sign_in(bob)
    assert new(browser, whose=f"u{bob.pk}").status_code == 403
    assert browser.post(f"{PAGE}/{row.pk}", {"target": "1"}).status_code == 403
    assert browser.post(f"{PAGE}/{row.pk}/delete").status_code == 403
    assert browser.post(f"{PAGE}/copy").status_code == 403
    assert Goal.objects.get().target == 10


def test_each_right_to_set_goals_is_separate(sign_in, goal, someone_with, bob):
    row = goal(user=bob)
    changes = someone_with("view_lead", "see_departments", "change_goal")
    browser = sign_in(changes)
    assert new(browser, whose=f"u{bob.pk}").status_code == 403
    assert browser.post(f"{PAGE}/{row.pk}/delete").status_code == 403
    assert browser.post(f"{PAGE}/{row.pk}", {"target": "11"}).status_code == 302
    deletes = someone_with("view_lead", "see_departments", "delete_goal", name="dora")
    browser = sign_in(deletes)
    assert "Delete goal" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/{row.pk}", {"target": "12"}).status_code == 403
    assert browser.post(f"{PAGE}/{row.pk}/delete").status_code == 302


def test_an_undo_needs_the_right_to_the_change(sign_in, ann, bob):
    new(sign_in(ann), whose=f"u{bob.pk}")
    added = Operation.objects.get(kind="add_goal")
    with pytest.raises(UndoRefused):
        revert_operation(added, by=bob)
    ann.groups.clear()
    ann = User.objects.with_rights().get(pk=ann.pk)
    with pytest.raises(UndoRefused):
        revert_operation(added, by=ann)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"target": "0"}, "Enter a number greater than 0."),
        ({"target": "-3"}, "Enter a number greater than 0."),
        ({"target": "many"}, "Enter a number."),
        ({"target": "NaN"}, "Enter a number."),
        ({"target": "1.5"}, "Enter a whole number."),
        ({"target": "9" * 40}, "Ensure that there are no more than"),
        ({"target": ""}, "This field is required."),
        ({"month": "soon"}, "Enter a month like 2026-11."),
        ({"month": "1999-12"}, "Enter a month from "),
        ({"month": "9999-12"}, "Enter a month from "),
        ({"measure": "costs"}, "is not one of the available choices"),
        ({"whose": ""}, "This field is required."),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(sign_in, ann, bob, values, sentence):
    page = new(sign_in(ann), **{"whose": f"u{bob.pk}", **values})
    assert page.status_code == 422
    assert sentence in page.text
    for name, typed in {"month": get_current_month().name, "target": "10", **values}.items():
        if name in ("month", "target"):
            assert f'value="{typed}"' in page.text or not typed
    assert not Goal.objects.exists()


def test_revenue_has_cents(sign_in, ann, bob):
    new(sign_in(ann), whose=f"u{bob.pk}", measure="revenue", target="1500.50")
    assert Goal.objects.get().target == Decimal("1500.50")


def test_a_goal_that_is_set_already_gets_a_sentence(sign_in, goal, ann, bob):
    goal(user=bob)
    page = new(sign_in(ann), whose=f"u{bob.pk}", target="44")
    assert page.status_code == 422
    assert "This goal is already set for this month." in page.text
    assert 'value="44"' in page.text
    assert Goal.objects.get().target == 10


@pytest.mark.parametrize("month", ["soon", "2026-13", "0000-01", "9999-12", "1999-12", "2026-1-1"])
def test_a_month_that_is_none_gets_a_sentence_on_the_page(sign_in, ann, month):
    browser = sign_in(ann)
    for page in (browser.get(PAGE, {"month": month}), browser.get(f"{PAGE}/file", {"month": month})):
        assert page.status_code == 422
        assert "Enter a month" in page.text
    assert browser.get(f"{PAGE}/new", {"month": month}).status_code == 200
    page = browser.post(f"{PAGE}/copy?month={month}", follow=True)
    assert "Enter a month" in page.text


def test_the_first_and_the_last_month_have_pages(sign_in, ann):
    browser = sign_in(ann)
    for month in ("2000-01", get_current_month().shift(24).name):
        assert browser.get(PAGE, {"month": month}).status_code == 200
        assert browser.get(f"{PAGE}/new", {"month": month}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"target": 0}, {"month": date(2026, 5, 2)}, {"target": Decimal("1.5")}, {"both": True}, {}],
)
def test_the_database_refuses_a_goal_that_no_form_writes(goal, bob, departments, wrong):
    values = {"user": bob, **wrong}
    if values.pop("both", False):
        values["department"] = departments.sales
    if not wrong:
        goal(user=bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        goal(**values)


def test_goals_of_a_deactivated_user_stay_and_no_new_ones_can_be_set(sign_in, goal, ann, bob):
    goal(user=bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    browser = sign_in(ann)
    page = browser.get(PAGE)
    assert "Bob" in page.text
    assert "Not active" in page.text
    assert new(browser, whose=f"u{bob.pk}", measure="won").status_code == 422
    assert Goal.objects.count() == 1


def test_the_pages_that_deactivate_a_user_and_retire_a_department_name_their_goals(sign_in, goal, ada, bob):
    goal(user=bob)
    goal("won", user=bob)
    goal(user=bob, month=date(2020, 1, 1))
    support = Department.objects.create(name="Support")
    goal(department=support)
    browser = sign_in(ada)
    assert "2 goals of this month or later" in browser.get(reverse("user_deactivate", args=[bob.pk])).text
    page = browser.get(reverse("department_retire", args=[support.pk]))
    assert "1 goal of this month or later" in page.text


def test_the_goals_of_the_month_before_are_copied_without_those_that_are_set_or_gone(
    sign_in, goal, ann, bob, ben, dan, departments
):
    before = {"month": get_current_month().shift(-1).first}
    goal(user=bob, target=3, **before)
    goal("won", user=bob, target=4, **before)
    goal(department=departments.sales, target=5, **before)
    goal(user=ben, target=6, **before)
    goal(user=dan, target=7, **before)
    goal("won", user=bob, target=40)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    browser = sign_in(ann)
    assert "Copy last month’s goals" in browser.get(PAGE).text
    page = browser.post(f"{PAGE}/copy?month={get_current_month().name}", follow=True)
    assert "2 goals copied. 1 was already set. 1 skipped" in page.text
    found = {
        (row.label, row.measure): row.target
        for row in Goal.objects.in_month(get_current_month().first).with_names()
    }
    assert found == {("Bob", "leads"): 3, ("Bob", "won"): 40, ("Sales", "leads"): 5}
    assert "Copy last month’s goals" not in browser.get(PAGE).text
    copied = Operation.objects.get(kind="copy_goals")
    assert (copied.changed, describe_operation(copied)) == (2, f"Copy 2 goals to {get_current_month().title}")
    revert_operation(copied, by=ann)
    assert [row.target for row in Goal.objects.in_month(get_current_month().first)] == [40]


def test_nothing_to_copy_says_so_and_records_nothing(sign_in, ann):
    page = sign_in(ann).post(f"{PAGE}/copy?month={get_current_month().name}", follow=True)
    assert "There are no goals in the month before that you can copy." in page.text
    assert not Operation.objects.filter(kind="copy_goals").exists()
