"""Companies: the second record type has all shared features, and one operation changes both types."""

import io

import openpyxl
import pytest

from crm.models import Change, Job, Operation, SavedView
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import get_undo_obstacle
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Edit
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from customers.companies.kind import COMPANY
from customers.models import Company
from leads.models import Lead
from tests.accounts.users.leaving import to
from tests.api.conftest import Program, make_token
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, verdicts, work, workbook
from tests.reading import close_up

LIST = "/admin/companies"


@pytest.fixture
def two(make_company, bob):
    return make_company("Ștefan Steel", domain="steel.example", owner=bob), make_company("Alba", country="RO")


def changeable(user):
    return Company.objects.present().changeable_by(user)


def test_the_list_sorts_searches_and_filters(two, ann, sign_in):
    browser = sign_in(ann)
    page = browser.get(f"{LIST}?sort=name").text
    assert page.index("Alba") < page.index("Ștefan Steel")
    for query, found, other in [("q=stefan", "Ștefan", "Alba"), ("country=RO", "Alba", "Ștefan")]:
        page = browser.get(f"{LIST}?{query}").text
        assert found in page
        assert other not in page


def test_a_rep_sees_their_own_and_unassigned_companies_of_the_department(
    two, ben, dan, make_company, sign_in
):
    page = sign_in(ben).get(LIST).text
    assert "Alba" in page
    assert "Ștefan" not in page
    assert sign_in(dan).get(f"{LIST}/{two[1].pk}").status_code == 404


def test_a_company_is_added_edited_and_shown_on_its_timeline(ann, departments, sign_in):
    browser = sign_in(ann)
    values = {"name": "Omnia", "domain": "omnia.example", "department": departments.sales.pk}
    answer = browser.post(f"{LIST}/new", values)
    company = Company.objects.get()
    assert answer["Location"] == f"{LIST}/{company.pk}"
    browser.post(f"{LIST}/{company.pk}/edit", values | {"name": "Omnia SRL", "version": company.version})
    page = browser.get(f"{LIST}/{company.pk}").text
    assert "<ins>Omnia SRL</ins>" in page
    assert "created this company" in page


def test_invalid_input_is_an_error_on_its_field(ann, departments, sign_in):
    answer = sign_in(ann).post(f"{LIST}/new", {"domain": "no domain", "department": departments.sales.pk})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "domain"}
    assert not Company.objects.exists()


def test_two_users_who_edit_at_once_see_the_conflict(two, ann, oscar, departments, sign_in):
    company = two[0]
    carry_out(Edit({"domain": "other.example"}), changeable(oscar).filter(pk=company.pk), by=oscar)
    data = {"name": company.name, "domain": "mine.example", "department": departments.sales.pk}
    answer = sign_in(ann).post(f"{LIST}/{company.pk}/edit", data | {"version": company.version})
    assert answer.status_code == 409
    assert "other.example" in answer.text


def test_the_domain_is_changed_in_place(two, ann, sign_in):
    sign_in(ann).post(f"{LIST}/{two[1].pk}/inline/domain", {"domain": "alba.example"})
    assert Company.objects.get(pk=two[1].pk).domain == "alba.example"


def test_a_bulk_change_has_a_preview_and_an_undo(two, ann, sign_in):
    browser = sign_in(ann)
    address = browser.post(f"{LIST}/bulk?all=1", {"action": "share", "all": "1"})["Location"]
    assert "<b>2</b>will change" in close_up(browser.get(address).text)
    browser.post(address)
    record = Operation.objects.get(kind="share")
    assert "Ștefan Steel" in browser.get(f"/admin/operations/{record.pk}").text
    revert_operation(record, by=ann)
    assert not Company.objects.filter(shared=True).exists()


def test_deleted_companies_are_in_trash_until_they_are_restored(two, ann, sign_in):
    browser = sign_in(ann)
    browser.post(f"{LIST}/{two[1].pk}/delete")
    assert "Alba" in browser.get(f"{LIST}/trash").text
    assert "Alba" not in browser.get(LIST).text
    browser.post(f"{LIST}/{two[1].pk}/restore")
    assert changeable(ann).count() == 2


def test_a_saved_view_of_companies_is_not_one_of_leads(two, ann, sign_in):
    browser = sign_in(ann)
    browser.post(f"{LIST}/views/new?country=RO", {"name": "Romania"})
    view = SavedView.objects.get(table="company")
    assert "Romania" in browser.get(f"{LIST}?{view.address}").text
    assert "Romania" not in browser.get("/admin/leads/views").text


def test_the_palette_finds_leads_and_companies(two, make_lead, ann, sign_in):
    make_lead("Jan Steel")
    page = sign_in(ann).get("/admin/jump?q=steel").text
    assert "Jan Steel" in page
    assert "Ștefan Steel" in page


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_companies_are_exported_and_imported_and_the_import_is_undone(two, ann, sign_in):
    from crm.models import Import

    browser = sign_in(ann)
    data = b"".join(
        browser.post(f"{LIST}/export/write?all=1", {"columns": "all", "format": "xlsx"}).streaming_content
    )
    head, *rows = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    changed = [
        [*row[: head.index("Domain")], "new.example", *row[head.index("Domain") + 1 :]] for row in rows
    ]
    new = [None] * len(head)
    new[head.index("Name")] = "Kora"
    file = io.BytesIO(workbook([head, *changed, new]))
    file.name = "companies.xlsx"
    assert browser.post(f"{LIST}/import", {"file": file}).status_code == 302
    work()
    imported = choose(browser, Import.objects.get(), "columns")
    assert verdicts(imported) == {"changed": 2, "new": 1}
    assert "Status" not in browser.get(f"/admin/imports/{imported.pk}/plan").text
    apply(browser, answer_plan(browser, imported))
    assert Company.objects.filter(domain="new.example").count() == 2
    revert_operation(Operation.objects.get(kind="import"), by=ann)
    assert set(Company.objects.present().values_list("name", "domain")) == {
        ("Ștefan Steel", "steel.example"),
        ("Alba", ""),
    }


def test_programs_list_and_change_companies(two, ann):
    program = Program(make_token(ann), "Authorization", "Bearer ")
    rows = program.get("/api/v2/companies?country=RO")["companies"]
    assert [row["name"] for row in rows] == ["Alba"]
    sent = {"action": "share", "filter": "all=1"}
    assert program.call("POST", "/api/v2/companies/bulk", sent, expect=200)["changed"] == 2


def test_one_operation_reassigns_the_leads_and_companies_of_a_user_who_leaves(
    two, make_lead, ada, bob, ben, sign_in
):
    lead = make_lead(owner=bob)
    browser = sign_in(ada)
    page = browser.get(f"/admin/users/{bob.pk}/deactivate").text
    assert "<b>1</b>companies" in page
    browser.post(f"/admin/users/{bob.pk}/deactivate", to("one", owner=ben))
    record = Operation.objects.get(kind="deactivate")
    assert (record.table, record.changed) == ("", 2)
    assert {Lead.objects.get(pk=lead.pk).owner, Company.objects.get(pk=two[0].pk).owner} == {ben}
    assert set(Change.objects.filter(operation=record).values_list("table", flat=True)) == {"lead", "company"}
    page = browser.get(f"/admin/operations/{record.pk}").text
    assert "Ștefan Steel" in page
    assert "Jan Novák" in page
    type(bob).objects.filter(pk=bob.pk).update(is_active=True)
    assert get_undo_obstacle(record, ada) == ""
    revert_operation(record, by=ada)
    assert {Lead.objects.get(pk=lead.pk).owner, Company.objects.get(pk=two[0].pk).owner} == {bob}


def test_derived_values_follow_from_the_history(two):
    assert list(find_history_differences()) == []
    assert not Job.objects.exists()


def test_a_row_of_an_import_requires_a_name(ann):
    assert get_rules_class(COMPANY)(COMPANY, ann).check_name({"name": ""}) == [("name", "Enter a name.")]
