"""Rows of a file without name, email, phone or company: a text of another column can be the name of their leads."""

import csv
import io

import pytest

from crm.fields.custom.values.field_registry import get_custom_fields
from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Lead
from tests.crm.transfer.imports.importing import (
    apply,
    choose,
    filled_in,
    page,
    shown,
    upload,
    verdicts,
    workbook,
)
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEADS = ["First Name", "Email", "City", "Course", "Seats"]
ROWS = [
    HEADS,
    ["Ana", "ana@example.com", "Cluj", "Maths", 3],
    ["", "", "Iași", "Maths, advanced", 4],
    ["", "n/a", "Turda", "Chess", 5],
    ["", "", "Arad", "", 6],
    ["", "", "", "History of art", 7],
]


def as_csv(rows) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("name", ["school.xlsx", "school.csv"])
def test_rows_without_a_name_are_named_by_the_chosen_column(ada, sign_in, make_field, name):
    make_field("Course")
    browser = sign_in(ada)
    imported = upload(browser, workbook(ROWS) if name.endswith("xlsx") else as_csv(ROWS), name)
    text = close_up(shown(browser, imported, "columns").text)
    assert "4 rows have no name, email, phone or company." in text
    imported = choose(browser, imported, "columns", unnamed="3")
    assert verdicts(imported) == {"new": 4, "error": 1}
    text = close_up(shown(browser, imported, "plan").text)
    assert "3 rows without a name are named by their text in “Course”." in text
    assert "History of art" in text
    apply(browser, imported)
    assert sorted(Lead.objects.values_list("first_name", "last_name", "city")) == [
        ("", "Chess", "Turda"),
        ("", "History of art", ""),
        ("", "Maths, advanced", "Iași"),
        ("Ana", "", "Cluj"),
    ]
    revert_operation(Operation.objects.get(kind="import"), by=ada)
    assert not Lead.objects.present().exists()


def test_a_column_that_the_import_makes_a_choice_field_of_can_name_rows_and_is_remembered(ada, sign_in):
    browser = sign_in(ada)
    heads = ["Email", "Course"]
    rows = [heads, ["", "Maths"], ["", "Maths"], ["ana@example.com", "Chess"], ["", "Chess"]]
    form = shown(browser, imported := upload(browser, rows), "columns").context["form"]
    answer = browser.post(page(imported, "columns"), filled_in(form) | {"create_all": "1"})
    data = filled_in(answer.context["form"]) | {"unnamed": "1", "type_1": "choice"}
    imported = choose(browser, imported, "columns", **data)
    apply(browser, imported)
    (field,) = get_custom_fields("lead")
    assert list(Lead.objects.order_by("pk").values_list("last_name", flat=True)) == [
        "Maths",
        "Maths",
        "",
        "Chess",
    ]
    again = upload(browser, [heads, ["", "Chess"]])
    assert again.options["name_from"] == field.name
    answer = shown(browser, again, "columns")
    assert answer.context["form"]["unnamed"].value() == "1"
    assert "rows without a name: named by Course" in close_up(answer.text)
    again = choose(browser, again, "columns")
    assert "1 row without a name is named by its text in “Course”." in shown(browser, again, "plan").text


def test_a_file_whose_rows_have_names_does_not_ask_and_keeps_the_choice_for_the_next_one(ada, sign_in):
    browser = sign_in(ada)
    heads = ["Email", "City"]
    choose(browser, upload(browser, [heads, ["", "Cluj"]]), "columns", unnamed="1")
    named = upload(browser, [heads, ["ana@example.com", "Cluj"]])
    assert "Rows without a name" not in shown(browser, named, "columns").text
    assert choose(browser, named, "columns").options["name_from"] == "city"
    fresh = upload(browser, [heads, ["", "Cluj"]])
    address = f"{page(fresh, 'columns')}?fresh=1"
    assert not browser.get(address).context["form"]["unnamed"].value()


def test_without_the_choice_such_rows_are_errors_as_before(ada, sign_in):
    browser = sign_in(ada)
    imported = choose(browser, upload(browser, [["Email", "City"], ["", "Cluj"]]), "columns")
    assert verdicts(imported) == {"error": 1}
    assert "Enter at least a name, company, email or phone." in shown(browser, imported, "plan").text


def test_a_text_that_is_too_long_for_a_name_is_an_error_at_its_own_cell(ada, sign_in, make_field):
    make_field("Story", type="long_text")
    browser = sign_in(ada)
    rows = [["Email", "Address", "Story"], ["", "x" * 500, "y" * 601], ["", "two\nlines", ""]]
    imported = upload(browser, rows)
    refused = filled_in(shown(browser, imported, "columns").context["form"]) | {"unnamed": "2"}
    answer = browser.post(page(imported, "columns"), refused)
    assert answer.status_code == 422
    assert "This column isn’t mapped to a text or a choice." in answer.text
    imported = choose(browser, imported, "columns", unnamed="1")
    errors = list(imported.plan.order_by("row").values_list("errors", flat=True))
    assert errors == [[], [[1, "Remove the line breaks."]]]


def test_existing_leads_keep_their_names(ada, sign_in, make_lead):
    lead = make_lead("", email="ana@example.com", owner=ada)
    browser = sign_in(ada)
    imported = upload(browser, [["Email", "City"], ["ana@example.com", "Cluj"], ["", "Turda"]])
    apply(browser, choose(browser, imported, "columns", unnamed="1"))
    lead.refresh_from_db()
    assert (lead.last_name, lead.city) == ("", "Cluj")
    assert Lead.objects.exclude(pk=lead.pk).get().last_name == "Turda"
