"""A file with a bad cell in an optional field, for each kind of record: one answer imports all of its rows."""

import pytest

from crm.records.kinds.kind_registry import KINDS
from tests.crm.records.custom_fields.any_record import values
from tests.crm.transfer.imports import importing
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
NAMES = {"lead": "Last name", "company": "Name", "contact": "Last name", "deal": "Name", "request": "Subject"}


@pytest.fixture(params=NAMES)
def kind(request, monkeypatch, departments, statuses):
    found = KINDS[request.param]
    monkeypatch.setattr(importing, "NEW", found.get_url("import"))
    return found


def sent(form_rows) -> dict:
    """What a browser sends for the proposed answers."""
    return {
        "replace": "1",
        "replace_place": [row.place for row in form_rows],
        "replace_old": [row.text for row in form_rows],
        "replace_others": ["1" if row.others else "" for row in form_rows],
        "replace_answer": ["empty" if row.optional else "skip" for row in form_rows],
        "replace_new": ["" for _row in form_rows],
    }


def test_one_answer_imports_all_rows_with_a_bad_cell(kind, sign_in, ada, make_field):
    seats = make_field("Seats", "number", of=kind.name)
    browser = sign_in(ada)
    rows = [[f"Record {n}", "unclear"] for n in range(30)] + [["Good", "12"], ["Odd", "a dozen"]]
    data = [[NAMES[kind.name], "Seats"], *rows]
    imported = importing.choose(browser, importing.upload(browser, data), "columns")
    assert importing.verdicts(imported) == {"error": 31, "new": 1}
    answer = importing.shown(browser, imported, "plan")
    page = close_up(answer.text)
    assert "<b>unclear</b><small>Seats</small>" in page
    groups = answer.context["mistakes"]
    assert [(row.text, row.count, row.optional) for row in groups] == [
        ("unclear", 30, True),
        ("a dozen", 1, True),
    ]
    imported = importing.answer_plan(browser, imported, **sent(groups))
    assert importing.verdicts(imported) == {"new": 32}
    importing.apply(browser, imported)
    assert kind.model.objects.count() == 32
    held = [values(row).get(seats.name) for row in kind.model.objects.all()]
    assert sorted(filter(None, held)) == ["12"]


def test_a_required_field_gets_a_value_or_its_rows_are_skipped(kind, sign_in, ada, make_field):
    make_field("Seats", "number", of=kind.name, required=True)
    browser = sign_in(ada)
    data = [[NAMES[kind.name], "Seats"], ["One", "unclear"], ["Two", "unclear"]]
    imported = importing.choose(browser, importing.upload(browser, data), "columns")
    (group,) = importing.shown(browser, imported, "plan").context["mistakes"]
    assert (group.text, group.count, group.optional) == ("unclear", 2, False)
    imported = importing.answer_plan(browser, imported, **sent([group]) | {"replace_new": ["5"]})
    assert importing.verdicts(imported) == {"new": 2}


AMOUNTS = {"1.234,56": "1234.56", "1234.56": "1234.56", "1,234": None, "1.234": None, "950": "950"}


@pytest.mark.parametrize("turned", [False, True], ids=["in this order", "the other way round"])
def test_an_amount_that_its_column_leaves_unclear_is_asked_for(turned, sign_in, ada):
    texts = [*AMOUNTS][::-1] if turned else [*AMOUNTS]
    browser = sign_in(ada)
    data = "\n".join(["Last name;Amount", *(f"Pop {place};{text}" for place, text in enumerate(texts))])
    imported = importing.upload(browser, data.encode(), "leads.csv")
    imported = importing.choose(browser, imported, "columns")
    found = {texts[row.row - 2]: row.values.get("value") for row in imported.plan.all()}
    assert found == AMOUNTS
    page = close_up(importing.shown(browser, imported, "plan").text)
    assert "This number can be read in two ways. Enter it without thousands separators." in page
