"""Files link contacts to their companies: by number, unique field, domain or name, and what comes out goes back in."""

from dataclasses import replace

import pytest

from crm.fields.schemas import SCHEMAS
from crm.fields.widgets.link_resolution import find_records_by_text
from crm.models import Operation, PlannedRow
from crm.platform.text.text_folding import fold_text
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from customers.models import Company, CompanyValues, Contact
from tests.crm.transfer.exports.exporting import rows_of
from tests.crm.transfer.imports import importing
from tests.crm.transfer.imports.activities.sheets import errors
from tests.examples import one_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
# Rows of a file: the larger one is read at night.
SIZES = one_in(2, [1_000, 10_000])
HEAD = ["Last name", "Email", "Company"]


@pytest.fixture(autouse=True)
def contacts(monkeypatch):
    monkeypatch.setattr(importing, "NEW", "/admin/contacts/import")


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def checked(browser, rows, name="contacts.xlsx", **data):
    return importing.choose(browser, importing.upload(browser, rows, name), "columns", **data)


def rows_naming(*companies):
    return [HEAD, *([f"Person {n}", f"p{n}@example.com", text] for n, text in enumerate(companies))]


def companies_of(imported) -> list:
    """The company of each row of the plan."""
    return [row.values.get("company_id") for row in PlannedRow.objects.filter(of=imported).order_by("row")]


def exported(browser, file_type="xlsx") -> bytes:
    answer = browser.post("/admin/contacts/export/write?all=1", {"columns": "all", "format": file_type})
    return b"".join(answer.streaming_content)


def test_an_exported_file_with_companies_is_read_as_unchanged(browser, make_company, make_contact):
    omnia, twin = make_company("Omnia"), make_company("Omnia")
    for number, company in enumerate((omnia, twin, None)):
        make_contact(f"Ana Number{number}", company=company)
    data = exported(browser)
    shown = [row["Company"] for row in rows_of(data, "Contacts")]
    assert shown == [None, f"Omnia (#{twin.pk})", f"Omnia (#{omnia.pk})"]
    assert importing.verdicts(checked(browser, data)) == {"unchanged": 3}
    data = exported(browser, "csv")
    assert importing.verdicts(checked(browser, data, "contacts.csv")) == {"unchanged": 3}


def test_a_company_out_of_reach_stays_linked_but_can_not_be_named(
    sign_in, ann, departments, make_company, make_contact
):
    hidden = make_company("Hidden", domain="hidden.example", department=departments.export)
    make_contact("Ana Albu", company=hidden)
    browser = sign_in(ann)
    assert importing.verdicts(checked(browser, exported(browser))) == {"unchanged": 1}
    names = ("Hidden", f"Hidden (#{hidden.pk})", f"#{hidden.pk}", "hidden.example")
    imported = checked(browser, rows_naming(*names))
    assert importing.verdicts(imported) == {"error": 4}
    for (row, sentence), name in zip(errors(imported), names, strict=True):
        number = "Enter the name or number of an existing one, like #12."
        assert (row, sentence) == (row, f"No record is named “{name}”. {number}")


def test_a_company_in_trash_can_not_be_named(browser, make_company):
    company = make_company("Omnia")
    with operation("test", by=None):
        Company.objects.filter(pk=company.pk).remove_undone_creations()
    assert importing.verdicts(checked(browser, rows_naming("Omnia", f"#{company.pk}"))) == {"error": 2}


def test_a_company_is_named_by_number_domain_or_name_in_any_spelling(browser, make_company):
    omnia = make_company("Omnia Țesături", domain="omnia.example")
    texts = [
        f"#{omnia.pk}", f"Omnia Țesături (#{omnia.pk})", f"Its old name (#{omnia.pk})", str(omnia.pk),
        "omnia.example", "https://www.Omnia.example/contact", "OMNIA TESATURI", "",
    ]  # fmt: skip
    imported = checked(browser, rows_naming(*texts))
    assert companies_of(imported) == [omnia.pk] * 7 + [None]
    importing.apply(browser, imported)
    assert Contact.objects.filter(company=omnia).count() == 7


def test_a_company_is_named_by_a_unique_custom_field(browser, make_company, make_field):
    field = make_field("Tax ID", of="company", is_unique=True)
    omnia, other = make_company("Omnia"), make_company("RO123")
    with operation("test", by=None):
        CompanyValues.objects.create(record=omnia, values={field.name: "RO123"})
    assert companies_of(checked(browser, rows_naming("ro123", f"#{other.pk}"))) == [omnia.pk, other.pk]


def test_a_number_that_is_a_name_means_the_name(browser, make_company):
    omnia = make_company("Omnia")
    named = make_company(str(omnia.pk))
    assert (
        companies_of(checked(browser, rows_naming(str(omnia.pk), "x@y"), column_2="company"))[0] == named.pk
    )


def test_a_column_with_numbers_of_another_program_is_not_taken_for_companies(browser, make_company):
    make_company("Omnia")
    imported = importing.upload(browser, [HEAD, ["Albu", "a@example.com", 1], ["Barbu", "b@example.com", 2]])
    assert imported.mapping == ["last_name", "email", ""]


def test_a_name_that_several_companies_have_is_chosen_once_for_all_rows(browser, make_company):
    one, two = make_company("Omnia"), make_company("OMNIA")
    imported = checked(browser, rows_naming("omnia", "Omnia", f"#{one.pk}"))
    sentence = f"Enter one with its number: Omnia (#{one.pk}), OMNIA (#{two.pk})"
    assert errors(imported) == [
        (2, f"2 companies match “omnia”. {sentence}"),
        (3, f"2 companies match “Omnia”. {sentence}"),
    ]
    form = importing.shown(browser, imported, "values").context["form"]
    [(text, count, name)] = form.lines["company"]
    assert (text, count, form[name].value()) == ("omnia", 2, "empty")
    assert "create" not in dict(form.fields[name].choices)
    imported = importing.decide(browser, imported, company={"omnia": str(two.pk)})
    assert companies_of(imported) == [two.pk, two.pk, one.pk]


def test_unknown_companies_are_added_with_the_import_and_undone_with_it(browser, make_company, ada):
    known = make_company("Omnia")
    imported = checked(browser, rows_naming("Nova SRL", "nova srl", "Alba", "Omnia", "Alba"))
    assert importing.verdicts(imported) == {"error": 4, "new": 1}
    imported = importing.choose(browser, imported, "values")
    page = importing.shown(browser, imported, "plan").text
    assert "Also added, because rows link to them: 2 companies." in page
    assert "Nova SRL (new)" in page
    imported = importing.apply(browser, imported)
    assert sorted(Company.objects.values_list("name", flat=True)) == ["Alba", "Nova SRL", "Omnia"]
    by_name = dict(Company.objects.values_list("name", "pk"))
    assert list(Contact.objects.order_by("email").values_list("company", flat=True)) == [
        by_name["Nova SRL"], by_name["Nova SRL"], by_name["Alba"], known.pk, by_name["Alba"],
    ]  # fmt: skip
    assert set(Company.objects.values_list("department", flat=True)) == {imported.defaults["department"]}
    revert_operation(Operation.objects.get(pk=imported.operation_id), by=ada)
    assert list(Company.objects.present()) == [known]
    assert not Contact.objects.present().exists()


def test_a_company_that_a_colleague_has_added_since_is_not_added_twice(browser, make_company):
    imported = importing.choose(browser, checked(browser, rows_naming("Nova")), "values")
    nova = make_company("Nova")
    importing.apply(browser, imported)
    assert Contact.objects.get().company == nova
    assert Company.objects.count() == 1


def test_a_company_that_can_not_be_added_is_an_error_of_its_rows(browser):
    text = "N" * 301
    imported = importing.choose(browser, checked(browser, rows_naming(text)), "values")
    [(row, sentence)] = errors(imported)
    assert (row, "can’t be added. Name: Ensure this value has at most 300 characters" in sentence) == (
        2,
        True,
    )


def test_who_may_not_add_companies_skips_the_rows_or_leaves_the_company_empty(sign_in, someone_with):
    rights = ("view_contact", "add_contact", "import_contact", "change_contact", "see_departments")
    browser = sign_in(someone_with(*rights, "view_company"))
    imported = checked(browser, rows_naming("Nova", "Alba"))
    form = importing.shown(browser, imported, "values").context["form"]
    for _text, _count, name in form.lines["company"]:
        assert [value for value, _label in form.fields[name].choices][:2] == ["refuse", "empty"]
    imported = importing.decide(browser, imported, company={"Nova": "refuse"})
    assert importing.verdicts(imported) == {"error": 1, "new": 1}
    assert not Company.objects.exists()


def test_a_company_that_the_file_spells_in_several_ways_is_added_once(browser):
    spellings = ("Acme Uniq Ltd", "ACME UNIQ LTD", "Acme Uniq Ltd.", " Acme  Uniq Ltd ", "Acme-Uniq, Ltd")
    imported = importing.choose(browser, checked(browser, rows_naming(*spellings, "Acme Unic Ltd")), "values")
    assert importing.verdicts(imported) == {"new": 6}
    page = importing.shown(browser, imported, "plan").text
    assert "Also added, because rows link to them: 2 companies." in page
    importing.apply(browser, imported)
    names = Contact.objects.order_by("pk").values_list("company__name", flat=True)
    assert [fold_text(name) for name in names] == ["acme uniq ltd"] * 5 + ["acme unic ltd"]
    assert Company.objects.count() == 2


def test_a_company_deleted_after_the_preview_stops_the_import(browser, make_company, ada):
    company = make_company("Omnia")
    imported = checked(browser, rows_naming("Omnia"))
    with operation("test", by=None):
        Company.objects.filter(pk=company.pk).remove_undone_creations()
    answer = browser.post(importing.page(imported, "plan"), {"apply": imported.counts["made"]}, follow=True)
    assert "Records that the file links to have changed since the preview was created." in answer.text
    assert not Contact.objects.exists()


def test_a_file_with_ids_moves_a_contact_to_another_company_and_clears_one(
    browser, make_company, make_contact
):
    omnia, alba = make_company("Omnia"), make_company("Alba")
    ana, vera = make_contact("Ana Albu", company=omnia), make_contact("Vera Novák", company=omnia)
    rows = f"Contact ID,Company\n#{ana.pk},alba\n#{vera.pk},=CLEAR\n"
    imported = checked(browser, rows.encode(), "contacts.csv")
    assert importing.verdicts(imported) == {"changed": 2}
    page = importing.shown(browser, imported, "plan").text
    assert "Omnia" in page
    assert "Alba" in page
    imported = importing.apply(browser, imported)
    assert list(Contact.objects.order_by("pk").values_list("company", flat=True)) == [alba.pk, None]


def test_a_company_is_found_by_one_of_several_values_of_a_field(make_company, monkeypatch, ada):
    monkeypatch.setitem(SCHEMAS, "company", replace(SCHEMAS["company"], identified_by=("tags",)))
    omnia, alba = make_company("Omnia", tags=[701, 702]), make_company("Alba", tags=[702])
    found = find_records_by_text("company", ada, ["701", "702", "703"])
    assert found == {"701": [omnia.pk], "702": [omnia.pk, alba.pk]}


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.hard
def test_thousands_of_contacts_of_one_company_need_no_query_each(
    browser, make_company, django_assert_max_num_queries, number
):
    omnia = make_company("Omnia", domain="omnia.example")
    rows = [HEAD, *([f"Person {n}", f"p{n}@example.com", "Omnia"] for n in range(number))]
    imported = importing.upload(browser, rows)
    with django_assert_max_num_queries(importing.most_statements(number)):
        imported = importing.choose(browser, imported, "columns")
    assert importing.verdicts(imported) == {"new": number}
    importing.apply(browser, imported)
    assert Contact.objects.at(omnia).count() == number
