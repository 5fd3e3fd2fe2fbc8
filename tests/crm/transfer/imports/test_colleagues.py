"""Files that someone imported before, and colleagues' receipts."""

import pytest

from crm.models import Import
from crm.records.history.undo.field_reversal import revert_operation
from tests.crm.transfer.imports.importing import LIST, apply, choose, page, shown, upload, workbook
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

FILE = workbook([["Last name", "E-mail"], ["Pop", "pop@example.com"], ["Rusu", ""]])


@pytest.fixture
def anns(sign_in, ann):
    """A finished import of Ann's, with one row that wasn't imported."""
    browser = sign_in(ann)
    rows = [["Last name", "E-mail"], ["Pop", "pop@example.com"], ["", "wrong"]]
    return apply(browser, choose(browser, upload(browser, rows), "columns"))


def said(browser) -> str:
    """The text of the mapping page after uploading the file."""
    return close_up(shown(browser, upload(browser, FILE), "columns").text)


def bring_in(browser) -> Import:
    return apply(browser, choose(browser, upload(browser, FILE), "columns"))


def test_the_page_names_the_colleague_who_imported_the_file_before(sign_in, ada, ann):
    first = bring_in(sign_in(ada))
    text = said(sign_in(ann))
    assert "Ada already imported this file on " in text
    assert "2 added, 0 changed." in text
    # Ann sees only her own receipts.
    assert page(first, "import") not in text


def test_a_colleague_whom_the_user_cannot_see_is_not_named(sign_in, ann, carla):
    bring_in(sign_in(carla))
    text = said(sign_in(ann))
    assert "A colleague already imported this file on " in text
    assert "Carla" not in text
    assert "2 added" not in text


def test_an_administrator_gets_a_link_to_the_import_of_the_same_file(sign_in, ann, ada):
    first = bring_in(sign_in(ann))
    text = said(sign_in(ada))
    assert "Ann already imported this file on " in text
    assert page(first, "import") in text


def test_an_undone_import_of_the_same_file_is_shown_as_undone(sign_in, ann):
    browser = sign_in(ann)
    first = bring_in(browser)
    assert "The import was undone." not in said(browser)
    revert_operation(first.operation, by=ann)
    text = said(browser)
    assert "You already imported this file on " in text
    assert "The import was undone." in text


def test_an_administrator_can_open_only_the_receipts_of_the_teams_imports(sign_in, ada, anns):
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


def test_users_who_cannot_see_all_imports_cannot_open_a_colleagues(sign_in, carla, anns):
    assert sign_in(carla).get(page(anns, "import")).status_code == 404
