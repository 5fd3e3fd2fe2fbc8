"""The lost reasons' settings: who may open them, names, order, and the one that the APIs set."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from customers.deals.forms import DealForm
from customers.models import Deal
from leads.actions import StatusForm
from leads.forms import LeadForm
from leads.models import Lead, LostReason

LIST = "/admin/leads/lost-reasons"
RIGHTS = ["view_lostreason", "add_lostreason", "change_lostreason", "delete_lostreason"]
PAGES = {
    "list": (LIST, "view_lostreason"),
    "new": (f"{LIST}/new", "add_lostreason"),
    "edit": (f"{LIST}/%d", "change_lostreason"),
    "bulk retire": ("/admin/leads/lost-reasons/bulk?action=retire&row=%d", "change_lostreason"),
    "bulk export": ("/admin/leads/lost-reasons/bulk?action=export&row=%d", "view_lostreason"),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_requires_its_permission(page, sign_in, someone_with, reasons):
    address, right = PAGES[page]
    address = address % reasons.budget.pk if "%d" in address else address
    assert sign_in(someone_with(right)).get(address).status_code == 200
    others = [name for name in RIGHTS if name != right]
    assert sign_in(someone_with(*others, name="mallory")).get(address).status_code == 403


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_sales_reps_do_not_see_the_settings(name, cast, sign_in):
    assert sign_in(getattr(cast, name)).get(LIST).status_code == 403


def test_a_reason_is_added_last_renamed_and_undone(sign_in, ada, reasons):
    browser = sign_in(ada)
    browser.post(f"{LIST}/new", {"name": "Moved away"})
    reason = LostReason.objects.get(name="Moved away")
    assert list(LostReason.objects.in_order())[-1] == reason
    browser.post(f"{LIST}/{reason.pk}", {"name": "Gone", "version": reason.version})
    revert_operation(Operation.objects.get(kind="edit_lost_reason"), by=ada)
    reason.refresh_from_db()
    assert reason.name == "Moved away"
    revert_operation(Operation.objects.get(kind="add_lost_reason"), by=ada)
    reason.refresh_from_db()
    assert reason.retired


@pytest.mark.parametrize("name", ["", "no budget", "x" * 101])
def test_a_bad_name_is_an_error_on_its_field(name, sign_in, ada):
    answer = sign_in(ada).post(f"{LIST}/new", {"name": name})
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors


def test_the_order_changes_one_step_at_a_time_and_back(sign_in, ada, reasons):
    browser = sign_in(ada)
    first, second = list(LostReason.objects.in_order())[:2]
    browser.post(f"{LIST}/order", {"up": second.pk})
    assert list(LostReason.objects.in_order())[:2] == [second, first]
    revert_operation(Operation.objects.get(kind="edit_lost_reason"), by=ada)
    assert list(LostReason.objects.in_order())[:2] == [first, second]


def test_changing_the_order_requires_the_permission(sign_in, someone_with, reasons):
    browser = sign_in(someone_with("view_lostreason", "add_lostreason", "delete_lostreason"))
    assert browser.post(f"{LIST}/order", {"down": reasons.competitor.pk}).status_code == 403


def test_the_api_reason_cannot_be_retired_by_form_or_in_bulk(sign_in, ada, reasons):
    browser, reason = sign_in(ada), reasons.not_stated
    form = {"name": reason.name, "retired": "on", "version": reason.version}
    answer = browser.post(f"{LIST}/{reason.pk}", form)
    assert answer.status_code == 422
    assert "retired" in answer.context["form"].errors
    browser.post(f"/admin/leads/lost-reasons/bulk?action=retire&row={reason.pk}&row={reasons.budget.pk}")
    assert list(LostReason.objects.filter(retired=True)) == [reasons.budget]


def test_a_shipped_reason_is_translated_until_it_is_renamed(reasons, monkeypatch):
    monkeypatch.setattr("leads.models.lost_reason.gettext", lambda text: f"[{text}]")
    reason = reasons.budget
    assert reason.label == "[No budget]"
    reason.name = "Too dear"
    assert reason.label == "Too dear"


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda user: LeadForm(user=user, instance=Lead()), "lost_reason"),
        (lambda user: DealForm(user=user, instance=Deal()), "lost_reason"),
        (lambda user: StatusForm(user=user), "reason"),
    ],
    ids=["lead", "deal", "bulk"],
)
def test_an_empty_choice_of_a_reason_does_not_read_like_a_reason(make, name, ada):
    field = make(ada).fields[name]
    assert field.empty_label == "Choose…"
    assert not field.required
