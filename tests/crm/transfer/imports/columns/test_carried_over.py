"""Choices for the last file with the same headers are shown before they apply to the next one, and can be dropped."""

import pytest

from crm.models import ImportMapping, Tag
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.crm.transfer.imports.importing import apply, choose, filled_in, page, shown, upload
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ROWS = [["Last name", "Firma", "X"], ["Pop", "Acme", "1"]]


@pytest.fixture
def second(sign_in, ann, bob, sources, make_tag):
    """A browser, and a file with the headers of one with many choices."""
    browser = sign_in(ann)
    tags = [str(make_tag(name).pk) for name in ("fair", "hall 7")]
    chosen = {"owner": str(bob.pk), "source": str(sources.event.pk), "tags": tags, "column_2": "notes"}
    first = upload(browser, ROWS)
    choose(browser, first, "columns", **chosen, mode="create", silent="on", name="Fair")
    return browser, upload(browser, [ROWS[0], ["Rusu", "Other", "2"]])


def test_choices_from_the_last_file_with_these_headers_are_shown_with_the_mapping(second):
    browser, imported = second
    text = close_up(shown(browser, imported, "columns").text)
    assert "The mapping from “Fair” on " in text
    assert (
        "Its settings were applied too: Source: Event; Owner: Bob; Tags: fair, hall 7; "
        "import mode: Only add new records; owners aren’t notified." in text
    )
    assert "Start fresh" in text


def test_start_fresh_drops_all_of_them(second):
    browser, imported = second
    address = f"{page(imported, 'columns')}?fresh=1"
    answer = browser.get(address)
    form = answer.context["form"]
    assert "Its settings were applied too" not in answer.text
    assert [form[f"column_{place}"].value() for place in range(3)] == ["last_name", "company", ""]
    assert (form["mode"].value(), form["silent"].value(), form["owner"].value()) == ("both", False, None)
    assert (form["tags"].value(), form["name"].value()) == ([], "leads")
    browser.post(address, filled_in(form))
    imported.refresh_from_db()
    apply(browser, imported)
    assert Lead.objects.get().owner is None


def test_the_plan_shows_tags_and_muted_notifications_for_all_rows(second):
    browser, imported = second
    imported = choose(browser, imported, "columns")
    answer = shown(browser, imported, "plan")
    assert answer.context["settings"] == [
        "Only add new records.",
        "All new records get these tags: fair, hall 7.",
        "Owners aren’t notified about the records they get.",
    ]
    (section,) = answer.context["sections"]
    assert ("Tags", "fair, hall 7") in [(cell.heading, cell.new) for cell in section.lines[0].changes]


def test_an_import_without_choices_shows_no_settings(sign_in, ann):
    browser = sign_in(ann)
    choose(browser, upload(browser, ROWS), "columns")
    imported = upload(browser, ROWS)
    text = shown(browser, imported, "columns").text
    assert "The mapping from “leads” on " in text
    assert "Its settings were applied too" not in text
    imported = choose(browser, imported, "columns")
    assert shown(browser, imported, "plan").context["settings"] == []
    # Choices made for this very file don't come from another one.
    assert "The mapping from" not in shown(browser, imported, "columns").text


def test_choices_no_longer_offered_are_not_carried_over(second, bob):
    browser, _imported = second
    bob.is_active = False
    bob.save()
    with operation("test", by=None):
        Tag.objects.named("fair").update(retired=True)
    again = upload(browser, ROWS)
    assert (again.options["defaults"]["owner"], len(again.options["defaults"]["tags"])) == (None, 1)
    form = browser.get(page(again, "columns"), {"mapping": ImportMapping.objects.get().pk}).context["form"]
    assert form["owner"].value() is None
