"""A sheet with activities comes back: edited ones change, rows without an ID are added, and one undo takes all back."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from crm.models import Activity, Change, Notification, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.transfer.imports.activities.activity_check import ActivityCheck
from crm.transfer.imports.apply.plan_application import apply_import_plan as applied
from crm.work.activities.verbs import EditActivity, carry_out_on_activity
from leads.models import Lead
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.activities.sheets import AT, HEADS, NEW_CALL, Book, add, checked
from tests.crm.transfer.imports.importing import (
    answer_plan,
    apply,
    choose,
    page,
    shown,
    upload,
    verdicts,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def lead(make_lead):
    return make_lead("Jan Novák", email="jan@example.com")


@pytest.fixture
def note(lead, ann):
    return add(lead, ann, text="Wants an offer", at=AT)


def test_an_exported_sheet_that_comes_back_untouched_changes_nothing(sign_in, ann, lead, note):
    add(lead, ann, "call", "#N/A", outcome="no_answer", minutes=3, at=AT)
    add(lead, ann, "note", "=1+1\nand 'more'")
    add(lead, ann, "meeting", at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    imported = checked(sign_in(ann), Book(sign_in(ann)).data())
    assert verdicts(imported) == {"unchanged": 4}


def test_an_edited_note_changes_and_new_rows_are_added_and_one_undo_takes_all_back(
    sign_in, ann, bob, lead, note
):
    browser = sign_in(ann)
    book = Book(browser)
    book.change(note, Text="Wants two offers")
    book.append(**{"Lead ID": lead.pk, **NEW_CALL})
    book.append(**{"Lead ID": lead.pk, "Type": "Note", "Text": "Ask @Bob", "When": "2.6.2026"})
    imported = checked(browser, book.data())
    assert verdicts(imported) == {"new": 2, "changed": 1}
    before = Change.objects.filter(table="activity").count()
    apply(browser, imported)
    note.refresh_from_db()
    assert (note.text, note.at, note.version) == ("Wants two offers", AT, 2)
    added = list(
        Activity.objects.exclude(pk=note.pk)
        .order_by("pk")
        .values_list("type", "outcome", "minutes", "created_by")
    )
    assert added == [("call", "reached", 5, ann.pk), ("note", "", None, ann.pk)]
    lead.refresh_from_db()
    assert f"{lead.last_contacted_at:%Y-%m-%d %H:%M}" == "2026-06-01 07:30"
    told = Notification.objects.get(user=bob, kind="mentioned")
    assert told.parameters["record"] == lead.pk
    record = Operation.objects.get(kind="import")
    assert (record.matched, record.changed, record.unchanged, record.channel) == (3, 3, 0, "import")
    assert (
        Change.objects.filter(table="activity", operation=record).count()
        == 3
        == Change.objects.filter(table="activity").count() - before
    )
    revert_operation(record, by=ann)
    note.refresh_from_db()
    lead.refresh_from_db()
    assert note.text == "Wants an offer"
    assert list(Activity.objects.present()) == [note]
    assert lead.last_contacted_at is None


def test_the_pages_say_what_the_plan_and_the_receipt_are(sign_in, ann, lead, note):
    browser = sign_in(ann)
    book = Book(browser)
    book.change(note, Text="Wants two offers")
    book.append(**{"Lead ID": lead.pk, **NEW_CALL})
    imported = upload(browser, book.data())
    columns = shown(browser, imported, "columns").text
    assert "This sheet has the activities of leads." in columns
    choose(browser, imported, "columns")
    changed, new = shown(browser, imported, "plan").context["sections"]
    assert (changed.counted, new.counted) == ("1 activity", "1 activity")
    assert [(cell.heading, cell.old, cell.new) for cell in changed.lines[0].changes] == [
        ("Text", "Wants an offer", "Wants two offers")
    ]
    assert "Columns that aren’t read: Author." in shown(browser, imported, "plan").text
    imported.refresh_from_db()
    apply(browser, imported)
    done = browser.get(page(imported, "import")).text
    assert "View 2 activities" in done
    assert "Open as a list" not in done


def test_the_sheet_can_be_chosen_beside_that_of_the_leads(sign_in, ann, lead, note):
    browser = sign_in(ann)
    imported = upload(browser, export(browser, activities="on"))
    assert not imported.activities
    said = shown(browser, imported, "columns").text
    assert "This file also has a sheet with activities." in said
    browser.post(page(imported, "read"), {"sheet": "Activities"})
    work()
    imported.refresh_from_db()
    assert imported.activities
    assert verdicts(choose(browser, imported, "columns")) == {"unchanged": 1}


def test_a_note_that_was_edited_meanwhile_conflicts_cell_by_cell(sign_in, ann, ben, lead):
    call = add(lead, ann, "call", "Rang", outcome="reached", minutes=3, at=AT)
    browser = sign_in(ann)
    book = Book(browser)
    book.change(call, Text="Rang twice", Minutes=9)
    carry_out_on_activity(EditActivity("call", {"text": "Rang, busy"}), call, by=ann)
    imported = checked(browser, book.data())
    (section,) = shown(browser, imported, "plan").context["sections"]
    (line,) = section.lines
    assert [(cell.heading, cell.new) for cell in line.changes] == [("Minutes", "9")]
    (conflict,) = line.conflicts
    assert (conflict.heading, conflict.file, conflict.now, conflict.who) == (
        "Text",
        "Rang twice",
        "Rang, busy",
        "Ann",
    )
    answer_plan(browser, imported, take_2_text="file")
    apply(browser, imported)
    call.refresh_from_db()
    assert (call.text, call.minutes) == ("Rang twice", 9)


def test_an_activity_that_changes_after_the_preview_stays_and_its_row_is_named(sign_in, ann, lead, note):
    browser = sign_in(ann)
    book = Book(browser)
    book.change(note, Text="From the file")
    book.append(**{"Lead ID": lead.pk, **NEW_CALL})
    imported = checked(browser, book.data())
    carry_out_on_activity(EditActivity("note", {"text": "Newer"}), note, by=ann)
    apply(browser, imported)
    note.refresh_from_db()
    assert note.text == "Newer"
    assert (imported.counts["added"], imported.counts["done"]) == (1, 0)
    assert imported.counts["refused"] == {"changed_since_plan": 1}
    left = b"".join(browser.get(page(imported, "left_out")).streaming_content)
    (_head, row) = openpyxl.load_workbook(io.BytesIO(left))["Skipped"].iter_rows(values_only=True)
    assert row[-1] == "This record has changed since the preview was created."


def test_a_plan_of_an_earlier_version_without_the_types_of_its_records_is_applied(sign_in, ann, lead, note):
    browser = sign_in(ann)
    book = Book(browser)
    book.change(note, Text="From the file")
    book.append(**{"Lead ID": lead.pk, **NEW_CALL})
    imported = checked(browser, book.data())
    imported.plan.update(keys=[])
    assert "Jan Novák" in shown(browser, imported, "plan").text
    apply(browser, imported)
    assert (imported.counts["added"], imported.counts["done"]) == (1, 1)


def test_a_lead_that_leaves_the_users_reach_after_the_preview_gets_nothing(
    sign_in, ann, lead, make_lead, departments
):
    browser = sign_in(ann)
    rows = [HEADS, [lead.pk, "Note", "", None, None, "A"], [make_lead("Eva").pk, "Note", "", None, None, "B"]]
    imported = checked(browser, rows)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(department=departments.export)
    apply(browser, imported)
    assert [row.text for row in Activity.objects.all()] == ["B"]
    assert imported.counts["refused"] == {"hidden": 1}


def test_a_file_that_is_imported_twice_adds_its_activities_once(sign_in, ann, lead):
    at = datetime(2026, 6, 1, 10, 30)
    row = [lead.pk, "Note", "", at, None, "Hello"]
    browser = sign_in(ann)
    imported = apply(browser, checked(browser, [HEADS, row, row]))
    assert verdicts(imported) == {"new": 1, "left_out": 1}
    again = checked(browser, [HEADS, row])
    assert verdicts(again) == {"left_out": 1}
    (section,) = shown(browser, again, "plan").context["sections"]
    assert section.lines[0].reason == "This activity already exists."
    assert Activity.objects.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_rows(sign_in, ann, lead, django_assert_max_num_queries):
    browser = sign_in(ann)
    rows = [
        [lead.pk, "Call", "Reached", datetime(2026, 6, 1, 10, place % 60), 5, f"Call {place}"]
        for place in range(120)
    ]
    imported = checked(browser, [HEADS, *rows])
    with django_assert_max_num_queries(40):
        ActivityCheck(imported, ann).run()
    with django_assert_max_num_queries(60):
        applied(imported, by=ann)
    assert Activity.objects.count() == 120
