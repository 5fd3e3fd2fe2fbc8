"""What each row of a sheet with activities means, and why a row is refused."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import translation

from crm.models import Activity
from crm.work.activities.sheet_columns import get_sheet_headings
from leads.kind import LEAD
from tests.crm.records.custom_fields.any_record import write
from tests.crm.transfer.imports.activities.sheets import AT, HEADS, Book, add, checked, errors
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, decide, shown, upload, verdicts
from tests.merged import as_merged
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def lead(make_lead):
    return make_lead("Jan Novák", email="jan@example.com")


@pytest.fixture
def note(lead, ann):
    return add(lead, ann, text="Wants an offer", at=AT)


def test_headers_and_choices_in_romanian_are_known_too(sign_in, ann, lead):
    with translation.override("ro"):
        heads = get_sheet_headings(LEAD)
        call, no_answer = str(Activity.Type.CALL.label), str(Activity.Outcome.NO_ANSWER.label)
    assert heads["text"] != "Text" or heads["type"] != "Type"
    rows = [
        [heads[name] for name in ("id", "type", "outcome", "at", "text")],
        [lead.pk, call, no_answer, "1.6.2026 10:30", "Ocupat"],
    ]
    browser = sign_in(ann)
    apply(browser, checked(browser, rows))
    (added,) = Activity.objects.values_list("type", "outcome", "text")
    assert added == ("call", "no_answer", "Ocupat")


def test_a_row_names_its_lead_by_email_or_by_a_unique_field(sign_in, ann, lead, make_lead, make_field):
    contract = make_field("Contract", is_unique=True)
    other = make_lead("Eva")
    write(LEAD, other, ann, **{contract.name: "C-7"})
    rows = [
        ["Email", "Contract", "Type", "When", "Text"],
        ["JAN@example.com", "", "Note", "2026-06-01", "By email"],
        ["", "c-7", "Note", "2026-06-01", "By contract"],
        ["nobody@example.com", "", "Note", "2026-06-01", "Unknown"],
        ["", "", "Note", "2026-06-01", "Unnamed"],
    ]
    browser = sign_in(ann)
    imported = apply(browser, checked(browser, rows))
    assert dict(Activity.objects.values_list("text", "record")) == {
        "By email": lead.pk,
        "By contract": other.pk,
    }
    assert errors(imported) == [
        (4, "There’s no record with this email that you can change."),
        (5, "Enter the ID of the record in this row."),
    ]


def test_an_unknown_lead_and_one_out_of_sight_get_the_same_sentence(sign_in, ann, make_lead, departments):
    foreign = make_lead("Foreign", department=departments.export)
    rows = [HEADS, [foreign.pk, "Note", "", None, None, "A"], [9_999_999, "Note", "", None, None, "B"]]
    imported = checked(sign_in(ann), rows)
    said = "There’s no record with this ID that you can change."
    assert errors(imported) == [(2, said), (3, said)]


def test_rows_that_the_form_would_refuse_are_refused_with_its_sentences(sign_in, ann, lead):
    rows = [
        HEADS,
        [lead.pk, "Note", "", None, None, ""],
        [lead.pk, "Call", "", None, None, "Hi"],
        [lead.pk, "Note", "Reached", None, 5, "Hi"],
        [lead.pk, "Email", "", None, None, "Hi"],
        [lead.pk, "Letter", "", None, None, "Hi"],
        [lead.pk, "Meeting", "", datetime(2099, 1, 1), None, ""],
        [lead.pk, "Meeting", "", None, 1.5, ""],
        [lead.pk, "Call", "Sent", None, None, ""],
        [lead.pk, "Note", "", None, None, "x" * 20_001],
    ]
    imported = checked(sign_in(ann), rows)
    assert errors(imported) == [
        (2, "Write a note first."),
        (3, "Choose how the call went."),
        (4, "Only calls and meetings have an outcome."),
        (4, "Only calls and meetings have minutes."),
        (5, "Enter note, call or meeting. Emails and files can’t be imported."),
        (6, "“Letter” isn’t one of the choices."),
        (7, "Enter a time in the past. Plan future work as the next action."),
        (8, "Enter a whole number."),
        (9, "Calls don’t have this outcome."),
        (10, "Enter at most 20000 characters."),
    ]
    assert verdicts(imported) == {"error": 9}


def test_a_corrected_cell_is_checked_again(sign_in, ann, lead):
    browser = sign_in(ann)
    imported = checked(browser, [HEADS, [lead.pk, "Letter", "", None, None, "Hi"]])
    answer_plan(browser, imported, fix_2_1="Note")
    assert verdicts(imported) == {"new": 1}


def test_a_type_that_does_not_exist_is_mapped_once_for_all_rows(sign_in, ann, lead):
    browser = sign_in(ann)
    rows = [[lead.pk, "Visit", "", f"2026-06-0{day}", None, "Hi"] for day in (1, 2)]
    imported = checked(browser, [HEADS, *rows])
    assert verdicts(imported) == {"error": 2}
    decide(browser, imported, type={"Visit": "meeting"})
    assert verdicts(imported) == {"new": 2}
    apply(browser, imported)
    assert set(Activity.objects.values_list("type", flat=True)) == {"meeting"}


def test_a_column_can_be_mapped_by_hand(sign_in, ann, lead):
    rows = [["Lead ID", "Type", "When", "Text", "Length"], [lead.pk, "Meeting", "2026-06-01", "Hi", 30]]
    browser = sign_in(ann)
    imported = upload(browser, rows)
    assert imported.mapping == ["id", "type", "at", "text", ""]
    apply(browser, choose(browser, imported, "columns", column_4="minutes"))
    assert Activity.objects.get().minutes == 30


def test_a_record_is_found_by_the_column_that_the_user_maps_to_a_unique_field(sign_in, ann, lead, make_field):
    contract = make_field("Contract", is_unique=True)
    write(LEAD, lead, ann, **{contract.name: "C-7"})
    rows = [["Agreement", "Type", "When", "Text"], ["C-7", "Note", "2026-06-01", "Hi"]]
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, rows), "columns", column_0=contract.name)
    assert verdicts(imported) == {"new": 1}
    apply(browser, imported)
    assert Activity.objects.get().record == lead.pk


def test_only_the_author_may_change_a_note_and_its_type_and_record_stay(
    sign_in, ann, bob, lead, make_lead, note
):
    browser = sign_in(bob_who_imports(bob))
    book = Book(browser)
    book.change(note, Text="Bob was here")
    own = add(lead, bob, text="Own")
    imported = checked(browser, book.data())
    assert errors(imported) == [(2, "You don’t have permission to change the activities of other users.")]
    other = make_lead("Eva")
    rows = [
        ["Activity ID", *HEADS],
        [own.pk, other.pk, "Note", "", None, None, "Own"],
        [own.pk, lead.pk, "Note", "", None, None, "Own"],
        [note.pk, lead.pk, "Call", "Reached", None, None, ""],
        [9_999_999, lead.pk, "Note", "", None, None, "Own"],
    ]
    assert errors(checked(browser, rows)) == [
        (2, "An activity can’t move to another record."),
        (3, "Row 2 has the same activity ID."),
        (4, "The type of an activity can’t be changed."),
        (
            5,
            "You don’t have access to an activity with this ID. Clear the cell to add the row as a new activity.",
        ),
    ]


def bob_who_imports(bob):
    role = bob.groups.get().role
    role.permissions.add(*Permission.objects.filter(codename__in=["import_lead", "export_lead", "add_lead"]))
    return type(bob).objects.get(pk=bob.pk)


def test_another_users_note_changes_with_the_permission_for_it(sign_in, ada, bob, lead):
    theirs = add(lead, bob, text="Bob’s")
    browser = sign_in(ada)
    book = Book(browser)
    book.change(theirs, Text="Edited by Ada")
    apply(browser, checked(browser, book.data()))
    theirs.refresh_from_db()
    assert (theirs.text, theirs.created_by) == ("Edited by Ada", bob)


def test_emails_and_files_stay_as_they_are_and_are_named_once(sign_in, ann, lead, note):
    mail = add(lead, ann, "email", "Dear Jan", outcome="sent")
    file = add(lead, ann, "file", "The offer")
    browser = sign_in(ann)
    book = Book(browser)
    for row in (mail, file):
        book.change(row, Text="Changed")
    imported = checked(browser, book.data())
    assert verdicts(imported) == {"unchanged": 3}
    assert "2 rows are emails or files. They stay as they are." in shown(browser, imported, "plan").text


def test_an_empty_cell_clears_a_field_only_in_a_file_exported_from_here(sign_in, ann, lead):
    call = add(lead, ann, "call", "Rang", outcome="reached", minutes=3, at=AT)
    browser = sign_in(ann)
    rows = [["Activity ID", *HEADS], [call.pk, lead.pk, "Call", "", None, None, ""]]
    assert verdicts(checked(browser, rows)) == {"unchanged": 1}
    book = Book(browser)
    book.change(call, Text=None, Minutes=None)
    apply(browser, checked(browser, book.data()))
    call.refresh_from_db()
    assert (call.text, call.minutes, call.outcome) == ("", None, "reached")


def test_who_may_only_add_leads_can_not_add_activities(sign_in, someone_with, lead):
    eve = someone_with("import_lead", "add_lead", "view_lead", "see_departments")
    imported = checked(sign_in(eve), [HEADS, [lead.pk, "Note", "", None, None, "Hi"]])
    assert imported.counts["error"] == 1
    assert not imported.counts.get("add")


def test_a_note_about_a_merged_record_is_added_to_the_one_it_was_merged_into(sign_in, ann, lead, make_lead):
    other = make_lead("Ana Pop")
    as_merged(lead, other)
    browser = sign_in(ann)
    apply(browser, checked(browser, [HEADS, [lead.pk, "Note", "", "", "", "Called"]]))
    assert Activity.objects.get().record == other.pk


def test_repeated_headers_and_totals_are_skipped_with_their_row_numbers(sign_in, ann, lead):
    heads = ["Lead ID", "Type", "Outcome", "When", "Minutes", "Text"]
    rows = [
        heads,
        [lead.pk, "Call", "Reached", "2026-06-01 10:30", 5, "First"],
        [head.upper() for head in heads],
        [lead.pk, "Call", "Reached", "2026-06-01 11:30", 7, "Second"],
        ["Total", None, None, None, 12, None],
    ]
    browser = sign_in(ann)
    imported = checked(browser, rows)
    assert verdicts(imported) == {"new": 2, "left_out": 2}
    text = close_up(shown(browser, imported, "plan").text)
    assert "Row 3 repeats the header, so it’s skipped. Row 5 only has totals, so it’s skipped." in text
    apply(browser, imported)
    assert sorted(Activity.objects.values_list("text", "minutes")) == [("First", 5), ("Second", 7)]
