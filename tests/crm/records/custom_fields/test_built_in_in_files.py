"""Renamed and required built-in fields in files: headings follow the label, and the old ones stay known."""

import pytest

from crm.models import BuiltInField
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import Edit
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.imports.importing import choose, upload, verdicts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def renamed(db):
    with operation("test", by=None):
        return BuiltInField.objects.create(
            table_of="lead", name="city", label="Town of study", label_ro="Orașul studiilor", required=True
        )


def test_headings_follow_the_label_and_the_file_comes_back_unchanged(ann, make_lead, renamed, sign_in):
    lead = make_lead(owner=ann)
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=ann)
    browser = sign_in(ann)
    data = export(browser)
    (row,) = rows_of(data)
    assert row["Town of study"] == "Cluj"
    assert "City" not in row
    assert verdicts(choose(browser, upload(browser, data), "columns")) == {"unchanged": 1}


def test_headings_from_before_and_after_are_recognized_in_both_languages(ann, renamed, sign_in):
    browser = sign_in(ann)
    for heading in ("City", "Oraș", "Town of study", "Orașul studiilor"):
        imported = upload(browser, [["Name", heading], ["Ana Pop", "Cluj"]])
        assert imported.mapping == ["name", "city"], heading


def test_a_required_field_is_asked_of_new_leads_in_a_file_and_never_cleared(ann, make_lead, renamed, sign_in):
    filled, without = make_lead("Ben Pop", owner=ann), make_lead("Dan Ene", owner=ann)
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=filled.pk), by=ann)
    browser = sign_in(ann)
    imported = choose(
        browser, upload(browser, [["Name", "City"], ["Ana Pop", ""], ["Ion Rus", "Iași"]]), "columns"
    )
    assert verdicts(imported) == {"error": 1, "new": 1}
    row = imported.plannedrow_set.get(verdict="error") if hasattr(imported, "plannedrow_set") else None
    assert row is None or row.errors == [["city", "Enter a value."]]
    head, *rows = export_rows(browser)
    place = head.index("Town of study")
    for row in rows:
        row[place] = ""
    imported = choose(browser, upload(browser, [head, *rows]), "columns", empties="on")
    assert verdicts(imported) == {"unchanged": 2}
    assert Lead.objects.get(pk=without.pk).city == ""


def export_rows(browser) -> list[list]:
    rows = rows_of(export(browser))
    return [list(rows[0]), *(list(row.values()) for row in rows)]
