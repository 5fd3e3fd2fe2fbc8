"""A reason that most invalid rows share is shown once, with the fix for all of them."""

import pytest

from leads.models import Lead
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, page, shown, upload, verdicts
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

LOST = [["Last name", "Status"], *([f"Pop {n}", "Lost"] for n in range(8)), ["Rusu", "New"]]


def planned(browser, rows, **columns):
    return choose(browser, upload(browser, rows), "columns", **columns)


def test_a_missing_lost_reason_can_be_chosen_on_the_plan(sign_in, ann, reasons):
    browser = sign_in(ann)
    imported = planned(browser, LOST)
    assert verdicts(imported) == {"error": 8, "new": 1}
    answer = shown(browser, imported, "plan")
    (reason,) = answer.context["reasons"]
    assert (reason.sentence, reason.count, reason.default) == (
        "Lost: A reason is required.",
        8,
        "lost_reason",
    )
    text = close_up(answer.text)
    assert "8 of 9 rows have this error." in text
    assert "Column B, Status." in text
    imported = answer_plan(browser, imported, default="lost_reason", default_value=str(reasons.budget.pk))
    assert verdicts(imported) == {"new": 9}
    assert shown(browser, imported, "plan").context["reasons"] == []
    apply(browser, imported)
    assert Lead.objects.filter(lost_reason=reasons.budget).count() == 8
    assert Lead.objects.get(last_name="Rusu").lost_reason is None


def test_one_lost_reason_applies_to_all_statuses_that_require_one(sign_in, ann, reasons):
    browser = sign_in(ann)
    statuses = ["Lost", "Disqualified", "Lost", "New"]
    rows = [
        *([f"Pop {n}", name, ""] for n, name in enumerate(statuses)),
        *(["X", "", "many"] for _n in range(9)),
    ]
    imported = planned(browser, [["Last name", "Status", "Value"], *rows], column_2="value")
    (number, reason) = shown(browser, imported, "plan").context["reasons"]
    assert (number.column, number.count) == ("C, Value", 9)
    # Even for a few rows, the choice is offered.
    assert (reason.sentence, reason.count, reason.default) == ("A reason is required.", 3, "lost_reason")
    imported = answer_plan(browser, imported, default="lost_reason", default_value=str(reasons.budget.pk))
    assert verdicts(imported) == {"new": 4, "error": 9}


def test_a_reason_about_a_column_links_to_that_column(sign_in, ann):
    browser = sign_in(ann)
    rows = [["Last name", "Country"], *([f"Pop {n}", f"Utopia {n}"] for n in range(7)), ["", "Romania"]]
    imported = planned(browser, rows)
    answer = browser.get(page(imported, "plan"))
    # Each message quotes a different country, and the reason is the same.
    (reason,) = answer.context["reasons"]
    assert (reason.place, reason.column, reason.count, reason.default) == (1, "B, Country", 7, "")
    assert f"{page(imported, 'columns')}#id_column_1" in answer.text
    text = shown(browser, imported, "columns").text
    assert 'id="id_column_1"' in text
    assert "7 rows: Unknown country: “Utopia 0”." in text


def test_reasons_of_few_rows_are_shown_only_row_by_row(sign_in, ann):
    browser = sign_in(ann)
    rows = [
        ["Last name", "E-mail", "Value"],
        *([f"Pop {n}", "", ""] for n in range(9)),
        ["Rusu", "wrong", "x"],
    ]
    imported = planned(browser, rows)
    assert verdicts(imported) == {"new": 9, "error": 1}
    assert shown(browser, imported, "plan").context["reasons"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("lost_reason", "999"), ("lost_reason", ""), ("deleted_at", "1"), ("tags", "1"), ("owner", "x")],
)
def test_an_invalid_default_changes_nothing(sign_in, ann, name, value):
    browser = sign_in(ann)
    imported = planned(browser, LOST)
    before = imported.options
    imported = answer_plan(browser, imported, default=name, default_value=value)
    assert imported.options == before
    assert verdicts(imported) == {"error": 8, "new": 1}
