"""Exports of other programs: recognized by their headers, mapped, and matched by the program's own IDs later on."""

import pytest

from crm.models import CustomField, Import
from crm.transfer.imports.columns.program_exports import find_program
from leads.models import Lead
from tests.crm.transfer.imports import importing
from tests.leads.connectors.exports_of_programs import FILES, HUBSPOT, ZOHO
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def rows_of(shape, *numbers, **changed) -> list:
    return [
        [*shape],
        *([changed.get(head, text).format(n=n) for head, text in shape.items()] for n in numbers),
    ]


def sure(browser, imported) -> Import:
    """Through the columns, with unknown names skipped or added as proposed, up to the plan."""
    imported = importing.choose(browser, imported, "columns")
    return importing.choose(browser, imported, "values") if imported.unknown else imported


def sure_with(browser, imported, data) -> Import:
    """The same with these answers about the columns."""
    imported = importing.choose(browser, imported, "columns", **data)
    return importing.choose(browser, imported, "values") if imported.unknown else imported


@pytest.mark.parametrize(("program", "shape", "fields"), FILES)
def test_the_export_of_a_program_is_recognized_and_mapped(browser, cast, program, shape, fields):
    imported = importing.upload(browser, rows_of(shape, 1, 2, 3))
    page = close_up(importing.shown(browser, imported, "columns").text)
    assert f"This looks like an export of {program}." in page
    assert fields <= set(imported.mapping)
    place = imported.mapping.index("new_0")
    assert imported.new_fields["0"]["name"] == f"{program} ID"
    assert imported.columns[place]["heading"] == next(iter(shape))


def test_the_ids_of_the_program_are_kept_in_a_unique_field(browser, cast):
    imported = sure(browser, importing.upload(browser, rows_of(HUBSPOT, 1, 2)))
    importing.apply(browser, imported)
    field = CustomField.objects.get()
    assert (field.name, field.is_unique, field.type) == ("HubSpot ID", True, "text")
    leads = Lead.objects.order_by("first_name")
    assert [lead.custom_values.values[field.key] for lead in leads] == ["1", "2"]
    assert {lead.owner.name for lead in leads} == {"Bob"}
    assert "Notes: Called at the fair 1" in leads[0].description


def test_a_later_export_finds_its_leads_again_and_says_what_is_new(browser, cast):
    importing.apply(browser, sure(browser, importing.upload(browser, rows_of(HUBSPOT, 1, 2))))
    # Another email: only the ID says that it is the same person.
    rows = rows_of(HUBSPOT, 1, 2, 3)
    rows[1][3] = "ana.new@example.com"
    imported = sure(browser, importing.upload(browser, rows, "later.xlsx"))
    page = close_up(importing.shown(browser, imported, "plan").text)
    assert "Compared with the last import from HubSpot: 1 new, 1 changed, 1 unchanged." in page
    importing.apply(browser, imported)
    assert Lead.objects.count() == 3
    assert Lead.objects.get(first_name="Ana1").email == "ana.new@example.com"
    assert CustomField.objects.count() == 1


def test_an_export_with_other_columns_finds_the_leads_of_the_first_one(browser, cast):
    importing.apply(browser, sure(browser, importing.upload(browser, rows_of(HUBSPOT, 1, 2))))
    shorter = {head: text for head, text in HUBSPOT.items() if head not in ("Email", "Notes", "City")}
    shorter["Company Name"] = "Omnia"
    imported = sure(browser, importing.upload(browser, rows_of(shorter, 1, 2), "shorter.xlsx"))
    importing.apply(browser, imported)
    assert {lead.company for lead in Lead.objects.all()} == {"Omnia"}


def test_ids_that_repeat_in_the_file_are_not_kept(browser, cast):
    rows = [*rows_of(HUBSPOT, 1), *rows_of(HUBSPOT, 1)[1:]]
    imported = importing.upload(browser, rows)
    assert imported.mapping[0] == ""
    assert "Some IDs repeat, so they aren’t kept" in importing.shown(browser, imported, "columns").text


def test_rows_without_an_id_are_imported_with_those_that_have_one(browser, cast):
    rows = rows_of(HUBSPOT, 1, 2, 3)
    rows[2][0] = rows[3][0] = ""
    imported = sure(browser, importing.upload(browser, rows))
    assert imported.mapping[0] == "new_0"
    importing.apply(browser, imported)
    assert Lead.objects.count() == 3


def test_ids_that_repeat_in_a_later_file_are_refused_with_the_row(browser, cast):
    importing.apply(browser, sure(browser, importing.upload(browser, rows_of(HUBSPOT, 1, 2))))
    rows = rows_of(HUBSPOT, 1, 2, 3)
    rows[3][0] = "2"
    imported = sure(browser, importing.upload(browser, rows, "later.xlsx"))
    assert importing.verdicts(imported) == {"unchanged": 2, "duplicate": 1}


def test_owners_without_an_account_are_listed_and_chosen(browser, cast, bob):
    rows = rows_of(HUBSPOT, 1, 2, **{"Contact owner": "zoe@gone.example"})
    imported = importing.choose(browser, importing.upload(browser, rows), "columns")
    assert imported.unknown["owner"] == [["zoe@gone.example", 2]]
    imported = importing.decide(browser, imported, owner={"zoe@gone.example": str(bob.pk)})
    importing.apply(browser, imported)
    assert {lead.owner for lead in Lead.objects.all()} == {bob}


def test_internal_names_of_hubspots_statuses_suggest_a_status_where_the_importer_maps_them(
    browser, cast, statuses
):
    words = ["IN_PROGRESS", "OPEN_DEAL", "ATTEMPTED_TO_CONTACT"]
    rows = rows_of(HUBSPOT, 1, 2, 3)
    for row, word in zip(rows[1:], words, strict=True):
        row[rows[0].index("Lead Status")] = word
    imported = importing.choose(browser, importing.upload(browser, rows), "columns")
    form = importing.shown(browser, imported, "values").context["form"]
    proposed = {text: form[name].value() for text, _count, name in form.lines["status"]}
    assert proposed == {
        "IN_PROGRESS": str(statuses.contacted.pk),
        "OPEN_DEAL": str(statuses.qualified.pk),
        "ATTEMPTED_TO_CONTACT": str(statuses.contacted.pk),
    }


def test_a_column_that_is_unknown_becomes_a_field_with_the_type_of_its_values(browser, cast):
    sizes = {"Record ID": "{n}", **HUBSPOT, "Company size": "Small", "Next demo": "2026-12-0{n}"}
    imported = importing.upload(browser, rows_of(sizes, 1, 2, 3))
    proposed = [column["new"] for column in imported.columns[-2:]]
    assert [new["type"] for new in proposed] == ["choice", "date"]
    place = len(imported.columns) - 2
    data = {f"column_{place}": "new"}
    imported = sure_with(browser, imported, data)
    importing.apply(browser, imported)
    field = CustomField.objects.get(name="Company size")
    assert (field.type, [choice["name"] for choice in field.choices]) == ("choice", ["Small"])


def test_fields_for_all_other_columns_leave_out_ids_that_mean_nothing_here(browser, cast):
    shape = {**ZOHO, "Industry": "Retail"}
    imported = importing.upload(browser, rows_of(shape, 1, 2))
    assert "Create a field for 1 unmapped column" in close_up(
        importing.shown(browser, imported, "columns").text
    )


def test_an_importer_who_may_not_create_fields_imports_without_the_ids(sign_in, ann, cast):
    browser = sign_in(ann)
    named = {head: text for head, text in HUBSPOT.items() if head not in ("Lead Status", "Original Source")}
    imported = importing.upload(browser, rows_of(named, 1))
    assert imported.mapping[0] == ""
    importing.apply(browser, sure(browser, imported))
    assert Lead.objects.count() == 1
    assert not CustomField.objects.exists()


def test_an_ordinary_file_is_not_taken_for_an_export(browser, cast):
    imported = importing.upload(
        browser, [["First name", "Last name", "Email"], ["Ana", "Popescu", "a@example.com"]]
    )
    assert "looks like an export" not in importing.shown(browser, imported, "columns").text
    assert find_program("lead", ["", "Name", "Lead Value", "Assigned", "Last Contact"]) is None


@pytest.mark.parametrize(
    ("table", "program", "headings"),
    [
        ("contact", "HubSpot", ["Record ID", "First Name", "Last Name", "Lifecycle Stage"]),
        ("contact", "Pipedrive", ["Person - ID", "Person - Name", "Person - Organization"]),
        ("contact", "Zoho CRM", ["Record Id", "Contact Owner", "Account Name"]),
        ("contact", "Salesforce", ["Id", "AccountId", "LastName", "OwnerId"]),
        ("company", "HubSpot", ["Record ID", "Company name", "Company owner"]),
        ("company", "Pipedrive", ["Organization - ID", "Organization - Name"]),
        ("company", "Zoho CRM", ["Record Id", "Account Owner", "Account Name"]),
        ("company", "Salesforce", ["Id", "Name", "BillingCity", "OwnerId"]),
        ("deal", "HubSpot", ["Record ID", "Deal Name", "Deal Stage"]),
        ("deal", "Pipedrive", ["Deal - ID", "Deal - Title"]),
        ("deal", "Zoho CRM", ["Record Id", "Deal Name", "Deal Owner"]),
    ],
)
def test_exports_of_contacts_companies_and_deals_are_recognized_too(table, program, headings):
    assert find_program(table, headings).name == program
