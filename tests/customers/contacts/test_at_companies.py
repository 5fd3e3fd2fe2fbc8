"""Contacts: people at companies. What all kinds of records have is tested for leads and companies; this is the link."""

import io

import openpyxl
import pytest

from crm.models import AuditEntry, Change, Import, Operation
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from customers.companies.kind import COMPANY
from customers.contacts.kind import CONTACT
from customers.models import Company, Contact
from tests.api.conftest import Program, make_token
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, verdicts, work, workbook

LIST = "/admin/contacts"


@pytest.fixture
def omnia(make_company, bob):
    return make_company("Omnia", domain="omnia.example", owner=bob)


@pytest.fixture
def ana(make_contact, omnia, bob):
    return make_contact("Ana Albu", company=omnia, owner=bob, email="ana@omnia.example")


def form(departments, **values) -> dict:
    return {"last_name": "Albu", "department": departments.sales.pk, **values}


def test_a_contact_is_added_with_its_company_by_name_or_number(ann, omnia, departments, sign_in):
    browser = sign_in(ann)
    for text in ("Omnia", "omnia", f"#{omnia.pk}", str(omnia.pk), f"Omnia (#{omnia.pk})"):
        browser.post(f"{LIST}/new", form(departments, company=text))
        assert Contact.objects.latest("pk").company == omnia, text
    browser.post(f"{LIST}/new", form(departments, company=""))
    assert Contact.objects.latest("pk").company is None


def test_an_unknown_company_and_one_of_several_with_the_same_name_are_errors(
    ann, omnia, make_company, departments, sign_in
):
    browser = sign_in(ann)
    answer = browser.post(f"{LIST}/new", form(departments, company="Nowhere"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["company"] == [
        "No record is named “Nowhere”. Enter the name or number of an existing one, like #12."
    ]
    assert 'value="Nowhere"' in answer.text
    other = make_company("OMNIA")
    answer = browser.post(f"{LIST}/new", form(departments, company="omnia"))
    assert answer.context["form"].errors["company"] == [
        f"Several records have this name. Enter one with its number: Omnia (#{omnia.pk}), OMNIA (#{other.pk})"
    ]
    assert not Contact.objects.exists()


def test_a_company_that_a_user_does_not_see_can_not_be_chosen_but_stays_chosen(
    ana, omnia, dan, ben, departments, sign_in
):
    """Dan is in another department."""
    for user in (dan, ben):
        values = form(departments, company=f"#{omnia.pk}", department=user.department_ids[0])
        answer = sign_in(user).post(f"{LIST}/new", values)
        assert list(answer.context["form"].errors) == ["company"], user
        assert omnia.name not in answer.text.replace(f"“#{omnia.pk}”", "")
    assert Contact.objects.count() == 1


def test_a_kept_company_out_of_reach_is_no_error(ana, omnia, ann, departments, sign_in):
    with operation("test", by=None):
        Company.objects.filter(pk=omnia.pk).update(department=departments.export, owner=None)
    answer = sign_in(ann).post(
        f"{LIST}/{ana.pk}/edit",
        form(departments, first_name="Ana", company=f"Omnia (#{omnia.pk})", owner=ana.owner_id, title="Buyer")
        | {"version": ana.version, "email": ana.email},
    )
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert (ana.title, ana.company) == ("Buyer", omnia)


def test_suggestions_are_companies_that_the_user_sees(omnia, make_company, ann, dan, someone_with, sign_in):
    make_company("Omnibus", domain="omnibus.example")
    page = sign_in(ann).get("/admin/companies/named", {"company": "omni"}).text
    assert f'value="Omnia (#{omnia.pk})"' in page
    assert "Omnibus" in page
    assert "Omnia" not in sign_in(dan).get("/admin/companies/named?q=omni").text
    eve = someone_with("view_contact", "see_departments")
    assert sign_in(eve).get("/admin/companies/named?q=omni").status_code == 403


def test_what_is_typed_into_a_link_is_recorded_as_a_search(omnia, ann, sign_in):
    sign_in(ann).get("/admin/companies/named", {"company": "omni"})
    entry = AuditEntry.objects.get(kind="searched")
    assert (entry.user_id, entry.table, entry.details) == (ann.pk, "company", {"text": "omni"})


def test_the_page_links_to_the_company_only_for_those_who_may_open_it(ana, omnia, ann, someone_with, sign_in):
    address = f'href="/admin/companies/{omnia.pk}"'
    assert address in sign_in(ann).get(f"{LIST}/{ana.pk}").text
    eve = someone_with("view_contact", "see_departments")
    page = sign_in(eve).get(f"{LIST}/{ana.pk}").text
    assert "Omnia" in page
    assert address not in page


def test_the_list_shows_and_filters_by_company(ana, omnia, make_contact, ann, sign_in):
    make_contact("Vera Novák")
    browser = sign_in(ann)
    assert "Omnia" in browser.get(LIST).text
    for query, found in [
        (f"company.is=%23{omnia.pk}", {"Ana Albu"}),
        ("company.is=OMNIA", {"Ana Albu"}),
        ("company.is=Omn", set()),
        ("company.contains=mni", {"Ana Albu"}),
        ("company.empty=yes", {"Vera Novák"}),
        ("company.filled=yes", {"Ana Albu"}),
    ]:
        page = browser.get(f"{LIST}?{query}").text
        assert {name for name in ("Ana Albu", "Vera Novák") if name in page} == found, query


def test_the_history_names_the_companies(ana, omnia, make_company, ann, departments, sign_in):
    browser, alba = sign_in(ann), make_company("Alba")
    values = form(departments, first_name="Ana", company="Alba", owner=ana.owner_id)
    browser.post(f"{LIST}/{ana.pk}/edit", values | {"version": ana.version, "email": ana.email})
    page = browser.get(f"{LIST}/{ana.pk}").text
    assert "<del>Omnia</del>" in page
    assert "<ins>Alba</ins>" in page
    assert Contact.objects.get().company == alba


def test_deleting_a_company_permanently_unlinks_its_contacts_and_undo_links_them_again(ana, omnia, ada):
    companies = Company.objects.filter(pk=omnia.pk)
    carry_out(Delete(), companies, by=ada)
    outcome = carry_out(Purge(), companies, by=ada)
    ana.refresh_from_db()
    assert (ana.company_id, companies.exists()) == (None, False)
    assert Change.objects.filter(operation=outcome.operation, table="contact", row=ana.pk).exists()
    purged = Operation.objects.get(pk=outcome.operation.pk)
    assert preview_undo(purged, ada).kept_count == 0
    revert_operation(purged, by=ada)
    ana.refresh_from_db()
    assert (ana.company_id, companies.exists()) == (omnia.pk, True)


def test_an_undo_does_not_link_to_a_company_that_is_gone(ana, omnia, ada):
    moved = carry_out(CONTACT.edit({"company": None}), Contact.objects.filter(pk=ana.pk), by=ada)
    companies = Company.objects.filter(pk=omnia.pk)
    carry_out(Delete(), companies, by=ada)
    carry_out(Purge(), companies, by=ada)
    revert_operation(Operation.objects.get(pk=moved.operation.pk), by=ada)
    ana.refresh_from_db()
    assert ana.company_id is None


def test_programs_read_and_write_the_company_by_its_id(ada, ana, omnia):
    program = Program(make_token(ada), "Authorization", "Bearer ")
    assert program.get(f"/api/v2/contacts/{ana.pk}")["company"] == omnia.pk
    pk = program.post("/api/v2/contacts", {"last_name": "Novák", "company": omnia.pk}, expect=201)["id"]
    assert Contact.objects.get(pk=pk).company == omnia
    program.patch(f"/api/v2/contacts/{pk}", {"company": None}, **{"If-Match": '"1"'})
    assert Contact.objects.get(pk=pk).company is None
    problem = program.patch(f"/api/v2/contacts/{pk}", {"company": 987}, expect=422, **{"If-Match": '"2"'})
    assert [error["parameter"] for error in problem["errors"]] == ["company"]


def test_kinds_are_described_by_the_same_kit():
    of_people = {"start_sequence", "stop_sequence"}
    names = {action.name for action in COMPANY.actions} | of_people
    assert {action.name for action in CONTACT.actions} == names


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_file_of_contacts_comes_back_with_its_changes_and_new_rows(ana, ann, sign_in):
    browser = sign_in(ann)
    data = b"".join(
        browser.post(f"{LIST}/export/write", {"columns": "all", "format": "xlsx"}).streaming_content
    )
    head, row = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    assert row[head.index("Company")] == f"Omnia (#{ana.company_id})"
    changed = [value if name != "Position" else "Buyer" for name, value in zip(head, row, strict=True)]
    new = [{"Last name": "Novák", "Email": "novak@example.com"}.get(name) for name in head]
    file = io.BytesIO(workbook([head, changed, new]))
    file.name = "contacts.xlsx"
    browser.post(f"{LIST}/import", {"file": file})
    work()
    imported = choose(browser, Import.objects.get(), "columns")
    assert verdicts(imported) == {"new": 1, "changed": 1}
    apply(browser, answer_plan(browser, imported))
    ana.refresh_from_db()
    assert (ana.title, ana.company.name) == ("Buyer", "Omnia")
    assert set(Contact.objects.values_list("last_name", flat=True)) == {"Albu", "Novák"}


def test_the_page_of_a_company_shows_the_contacts_that_the_user_sees(
    ana, omnia, make_contact, ann, ben, sign_in
):
    for number in range(12):
        make_contact(f"Vera Number{number}", company=omnia)
    page = sign_in(ann).get(f"/admin/companies/{omnia.pk}").text
    assert page.count("Vera Number") == 10
    assert f'href="{LIST}?company.is=Omnia%20%28%23{omnia.pk}%29"' in page
    assert "Ana Albu" in sign_in(ann).get(f"{LIST}?company.is=Omnia%20%28%23{omnia.pk}%29&sort=id").text
    with operation("test", by=None):
        Company.objects.filter(pk=omnia.pk).update(shared=True)
    # Ben sees the unassigned ones of his department, not Bob's.
    assert "Ana Albu" not in sign_in(ben).get(f"/admin/companies/{omnia.pk}").text


def test_a_contact_added_from_a_company_starts_with_it(omnia, ann, dan, sign_in):
    page = sign_in(ann).get(f"{LIST}/new?company={omnia.pk}").text
    assert f'value="Omnia (#{omnia.pk})"' in page
    page = sign_in(dan).get(f"{LIST}/new?company={omnia.pk}").text
    assert "Omnia" not in page
    assert f"#{omnia.pk}" not in page
