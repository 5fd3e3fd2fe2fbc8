"""The allowed next statuses of a status: checked whatever the way in, shown wherever a status is chosen."""

import pytest

from crm.models import Operation, PlannedRow
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead, Status
from leads.settings.retirement import RowRetirement
from leads.statuses import status_contract
from tests.crm.records.editing.test_forms import filled
from tests.crm.transfer.imports.importing import choose, upload
from tests.leads.settings.test_statuses import LIST, sent
from tests.leads.verbs.test_rules_everywhere import changeable


@pytest.fixture
def narrow(statuses):
    """Leads can go from New to Contacted only."""
    return only_next(statuses.new, statuses.contacted)


def only_next(status, *others):
    with operation("test", by=None):
        Status.objects.filter(pk=status.pk).update(next_statuses=[other.pk for other in others])
    status.refresh_from_db()
    return status


@pytest.mark.parametrize("verb", [verbs.Move, lambda status: verbs.Edit({"status": status})])
def test_a_lead_moves_only_to_the_next_statuses_of_its_own(ann, make_lead, statuses, narrow, verb):
    new, qualified = make_lead(), make_lead(status="qualified")
    outcome = carry_out(verb(statuses.proposal), changeable(ann), by=ann)
    assert (outcome.changed, outcome.refused) == ([qualified.pk], {"not_next": [new.pk]})
    assert carry_out(verb(statuses.contacted), changeable(ann), by=ann).refused == {}


def test_a_lead_may_stay_where_it_is(ann, make_lead, statuses, narrow):
    lead = make_lead()
    outcome = carry_out(verbs.Edit({"status": statuses.new, "city": "Cluj"}), changeable(ann), by=ann)
    assert outcome.changed == [lead.pk]


def test_undo_returns_a_lead_whatever_the_rules_say_now(ann, make_lead, statuses):
    lead = make_lead()
    record = carry_out(verbs.Move(statuses.contacted), changeable(ann), by=ann).operation
    only_next(statuses.contacted, statuses.qualified)
    revert_operation(record, by=ann)
    lead.refresh_from_db()
    assert lead.status == statuses.new


def test_another_pipeline_can_be_entered_from_anywhere(ann, make_lead, statuses, renewals, narrow):
    lead = make_lead()
    (first,) = Status.objects.of_pipeline(renewals.pk).in_order()[:1]
    outcome = carry_out(verbs.ChangePipeline(((statuses.new, first),)), changeable(ann), by=ann)
    assert outcome.changed == [lead.pk]


def test_the_menu_the_form_and_the_path_offer_only_what_is_allowed(ann, make_lead, statuses, narrow, sign_in):
    lead, browser = make_lead(), sign_in(ann)
    menu = browser.get(f"/admin/leads/{lead.pk}/inline/status")
    assert [row.key for row in menu.context["statuses"]] == ["new", "contacted"]
    form = browser.get(f"/admin/leads/{lead.pk}/edit").context["form"]
    assert {row.key for row in form.fields["status"].queryset} == {"new", "contacted"}
    path = browser.get(f"/admin/leads/{lead.pk}").context["path"]
    assert [step.status.key for step in path if step.allowed] == ["new", "contacted"]


def test_a_form_that_sends_another_status_is_refused(ann, make_lead, statuses, narrow, sign_in):
    lead, browser = make_lead(), sign_in(ann)
    browser.post(f"/admin/leads/{lead.pk}/edit", filled(lead, status=statuses.won.pk))
    said = browser.post(f"/admin/leads/{lead.pk}/move", {"status": statuses.won.pk}, follow=True)
    assert "Leads can’t move to this status from their current one." in said.text
    lead.refresh_from_db()
    assert lead.status == statuses.new


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_an_import_names_the_rows_that_would_break_the_rule(ada, make_lead, statuses, narrow, sign_in):
    browser, rows = sign_in(ada), [["Lead id", "Status"], [make_lead().pk, "Proposal"]]
    imported = choose(browser, upload(browser, rows), "columns", column_0="id")
    said = "Proposal: Leads can’t move to this status from their current one."
    assert said in str(PlannedRow.objects.get(of=imported).errors)


def test_the_rules_of_one_lead_say_the_same(statuses, narrow):
    assert status_contract.get_broken_rules(statuses.won, {"lost_reason": None}, leaving=statuses.new) == [
        "not_next"
    ]
    assert status_contract.get_broken_rules(statuses.contacted, {}, leaving=statuses.new) == []


def test_an_administrator_chooses_the_next_statuses(sign_in, ada, statuses):
    browser, address = sign_in(ada), f"{LIST}/{statuses.new.pk}/edit"
    data = sent(statuses.new, next_statuses=[statuses.contacted.pk, statuses.lost.pk])
    browser.post(address, data)
    statuses.new.refresh_from_db()
    assert statuses.new.next_statuses == [statuses.contacted.pk, statuses.lost.pk]
    assert "From here, a record can move to Contacted, Lost." in browser.get(f"{LIST}/{statuses.new.pk}").text
    revert_operation(Operation.objects.get(kind="edit_status"), by=ada)
    statuses.new.refresh_from_db()
    assert statuses.new.next_statuses == []


def test_a_status_of_another_pipeline_or_itself_cannot_be_the_next_one(sign_in, ada, statuses, renewals):
    foreign = Status.objects.of_pipeline(renewals.pk).first()
    for pk in (foreign.pk, statuses.new.pk, 0):
        answer = sign_in(ada).post(f"{LIST}/{statuses.new.pk}/edit", sent(statuses.new, next_statuses=[pk]))
        assert answer.status_code == 422


def test_the_rules_that_lead_to_a_deleted_status_lead_to_its_successor(ada, statuses, narrow):
    from leads.settings.settings_tables import SETTINGS_TABLES

    record = RowRetirement(SETTINGS_TABLES["status"], statuses.contacted.pk, statuses.qualified.pk).carry_out(
        by=ada
    )
    narrow.refresh_from_db()
    assert narrow.next_statuses == [statuses.qualified.pk]
    revert_operation(record, by=ada)
    narrow.refresh_from_db()
    assert narrow.next_statuses == [statuses.contacted.pk]


def test_the_leads_that_break_a_new_rule_are_listed_before_it_is_saved(sign_in, ada, make_lead, statuses):
    lead = make_lead("Ana Empty", owner=None)
    complete = make_lead(
        "Dan Full", owner=ada, city="Cluj", country="RO", value=5, description="Met at a fair"
    )
    browser, address = sign_in(ada), f"{LIST}/{statuses.new.pk}/edit"
    data = sent(statuses.new, required_fields=["city", "country", "owner", "value", "description"])
    answer = browser.post(address, data)
    assert answer.status_code == 422
    assert "In this status without city: 1 lead." in answer.text
    for broken in answer.context["form"].broken:
        listed = browser.get(broken.address).text
        assert (str(lead) in listed, str(complete) in listed) == (True, False), broken.address
    browser.post(address, data | {"confirmed": "on"})
    statuses.new.refresh_from_db()
    assert statuses.new.required_fields[0] == "city"


# Filling in what the next status requires


@pytest.fixture
def demanding(statuses):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.contacted.pk).update(required_fields=["city", "phone"])


def test_filling_in_leaves_the_lead_in_its_status(ann, make_lead, demanding, statuses, sign_in):
    lead = make_lead()
    sent_data = {"status": statuses.contacted.pk, "version": lead.version, "city": "Iași", "phone": ""}
    sign_in(ann).post(f"/admin/leads/{lead.pk}/fill-in", sent_data)
    lead.refresh_from_db()
    assert (lead.city, lead.phone, lead.status) == ("Iași", "", statuses.new)


def test_only_fields_that_the_status_requires_can_be_filled_in(ann, make_lead, demanding, statuses, sign_in):
    lead = make_lead()
    sign_in(ann).post(
        f"/admin/leads/{lead.pk}/fill-in", {"status": statuses.contacted.pk, "company": "Other"}
    )
    lead.refresh_from_db()
    assert lead.company == ""


def test_filling_in_what_a_colleague_has_filled_in_shows_both(
    ann, oscar, make_lead, demanding, statuses, sign_in
):
    lead = make_lead()
    browser, seen = sign_in(ann), lead.version
    carry_out(verbs.Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=oscar)
    data = {"status": statuses.contacted.pk, "version": seen, "city": "Iași"}
    answer = browser.post(f"/admin/leads/{lead.pk}/fill-in", data)
    assert answer.status_code == 409
    assert "Cluj" in answer.text
    assert "Iași" in answer.text


def test_a_value_that_is_not_valid_is_said_and_kept(ann, make_lead, demanding, statuses, sign_in):
    lead = make_lead()
    data = {"status": statuses.contacted.pk, "version": lead.version, "city": "x" * 500}
    answer = sign_in(ann).post(f"/admin/leads/{lead.pk}/fill-in", data)
    assert answer.status_code == 422
    assert "x" * 500 in answer.text
