"""Files whose names begin with the last name: the box, its examples, and what is remembered."""

import pytest

from crm.models import ImportMapping
from leads.models import Lead
from tests.crm.transfer.imports.importing import apply, choose, filled_in, page, shown, upload
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ROWS = [
    ["Nume și prenume", "Email"],
    ["Popescu Ion", "ion@example.com"],
    ["van der Berg Anna", "anna@example.com"],
]


@pytest.fixture
def browser(sign_in, ann):
    return sign_in(ann)


def names() -> list[tuple[str, str]]:
    return sorted(Lead.objects.values_list("first_name", "last_name"))


def test_a_header_presets_the_box_and_the_examples_show_both_orders(browser):
    imported = upload(browser, ROWS)
    answer = shown(browser, imported, "columns")
    assert answer.context["form"]["last_name_first"].value() is True
    text = close_up(answer.text)
    assert "First name: Ion, last name: Popescu" in text
    assert "First name: Popescu, last name: Ion" in text
    checked = choose(browser, imported, "columns")
    assert "Names are read with the last name first." in shown(browser, checked, "plan").text
    # A row is called as its lead will be.
    assert list(checked.plan.in_order().values_list("title", flat=True)) == [
        "Ion Popescu",
        "Anna van der Berg",
    ]
    apply(browser, checked)
    assert names() == [("Anna", "van der Berg"), ("Ion", "Popescu")]


def test_a_cleared_box_is_remembered_for_the_next_file_with_these_headers(browser):
    imported = upload(browser, ROWS)
    data = filled_in(shown(browser, imported, "columns").context["form"])
    del data["last_name_first"]
    assert browser.post(page(imported, "columns"), data).status_code == 302
    imported.refresh_from_db()
    apply(browser, imported)
    assert names() == [("", "van der Berg Anna"), ("Popescu", "Ion")]
    assert ImportMapping.objects.get().options["last_name_first"] is False
    again = upload(browser, ROWS)
    assert shown(browser, again, "columns").context["form"]["last_name_first"].value() is False
    fresh = browser.get(page(again, "columns"), {"fresh": 1}).context["form"]
    assert fresh["last_name_first"].value() is True


def test_a_column_that_the_user_maps_to_the_name_is_read_as_it_shows(browser):
    imported = upload(browser, [["Who", "Email"], ["POPESCU Ion", "ion@example.com"]])
    form = shown(browser, imported, "columns").context["form"]
    assert "last_name_first" not in form.fields
    apply(browser, choose(browser, imported, "columns", column_0="name"))
    assert names() == [("Ion", "POPESCU")]


def test_a_file_with_the_last_name_first_finds_and_corrects_leads_by_their_name(browser, make_lead):
    make_lead("Ion Popescu", email="")
    wrong = make_lead("Berg Anna", email="anna@example.com")
    rows = [["Nume și prenume", "Email"], ["Popescu Ion", ""], ["Berg Anna", "anna@example.com"]]
    by_name = {"match": "id_field_email", "key": "name"}
    imported = choose(browser, upload(browser, rows), "columns", **by_name)
    assert imported.counts.get("new", 0) == 0
    apply(browser, imported)
    wrong.refresh_from_db()
    assert (wrong.first_name, wrong.last_name) == ("Anna", "Berg")
    assert Lead.objects.count() == 2
