"""Assignment rules for leads that come in: by the APIs, by import, added by a user."""

import pytest

from crm.models import Import, Notification, Operation
from crm.records.custom_fields.deletion import delete_custom_field
from leads.assignment import new_leads
from leads.models import AssignmentRule, AssignmentRun, Lead
from tests.crm.records.editing.test_forms import filled
from tests.crm.transfer.imports.importing import choose, page, upload, work
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.leads.assignment.assigning import come_in, make_rule, rule_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def imported_by(browser, rows, **chosen) -> Import:
    found = upload(browser, rows)
    choose(browser, found, "columns", **chosen)
    browser.post(page(found, "plan"), {"apply": found.counts["made"]})
    work()
    found.refresh_from_db()
    return found


def test_an_import_assigns_new_leads_without_an_owner_in_one_run(sign_in, ann, bob, ben, make_lead):
    make_rule("Romania", "country=RO", user=bob)
    known = make_lead("Eva Stone", email="eva@example.com", country="RO")
    rows = [
        ["Name", "Email", "Country", "Owner"],
        ["Ana Albu", "ana@example.com", "RO", ""],
        ["Ion Pop", "ion@example.com", "RO", "ben@example.com"],
        ["Jan Novák", "jan@example.com", "CZ", ""],
        ["Eva Stone", "eva@example.com", "RO", ""],
    ]
    found = imported_by(sign_in(ann), rows, by_rules="on")
    owners = {lead.email: lead.owner for lead in Lead.objects.all()}
    assert owners == {
        "ana@example.com": bob,
        "ion@example.com": ben,
        "jan@example.com": None,
        "eva@example.com": None,
    }
    run = AssignmentRun.objects.get()
    assert (run.operation, run.leads, run.assigned) == (found.operation, 2, 1)
    assert known.owner is None


def test_an_import_assigns_nothing_unless_the_user_asks(sign_in, ann, bob):
    make_rule("Romania", user=bob)
    imported_by(sign_in(ann), [["Name", "Email"], ["Ana Albu", "ana@example.com"]])
    assert Lead.objects.get().owner is None


def test_the_import_only_offers_rules_if_there_are_any_for_imports(sign_in, ann, bob):
    browser = sign_in(ann)
    found = upload(browser, [["Name", "Email"], ["Ana Albu", "ana@example.com"]])
    assert "by_rules" not in browser.get(page(found, "columns")).context["form"].fields
    make_rule("Forms", ways=["form"], user=bob)
    assert "by_rules" not in browser.get(page(found, "columns")).context["form"].fields
    make_rule("Imports", ways=["import"], user=bob)
    assert "by_rules" in browser.get(page(found, "columns")).context["form"].fields


def test_an_import_of_many_rows_is_one_run_with_one_line_and_one_notification(sign_in, ann, bob):
    make_rule("Romania", user=bob)
    rows = [["Name", "Email"], *([f"Ana {number}", f"ana{number}@example.com"] for number in range(60))]
    found = imported_by(sign_in(ann), rows, by_rules="on")
    run = AssignmentRun.objects.get()
    assert (run.operation, run.leads, run.assigned) == (found.operation, 60, 60)
    assert Notification.objects.get(user=bob, kind="assigned").parameters["count"] == 60


def test_rules_reordered_during_an_import_count_from_the_next_one(sign_in, ann, ada, bob, ben, monkeypatch):
    first, second = make_rule("First", user=bob), make_rule("Second", user=ben)
    plan_by, browser, others = new_leads.build_plan_by_rules, sign_in(ann), sign_in(ada)

    def reordered(rules, *arguments, **keywords):
        """Someone drags the second rule to the beginning while the import is between its rules and its leads."""
        (answer,) = in_threads(lambda: others.post("/admin/rules/order", {"row": second.pk, "after": ""}))
        assert answer.status_code == 302
        return plan_by(rules, *arguments, **keywords)

    monkeypatch.setattr(new_leads, "build_plan_by_rules", reordered)
    rows = [["Name", "Email"], *([f"Ana {number}", f"ana{number}@example.com"] for number in range(10))]
    imported_by(browser, rows, by_rules="on")
    monkeypatch.undo()
    assert list(AssignmentRule.objects.in_order()) == [second, first]
    assert set(Lead.objects.values_list("owner", flat=True)) == {bob.pk}
    imported_by(browser, [["Name", "Email"], ["Ion Pop", "ion@example.com"]], by_rules="on")
    assert Lead.objects.get(email="ion@example.com").owner == ben


def test_a_rule_on_a_field_that_was_deleted_assigns_nothing_more(ada, bob, make_lead, make_field):
    field = make_field("Segment")
    make_rule("Retail", f"{field.name}.is=retail", user=bob)
    make_rule("Not retail", f"vip=yes&any.{field.name}.is=retail&any.country=RO", user=bob)
    lead, other = (make_lead(name, vip=True, country="RO") for name in ("Ana Albu", "Ion Pop"))
    come_in([lead])
    assert lead.owner == bob
    delete_custom_field(field.definition, by=ada)
    come_in([other])
    assert other.owner is None


def test_a_lead_that_a_user_adds_keeps_the_owner_whom_they_chose(
    sign_in, ann, bob, statuses, sources, departments
):
    make_rule("Everyone", user=bob)
    form = filled(
        owner=ann.pk, status=statuses.new.pk, source=sources.website.pk, department=departments.sales.pk
    )
    assert sign_in(ann).post("/admin/leads/new", form).status_code == 302
    assert Lead.objects.get().owner == ann
    assert not AssignmentRun.objects.exists()
    assert Operation.objects.filter(kind="add").count() == 1
    assert rule_of(Lead.objects.get()) == ""
