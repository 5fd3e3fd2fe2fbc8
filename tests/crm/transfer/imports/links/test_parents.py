"""Files set the parents of companies: existing ones and other rows of the file, never a cycle, and what comes out goes back in."""

import pytest

from crm.models import Operation, PlannedRow
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from customers.companies.kind import COMPANY
from customers.models import Company
from tests.crm.transfer.exports.exporting import rows_of
from tests.crm.transfer.imports import importing
from tests.crm.transfer.imports.activities.sheets import errors
from tests.examples import one_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
# Rows of a file: the larger one is read at night.
SIZES = one_in(2, [1_000, 10_000])
HEAD = ["Name", "Parent company"]
CYCLE = "With the other links of this file, this record would link to itself."
GONE = "This row links to another row of the file, which isn’t imported."


@pytest.fixture(autouse=True)
def companies(monkeypatch):
    monkeypatch.setattr(importing, "NEW", "/admin/companies/import")


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def checked(browser, *rows, head=HEAD, **data):
    return importing.choose(
        browser, importing.upload(browser, [head, *rows], "companies.xlsx"), "columns", **data
    )


def swapping(browser, carpat, boreal):
    """Carpat goes below Boreal, which has no parent any more. In a workbook, =CLEAR would be a formula."""
    text = f"Company ID,Name,Parent company\n#{carpat.pk},Carpat,Boreal\n#{boreal.pk},Boreal,=CLEAR\n"
    return importing.choose(browser, importing.upload(browser, text.encode(), "companies.csv"), "columns")


def parents_now() -> dict[str, str | None]:
    return dict(Company.objects.present().values_list("name", "parent__name"))


def exported(browser) -> bytes:
    answer = browser.post("/admin/companies/export/write?all=1", {"columns": "all", "format": "xlsx"})
    return b"".join(answer.streaming_content)


def test_an_exported_file_with_parents_is_read_as_unchanged(sign_in, ann, make_company, departments):
    hidden = make_company("Hidden", department=departments.export)
    carpat = make_company("Carpat", parent=hidden)
    make_company("Boreal", parent=carpat)
    browser = sign_in(ann)
    data = exported(browser)
    shown = [row["Parent company"] for row in rows_of(data, "Companies")]
    assert shown == [f"Carpat (#{carpat.pk})", f"Hidden (#{hidden.pk})"]
    imported = importing.choose(browser, importing.upload(browser, data, "companies.xlsx"), "columns")
    assert imported.mapping.count("parent") == 1
    assert importing.verdicts(imported) == {"unchanged": 2}


def test_a_parent_is_named_by_number_domain_tax_id_or_name(browser, make_company):
    carpat = make_company(
        "Carpat Țesături", domain="carpat.example", other_domains="carpat.test", tax_id="RO123"
    )
    texts = [f"#{carpat.pk}", "carpat.example", "https://www.carpat.test/x", "RO123", "CARPAT TESATURI"]
    imported = checked(browser, *([f"Company {n}", text] for n, text in enumerate(texts)))
    importing.apply(browser, imported)
    assert Company.objects.below(carpat).count() == 5


def test_a_parent_that_the_user_does_not_see_is_as_if_it_did_not_exist(
    sign_in, ann, make_company, departments
):
    hidden = make_company("Hidden", department=departments.export)
    imported = checked(sign_in(ann), ["Alba", f"#{hidden.pk}"], ["Boreal", "Hidden"])
    assert importing.verdicts(imported) == {"error": 2}
    assert all(sentence.startswith("No record is named") for _row, sentence in errors(imported))


def test_a_row_links_to_another_row_of_the_file_and_undo_removes_all(browser, ada, make_company):
    delta = make_company("Delta")
    imported = checked(browser, ["Alba", "boreal"], ["Boreal", "Carpat"], ["Carpat", ""], ["Delta", "Alba"])
    assert importing.verdicts(imported) == {"new": 3, "duplicate": 1}
    assert "boreal (new)" in importing.shown(browser, imported, "plan").text
    imported = importing.apply(browser, imported)
    expected = {"Alba": "Boreal", "Boreal": "Carpat", "Carpat": None, "Delta": "Alba"}
    assert parents_now() == expected
    done = Operation.objects.get(pk=imported.operation_id)
    revert_operation(done, by=ada)
    assert parents_now() == {"Delta": None}
    revert_operation(Operation.objects.order_by("pk").last(), by=ada)
    assert parents_now() == expected
    delta.refresh_from_db()
    assert delta.parent is not None


def test_a_cycle_is_refused_row_by_row_before_anything_is_written(browser, make_company):
    carpat = make_company("Carpat")
    boreal = make_company("Boreal", parent=carpat)
    rows = [
        [f"#{carpat.pk}", "Carpat", f"#{boreal.pk}"],
        ["", "Alba", "Alba"],
        ["", "Delta", "Emona"],
        ["", "Emona", "Delta"],
    ]
    imported = checked(browser, *rows, ["", "Fine", "Carpat"], head=["Company ID", *HEAD])
    assert errors(imported) == [(2, CYCLE), (3, CYCLE), (4, CYCLE), (5, CYCLE)]
    assert importing.verdicts(imported) == {"error": 4, "new": 1}
    importing.apply(browser, imported)
    assert parents_now() == {"Boreal": "Carpat", "Carpat": None, "Fine": "Carpat"}


def test_two_companies_swap_their_places_in_one_file(browser, make_company):
    carpat = make_company("Carpat")
    boreal = make_company("Boreal", parent=carpat)
    imported = swapping(browser, carpat, boreal)
    assert importing.verdicts(imported) == {"changed": 2}
    importing.apply(browser, imported)
    assert parents_now() == {"Boreal": None, "Carpat": "Boreal"}


def test_a_row_below_a_row_with_an_error_says_so_until_that_one_is_corrected(browser):
    rows = [["Alba", "Boreal", ""], ["Boreal", "Carpat", ""], ["Carpat", "", "nonsense in a domain"]]
    imported = checked(browser, *rows, head=[*HEAD, "Domain"])
    assert [(row, said) for row, said in errors(imported) if row < 4] == [(2, GONE), (3, GONE)]
    imported = importing.answer_plan(browser, imported, fix_4_2="carpat.example")
    assert importing.verdicts(imported) == {"new": 3}
    importing.apply(browser, imported)
    assert parents_now() == {"Alba": "Boreal", "Boreal": "Carpat", "Carpat": None}


def test_a_name_that_several_rows_of_the_file_add_is_refused(browser):
    rows = [["Alba", "Boreal", ""], ["Boreal", "", "one.example"], ["BOREAL", "", "two.example"]]
    imported = checked(browser, *rows, head=[*HEAD, "Domain"], match="none")
    sentence = "Several rows of the file have this name, so it’s unclear which one is meant."
    assert errors(imported) == [(2, sentence)]


def test_a_name_that_two_companies_have_is_not_taken_for_one(browser, make_company):
    one, two = make_company("Omnia"), make_company("Omnia")
    imported = checked(browser, ["Alba", "Omnia"])
    [(_row, sentence)] = errors(imported)
    assert f"Omnia (#{one.pk}), Omnia (#{two.pk})" in sentence


def test_a_parent_that_a_colleague_sets_after_the_preview_makes_no_cycle_and_stops_no_other_row(
    browser, make_company, ada
):
    alba, boreal = make_company("Alba"), make_company("Boreal")
    imported = checked(
        browser, [f"#{alba.pk}", "Alba", "Boreal"], ["", "Carpat", "Boreal"], head=["Company ID", *HEAD]
    )
    carry_out(COMPANY.edit({"parent": alba}), Company.objects.filter(pk=boreal.pk), by=ada)
    imported = importing.apply(browser, imported)
    assert parents_now() == {"Alba": None, "Boreal": "Alba", "Carpat": "Boreal"}
    assert imported.counts["refused"] == {"links_make_a_cycle": 1}


def test_a_row_that_a_colleague_has_changed_keeps_its_parent_and_makes_no_cycle_with_another_row(
    browser, make_company, ada
):
    carpat = make_company("Carpat")
    boreal = make_company("Boreal", parent=carpat)
    imported = swapping(browser, carpat, boreal)
    carry_out(COMPANY.edit({"city": "Cluj"}), Company.objects.filter(pk=boreal.pk), by=ada)
    imported = importing.apply(browser, imported)
    assert parents_now() == {"Boreal": "Carpat", "Carpat": None}
    assert imported.counts["refused"] == {"links_make_a_cycle": 1, "changed_since_plan": 1}


def test_a_row_that_a_colleague_adds_after_the_preview_is_looked_for_again(browser, make_company):
    imported = checked(browser, ["Alba", "Boreal"], ["Boreal", ""])
    make_company("Boreal")
    answer = browser.post(importing.page(imported, "plan"), {"apply": imported.counts["made"]}, follow=True)
    assert "Records that the file links to have changed since the preview was created." in answer.text
    assert parents_now() == {"Boreal": None}


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.hard
def test_thousands_of_companies_of_one_file_are_linked_without_a_query_each(
    browser, django_assert_max_num_queries, rows
):
    cells = [["Group 0", ""], *([f"Group {n}", f"Group {n // 100}"] for n in range(1, rows))]
    imported = importing.upload(browser, [HEAD, *cells], "companies.xlsx")
    with django_assert_max_num_queries(importing.most_statements(rows)):
        imported = importing.choose(browser, imported, "columns")
    assert importing.verdicts(imported) == {"new": rows}
    with django_assert_max_num_queries(250):
        importing.apply(browser, imported)
    assert Company.objects.filter(parent__isnull=False).count() == rows - 1


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.hard
def test_a_cycle_of_thousands_of_rows_is_refused_at_once(browser, rows):
    imported = checked(browser, *([f"Group {n}", f"Group {(n + 1) % rows}"] for n in range(rows)))
    assert importing.verdicts(imported) == {"error": rows}
    assert PlannedRow.objects.filter(of=imported).written().count() == 0


def test_a_parent_in_trash_can_not_be_named(browser, make_company):
    company = make_company("Omnia")
    with operation("test", by=None):
        Company.objects.filter(pk=company.pk).remove_undone_creations()
    assert importing.verdicts(checked(browser, ["Alba", f"#{company.pk}"], ["Boreal", "Omnia"])) == {
        "error": 2
    }
