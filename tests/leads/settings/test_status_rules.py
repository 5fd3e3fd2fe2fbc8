"""The one status for new leads, and the category, contract and order of statuses."""

import pytest
from django.db import IntegrityError, transaction

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Status
from leads.settings.forms.settings_forms import set_default_status
from leads.verbs import Move
from tests.leads.settings.test_statuses import LIST, new, sent


def defaults() -> list[str]:
    return list(Status.objects.of_leads().filter(is_default=True).values_list("name", flat=True))


def test_moving_the_mark_for_new_leads_to_another_status_is_one_operation(sign_in, ada, statuses):
    sign_in(ada).post(f"{LIST}/{statuses.contacted.pk}/edit", sent(statuses.contacted, is_default="on"))
    assert defaults() == ["Contacted"]
    record = Operation.objects.get(kind="edit_status")
    assert record.changed == 2
    revert_operation(record, by=ada)
    assert defaults() == ["New"]


def test_an_undo_does_not_restore_the_mark_once_it_has_moved_on(ada, statuses):
    with operation("edit_status", by=ada, changed=2) as first:
        set_default_status(statuses.contacted)
    with operation("edit_status", by=ada, changed=2):
        set_default_status(statuses.qualified)
    outcome = revert_operation(first, by=ada)
    assert defaults() == ["Qualified"]
    assert set(outcome.kept.get("status", {})) <= {"default_changed", "changed_since"}


def test_an_undo_does_not_restore_the_mark_to_a_retired_status(ada, statuses):
    with operation("edit_status", by=ada, changed=2) as first:
        set_default_status(statuses.contacted)
    with operation("edit_status", by=ada):
        Status.objects.filter(pk=statuses.new.pk).update(retired=True)
    revert_operation(first, by=ada)
    assert defaults() == ["Contacted"]


def test_a_new_status_for_new_leads_is_undone_together_with_the_mark(sign_in, ada):
    sign_in(ada).post(f"{LIST}/new", new(kind="new", is_default="on"))
    assert defaults() == ["Waiting for budget"]
    revert_operation(Operation.objects.get(kind="add_status"), by=ada)
    assert defaults() == ["New"]
    assert Status.objects.get(name="Waiting for budget").retired


def test_the_mark_cannot_be_removed_without_setting_it_on_another_status(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.new.pk}/edit", sent(statuses.new, is_default=None))
    assert answer.status_code == 422
    assert "New leads need a default status." in answer.context["form"].errors["is_default"][0]
    assert defaults() == ["New"]


@pytest.mark.parametrize(("field", "value"), [("retired", "on"), ("kind", "lost")])
def test_the_status_for_new_leads_stays_open_and_in_use(field, value, sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.new.pk}/edit", sent(statuses.new, **{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_an_undo_never_retires_or_closes_the_status_for_new_leads(ada, make_status):
    status = make_status("Again", kind="lost", retired=True)
    with operation("edit_status", by=ada, changed=1) as opened:
        Status.objects.filter(pk=status.pk).update(kind="new", retired=False)
    with operation("edit_status", by=ada):
        set_default_status(status)
    outcome = revert_operation(opened, by=ada)
    status.refresh_from_db()
    assert (status.kind, status.retired, status.is_default) == ("new", False, True)
    assert outcome.kept == {"status": {"is_default": [status.pk]}}


def test_the_database_rejects_a_second_a_retired_or_a_closed_default(statuses):
    for values in ({"is_default": True}, {"is_default": True, "retired": True}):
        with pytest.raises(IntegrityError), transaction.atomic(), operation("test", by=None):
            Status.objects.filter(pk=statuses.contacted.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic(), operation("test", by=None):
        Status.objects.filter(pk=statuses.new.pk).update(kind="won")


# The category


def test_changing_the_category_of_a_status_with_leads_asks_for_confirmation(
    sign_in, ada, statuses, make_lead
):
    lead = make_lead(status="proposal")
    browser, address = sign_in(ada), f"{LIST}/{statuses.proposal.pk}/edit"
    answer = browser.post(address, sent(statuses.proposal, kind="won"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "1 lead is in this status." in page
    assert "They’ll count as won but won’t have a won date, because they never entered a won status." in page
    statuses.proposal.refresh_from_db()
    assert statuses.proposal.kind == "proposal"
    browser.post(address, sent(statuses.proposal, kind="won", confirmed="on"))
    lead.refresh_from_db()
    assert lead.status.kind == "won"
    assert lead.converted_at is None


def test_changing_the_category_of_an_empty_status_asks_for_no_confirmation(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.proposal.pk}/edit", sent(statuses.proposal, kind="won"))
    assert answer.status_code == 302


# The contract


def test_changed_required_fields_apply_to_every_later_move(sign_in, ada, ann, statuses, make_lead):
    inside = make_lead("Ana Inside", status="qualified")
    outside = make_lead("Ana Outside")
    sign_in(ada).post(
        f"{LIST}/{statuses.qualified.pk}/edit",
        sent(statuses.qualified, required_fields=["company"], confirmed="on"),
    )
    status = Status.objects.get(pk=statuses.qualified.pk)
    outcome = carry_out(Move(status), Lead.objects.present().changeable_by(ann), by=ann)
    assert outcome.refused == {"needs:company": [outside.pk]}
    assert outcome.unchanged == [inside.pk]
    page = sign_in(ada).get(f"{LIST}/{status.pk}").content.decode()
    assert "In this status without company: 1 lead." in page
    assert "Required to enter: company." in page


# The order


def names_in_order() -> list[str]:
    return list(Status.objects.in_order().values_list("name", flat=True))


def test_moving_a_status_one_step_is_one_operation(sign_in, ada, statuses):
    browser = sign_in(ada)
    browser.post(f"{LIST}/order", {"down": statuses.new.pk})
    assert names_in_order()[:3] == ["Contacted", "New", "Qualified"]
    record = Operation.objects.get(kind="edit_status")
    revert_operation(record, by=ada)
    assert names_in_order()[:3] == ["New", "Contacted", "Qualified"]


def test_a_step_skips_retired_statuses(sign_in, ada, statuses, make_status):
    make_status("Hidden", retired=True, position=statuses.contacted.position)
    sign_in(ada).post(f"{LIST}/order", {"up": statuses.qualified.pk})
    shown = [row.name for row in Status.objects.active().in_order()]
    assert shown[:3] == ["New", "Qualified", "Contacted"]


def test_the_first_status_cannot_move_up_and_unknown_directions_are_not_found(sign_in, ada, statuses):
    browser = sign_in(ada)
    answer = browser.post(f"{LIST}/order", {"up": statuses.new.pk}, follow=True)
    assert "Nothing was changed." in answer.content.decode()
    for value in ("999999", "x", "", "9" * 30):
        assert browser.post(f"{LIST}/order", {"up": value}).status_code == 404
    assert browser.get(f"{LIST}/order").url == LIST


def test_changing_the_order_requires_the_permission(sign_in, someone_with, statuses):
    browser = sign_in(someone_with("view_status", "add_status", "delete_status"))
    assert browser.post(f"{LIST}/order", {"down": statuses.new.pk}).status_code == 403
    assert names_in_order()[0] == "New"
