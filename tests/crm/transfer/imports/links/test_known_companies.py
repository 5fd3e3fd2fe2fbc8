"""A lead file links existing companies when asked: by domain or name, only if one matches, and the conversion uses that one."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from customers.conversion.conversion_plan import build_plans_for_queryset
from customers.conversion.conversion_verb import Convert
from customers.models import Company
from leads.models import Lead
from tests.crm.transfer.imports import importing
from tests.examples import one_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
# Rows of a file: the larger one is read at night.
SIZES = one_in(2, [1_000, 10_000])
HEAD = ["Last name", "Email", "Company"]
LABEL = "Link leads to existing companies with the same domain or name"


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def checked(browser, *rows, head=HEAD, **data):
    imported = importing.upload(browser, [head, *rows])
    return importing.choose(browser, imported, "columns", **{"link": "on", **data})


def linked() -> dict[str, str | None]:
    return dict(Lead.objects.present().values_list("last_name", "known_company__name"))


def test_leads_are_linked_by_domain_or_name_and_the_lead_stays_open(browser, ada, make_company):
    make_company("Omnia", domain="omnia.example"), make_company("Alba")
    rows = [
        ["Albu", "a@omnia.example", "Something else"],
        ["Barbu", "", "ALBA"],
        ["Ceban", "c@gmail.com", "Unknown"],
    ]
    imported = checked(browser, *rows)
    page = importing.shown(browser, imported, "plan").text
    assert "2 rows are linked to existing companies: Omnia (1), Alba (1)." in page
    imported = importing.apply(browser, imported)
    assert linked() == {"Albu": "Omnia", "Barbu": "Alba", "Ceban": None}
    lead = Lead.objects.get(last_name="Albu")
    assert (lead.client, lead.is_read_only, lead.status.kind) == (None, False, "new")
    assert "2 rows are linked to existing companies" in browser.get(importing.page(imported, "import")).text
    assert "Omnia" in browser.get(f"/admin/leads/{lead.pk}").text
    revert_operation(Operation.objects.get(pk=imported.operation_id), by=ada)
    assert not Lead.objects.present().exists()


def test_the_question_is_asked_only_if_the_file_has_a_column_with_companies(browser):
    imported = importing.upload(browser, [HEAD, ["Albu", "a@omnia.example", "Omnia"]])
    assert LABEL in importing.shown(browser, imported, "columns").text
    imported = importing.upload(browser, [HEAD[:2], ["Albu", "a@omnia.example"]])
    assert LABEL not in importing.shown(browser, imported, "columns").text


def test_without_the_choice_nothing_is_linked(browser, make_company):
    make_company("Omnia")
    imported = importing.upload(browser, [HEAD, ["Albu", "a@example.com", "Omnia"]])
    importing.apply(browser, importing.choose(browser, imported, "columns"))
    assert linked() == {"Albu": None}


def test_a_name_in_two_companies_is_listed_and_not_linked(browser, make_company):
    make_company("Omnia"), make_company("OMNIA")
    imported = checked(browser, ["Albu", "", "Omnia"], ["Barbu", "", "Omnia"])
    sentence = "2 rows match several companies and aren’t linked: Omnia (2)."
    assert sentence in importing.shown(browser, imported, "plan").text
    imported = importing.apply(browser, imported)
    assert sentence in browser.get(importing.page(imported, "import")).text
    assert linked() == {"Albu": None, "Barbu": None}


def test_a_company_that_the_user_does_not_see_is_as_if_it_did_not_exist(
    sign_in, ann, make_company, departments
):
    make_company("Omnia", department=departments.export)
    browser = sign_in(ann)
    imported = checked(browser, ["Albu", "", "Omnia"])
    assert "known_companies" not in imported.counts
    importing.apply(browser, imported)
    assert linked() == {"Albu": None}


def test_a_lead_that_exists_is_linked_once_and_undo_removes_the_link(browser, ada, make_company, make_lead):
    omnia = make_company("Omnia")
    lead = make_lead("Ana Albu", email="ana@example.com", company="Omnia")
    row = ["Albu", "ana@example.com", "Omnia"]
    imported = checked(browser, row)
    page = importing.shown(browser, imported, "plan").text
    assert "Existing company" in page
    imported = importing.apply(browser, imported)
    assert linked() == {"Albu": "Omnia"}
    assert importing.verdicts(checked(browser, row)).get("changed") is None
    revert_operation(Operation.objects.get(pk=imported.operation_id), by=ada)
    assert linked() == {"Albu": None}
    carry_out(Convert(), Lead.objects.filter(pk=lead.pk), by=ada)
    assert Lead.objects.get(pk=lead.pk).client == omnia
    assert importing.verdicts(checked(browser, row)).get("changed") is None


def test_the_conversion_uses_the_linked_company_even_if_another_one_has_its_name_since(
    browser, ada, make_company
):
    omnia = make_company("Omnia")
    importing.apply(browser, checked(browser, ["Albu", "a@gmail.com", "Omnia"]))
    make_company("Omnia")
    lead = Lead.objects.get()
    assert build_plans_for_queryset(Lead.objects.all(), ada)[lead.pk].company == omnia.pk
    page = browser.get(f"/admin/leads/{lead.pk}/convert").text
    assert "Linked by import" in page
    carry_out(Convert(), Lead.objects.all(), by=ada)
    assert Lead.objects.get().client == omnia


def test_a_linked_company_in_trash_or_out_of_reach_is_not_used(browser, ada, ann, make_company, departments):
    omnia = make_company("Omnia")
    importing.apply(browser, checked(browser, ["Albu", "a@gmail.com", "Omnia"]))
    lead = Lead.objects.get()
    with operation("test", by=None):
        Company.objects.filter(pk=omnia.pk).update(department=departments.export)
    assert build_plans_for_queryset(Lead.objects.all(), ann)[lead.pk].company == "new"
    carry_out(Delete(), Company.objects.filter(pk=omnia.pk), by=ada)
    assert build_plans_for_queryset(Lead.objects.all(), ada)[lead.pk].company == "new"


def test_a_company_deleted_after_the_preview_stops_the_import(browser, make_company):
    company = make_company("Omnia")
    imported = checked(browser, ["Albu", "", "Omnia"])
    with operation("test", by=None):
        Company.objects.filter(pk=company.pk).remove_undone_creations()
    answer = browser.post(importing.page(imported, "plan"), {"apply": imported.counts["made"]}, follow=True)
    assert "Records that the file links to have changed since the preview was created." in answer.text
    assert not Lead.objects.exists()


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.hard
def test_thousands_of_leads_are_linked_without_a_query_each(
    browser, make_company, django_assert_max_num_queries, number
):
    omnia = make_company("Omnia")
    rows = [[f"Person {n}", f"p{n}@gmail.com", "Omnia"] for n in range(number)]
    imported = importing.upload(browser, [HEAD, *rows])
    with django_assert_max_num_queries(importing.most_statements(number)):
        imported = importing.choose(browser, imported, "columns", link="on")
    assert imported.counts["known_companies"] == {"rows": number, "all": 1, "named": [["Omnia", number]]}
    importing.apply(browser, imported)
    assert Lead.objects.filter(known_company=omnia).count() == number
