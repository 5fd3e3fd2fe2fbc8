"""The same file, imported by someone before, and the receipts of colleagues."""

import pytest

from crm.models import Import
from crm.records.undo import undo
from tests.leads.importing import LIST, apply, choose, page, shown, upload, workbook
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

FILE = workbook([["Last name", "E-mail"], ["Pop", "pop@example.com"], ["Rusu", ""]])


@pytest.fixture
def anns(sign_in, ann):
    """An import that Ann has finished, with one row that wasn't imported."""
    browser = sign_in(ann)
    rows = [["Last name", "E-mail"], ["Pop", "pop@example.com"], ["", "wrong"]]
    return apply(browser, choose(browser, upload(browser, rows), "columns"))


def said(browser) -> str:
    """What the page of the columns says when the file is uploaded."""
    return close_up(shown(browser, upload(browser, FILE), "columns").text)


def bring_in(browser) -> Import:
    return apply(browser, choose(browser, upload(browser, FILE), "columns"))


def test_a_file_that_a_colleague_has_imported_is_said_with_their_name(sign_in, ada, ann):
    first = bring_in(sign_in(ada))
    text = said(sign_in(ann))
    assert "Ada already imported this file on " in text
    assert "2 added, 0 changed." in text
    # Ann sees her own receipts only.
    assert page(first, "import") not in text


def test_a_colleague_whom_the_user_does_not_know_is_not_named(sign_in, ann, carla):
    bring_in(sign_in(carla))
    text = said(sign_in(ann))
    assert "A colleague already imported this file on " in text
    assert "Carla" not in text
    assert "2 added" not in text


def test_an_administrator_is_led_to_the_import_of_the_same_file(sign_in, ann, ada):
    first = bring_in(sign_in(ann))
    text = said(sign_in(ada))
    assert "Ann already imported this file on " in text
    assert page(first, "import") in text


def test_the_import_of_the_same_file_that_was_undone_says_so(sign_in, ann):
    browser = sign_in(ann)
    first = bring_in(browser)
    assert "The import was undone." not in said(browser)
    undo(first.operation, by=ann)
    text = said(browser)
    assert "You already imported this file on " in text
    assert "The import was undone." in text


def test_an_administrator_opens_the_receipts_of_the_team_and_nothing_else_of_them(sign_in, ada, anns):
    browser = sign_in(ada)
    assert page(anns, "import") in browser.get(LIST).text
    text = close_up(shown(browser, anns, "import").text)
    assert "Imported leads.xlsx" in text
    assert "Ann, " in text
    assert page(anns, "left_out") not in text
    for step in ("columns", "values", "plan", "left_out"):
        assert browser.get(page(anns, step)).status_code == 404
    for step in ("columns", "values", "plan", "read", "check", "stop", "cancel"):
        assert browser.post(page(anns, step)).status_code == 404


def test_who_does_not_see_the_imports_of_all_opens_none_of_a_colleague(sign_in, carla, anns):
    assert sign_in(carla).get(page(anns, "import")).status_code == 404
