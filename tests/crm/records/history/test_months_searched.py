"""What knows since when there can be changes of an operation looks into no older month, however many there are."""

import pytest
from django.utils import timezone

from crm.api.webhooks.webhook_delivery import queue_deliveries_of_operation
from crm.models import Change, Import, Tag, Task, Webhook
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead
from tests.crm.scaling.months.searched import long_before
from tests.leads.assignment.assigning import come_in, make_rule

LIST = "/admin/operations"


@pytest.fixture
def leads(make_lead, make_tag, bob):
    """One of them has a task."""
    hot = make_tag("hot")
    return [make_lead("Ana One", owner=bob, tags=[hot.pk]), make_lead("Ana Two", next_action="Call")]


VERBS = {
    "a move": lambda statuses: verbs.Move(statuses.contacted),
    "a next action": lambda statuses: verbs.SetNextAction("Visit", None),
    "tags": lambda statuses: verbs.RemoveTags((Tag.objects.get(),)),
    "a deletion": lambda statuses: verbs.Delete(),
    "an edit": lambda statuses: verbs.Edit({"city": "Iași", "email": "new@example.com"}),
}


@pytest.mark.parametrize("name", VERBS)
def test_an_undo_and_its_preview_look_into_the_months_since_the_operation(name, leads, statuses, ada):
    record = carry_out(VERBS[name](statuses), Lead.objects.changeable_by(ada), by=ada).operation
    with long_before() as found:
        preview_undo(record, ada)
        again = revert_operation(record, by=ada).operation
        revert_operation(again, by=ada)
    assert found == []


def test_so_does_the_undo_of_a_permanent_deletion_with_tasks(leads, ada):
    carry_out(verbs.Delete(), Lead.objects.changeable_by(ada), by=ada)
    record = carry_out(verbs.Purge(), Lead.objects.in_trash().changeable_by(ada), by=ada).operation
    with long_before() as found:
        revert_operation(record, by=ada)
    assert found == []
    assert Task.objects.count() == 1


def test_so_does_the_undo_of_what_rules_assigned(make_lead, ada, bob):
    make_rule("Romania", user=bob)
    lead = make_lead("Ion Pop")
    come_in([lead], "import", by=ada)
    assigned = Change.objects.with_field("owner_id").latest("pk").operation_id
    with long_before() as found:
        carry_out(verbs.UndoAssignment(of=assigned), Lead.objects.filter(pk=lead.pk), by=ada)
    assert found == []
    assert Lead.objects.get(pk=lead.pk).owner is None


def test_a_lead_that_is_added_with_a_next_action_looks_into_no_month(make_lead):
    with long_before() as found:
        for name in "ABCDEFGH":
            make_lead(name, next_action="Call")
    assert found == []


@pytest.mark.parametrize("one", [True, False], ids=["of one lead", "of two"])
def test_the_list_of_changes_and_the_page_of_one_look_into_the_months_since_the_first_of_them(
    one, leads, ada, sign_in
):
    rows = Lead.objects.changeable_by(ada)
    record = carry_out(verbs.SetVip(True), rows.filter(pk=leads[0].pk) if one else rows, by=ada).operation
    browser = sign_in(ada)
    with long_before() as found:
        assert "Ana One" in browser.get(f"{LIST}/{record.pk}").text
        assert browser.get(LIST).status_code == 200
    assert found == []


@pytest.fixture
def imported(make_lead, ada):
    lead = make_lead("Ana Pop")
    with operation("import", by=ada) as record:
        Lead.objects.filter(pk=lead.pk).update(city="Cluj")
    done = Import.objects.create(
        user=ada, name="fair.xlsx", table="lead", state="done", operation=record, ended_at=timezone.now()
    )
    return lead, done


def test_the_list_of_the_leads_of_an_import_looks_into_the_months_since_the_import(imported, ada, sign_in):
    lead, done = imported
    browser = sign_in(ada)
    with long_before() as found:
        assert lead.last_name in browser.get(f"/admin/leads?imported={done.pk}").text
    assert found == []


@pytest.mark.parametrize("period", ["last90", "last_year", "all"])
def test_the_report_of_imports_looks_into_the_months_since_the_first_import(period, imported, ada, sign_in):
    browser = sign_in(ada)
    with long_before() as found:
        assert browser.get(f"/admin/reports/imports?period={period}").status_code == 200
    assert found == []


def test_a_webhook_looks_into_the_months_since_the_change(leads, ada):
    Webhook.objects.create(user=ada, url="https://example.com", secret="s" * 40)
    with operation("test", by=ada, table="lead") as record:
        Lead.objects.filter(pk=leads[0].pk).update(city="Cluj")
    with long_before() as found:
        queue_deliveries_of_operation(record.pk)
    assert found == []


def test_what_does_not_know_the_time_looks_into_all_months(leads, ada, sign_in):
    browser = sign_in(ada)
    with long_before() as found:
        browser.get(f"/admin/leads/{leads[0].pk}")
    assert "crm_change" in found[0]
