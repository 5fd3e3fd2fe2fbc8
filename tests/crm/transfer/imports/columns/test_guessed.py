"""Columns that were only guessed from their values: what the pages say, and what the next file starts with."""

import pytest

from crm.models import ImportMapping
from leads.models import Lead
from tests.crm.transfer.imports.importing import apply, choose, filled_in, page, shown, upload
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEADS = ["Name", "Reach"]
ROWS = [
    HEADS,
    ["Ana Pop", "+40 722 111 001"],
    ["Dan Rus", "+40 722 111 002"],
    ["Eva Nan", "+40 722 111 003"],
    ["Ion Lup", "+40 722 111 004"],
]
GUESSED = "Guessed from its values: “+40 722 111 001”, “+40 722 111 002”, “+40 722 111 003”"
# A second file has other phones, which the values of its column don't show as phones.
LATER = [HEADS, ["Ada Ene", "0722111005"]]


@pytest.fixture
def browser(sign_in, ann):
    return sign_in(ann)


def test_the_page_says_that_a_column_was_guessed_with_three_of_its_values(browser):
    imported = upload(browser, ROWS)
    assert imported.mapping == ["name", "phone"]
    assert GUESSED in close_up(shown(browser, imported, "columns").text)


def test_the_preview_says_it_too_and_the_import_takes_the_values(browser):
    imported = choose(browser, upload(browser, ROWS), "columns")
    assert "“Reach” is imported as Phone, guessed from its values." in close_up(
        shown(browser, imported, "plan").text
    )
    apply(browser, imported)
    assert sorted(Lead.objects.values_list("phone", flat=True)) == [row[1] for row in ROWS[1:]]


def test_a_guess_is_not_remembered_even_if_the_file_was_imported(browser):
    apply(browser, choose(browser, upload(browser, ROWS), "columns"))
    assert ImportMapping.objects.get().mapping == ["name", "?"]
    assert upload(browser, LATER).mapping == ["name", ""]
    again = upload(browser, [HEADS, ["Ada Ene", "+40 722 111 009"]])
    assert again.mapping == ["name", "phone"]
    assert "Guessed from its values" in close_up(shown(browser, again, "columns").text)


def test_a_confirmed_guess_is_remembered_and_no_longer_called_a_guess(browser):
    imported = choose(browser, upload(browser, ROWS), "columns", sure_1="on")
    assert "guessed from" not in close_up(shown(browser, imported, "plan").text)
    later = upload(browser, LATER)
    assert later.mapping == ["name", "phone"]
    again = upload(browser, ROWS)
    text = close_up(shown(browser, again, "columns").text)
    assert "Guessed from its values" not in text
    # It stays confirmed when this file is checked.
    choose(browser, again, "columns")
    assert ImportMapping.objects.get().mapping == ["name", "phone"]


def test_another_field_than_the_guessed_one_is_remembered(browser):
    choose(browser, upload(browser, ROWS), "columns", column_1="mobile")
    assert upload(browser, LATER).mapping == ["name", "mobile"]


def test_a_guessed_column_that_is_skipped_stays_skipped(browser):
    choose(browser, upload(browser, ROWS), "columns", column_1="")
    assert upload(browser, ROWS).mapping == ["name", ""]


def test_a_mapping_chosen_by_name_brings_its_confirmed_guesses(browser):
    choose(browser, upload(browser, ROWS), "columns", sure_1="on", name="Fair")
    other = upload(browser, [[*HEADS, "City"], *([*row, "Cluj"] for row in ROWS[1:])])
    assert other.columns[1]["by_values"] == "phone"
    saved = ImportMapping.objects.get()
    form = browser.get(page(other, "columns"), {"mapping": saved.pk}).context["form"]
    assert form["sure_1"].value() is True
    browser.post(page(other, "columns"), filled_in(form))
    assert ImportMapping.objects.get().mapping == ["name", "phone", "city"]


def test_a_mapping_chosen_by_name_leaves_unconfirmed_guesses_to_the_file(browser):
    choose(browser, upload(browser, ROWS), "columns", name="Fair")
    other = upload(browser, [[*HEADS, "City"], *([*row, "Cluj"] for row in ROWS[1:])])
    form = browser.get(page(other, "columns"), {"mapping": ImportMapping.objects.get().pk}).context["form"]
    assert form["column_1"].value() == "phone"
    assert not form["sure_1"].value()
