"""Notes, calls and meetings exported by other programs: on the timelines of their records, with their time and author."""

from datetime import UTC, datetime

import pytest

from crm.models import Activity
from crm.work.models.task import Task
from leads.models import Lead
from tests.crm.transfer.imports import importing
from tests.crm.transfer.imports.activities.sheets import errors
from tests.leads.connectors.exports_of_programs import HUBSPOT, PIPEDRIVE, SALESFORCE, ZOHO
from tests.leads.connectors.test_programs import rows_of, sure
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
AT = datetime(2026, 3, 1, 8, 15, tzinfo=UTC)

ZOHO_NOTES = {
    "Record Id": "zcrm_77{n}",
    "Note Owner.id": "zcrm_1",
    "Note Owner": "Bob",
    "Note Title": "Fair",
    "Note Content": "Wants an offer {n}",
    "Parent ID.id": "zcrm_556{n}",
    "Parent ID": "Ana{n} Popescu",
    "Created Time": "2026-03-01 10:15:00",
}
HUBSPOT_NOTES = {
    "Record ID": "77{n}",
    "Note body": "<p>Fair</p><p>Wants an offer {n}</p>",
    "Activity date": "2026-03-01 10:15",
    "Activity assigned to": "bob@example.com",
    "Associated Contact IDs": "{n}",
}
PIPEDRIVE_NOTES = {
    "Note - Content": "Fair<br>Wants an offer {n}",
    "Note - Add time": "2026-03-01 10:15:00",
    "Note - User": "Bob",
    "Lead - ID": "2f6c-{n}",
}
SALESFORCE_NOTES = {
    "Id": "0025g00000AB{n}",
    "ParentId": "00Q5g00000ABCD{n}",
    "Title": "Fair",
    "Body": "Wants an offer {n}",
    "OwnerId": "0055g00000XYZ",
    "Owner.Name": "Bob",
    "CreatedDate": "2026-03-01T08:15:00.000Z",
}
FILES = [
    (HUBSPOT, HUBSPOT_NOTES),
    (PIPEDRIVE, PIPEDRIVE_NOTES),
    (ZOHO, ZOHO_NOTES),
    (SALESFORCE, SALESFORCE_NOTES),
]


@pytest.fixture
def browser(sign_in, ada, cast):
    return sign_in(ada)


def checked(browser, rows, name="notes.xlsx"):
    imported = importing.upload(browser, rows, name)
    assert imported.activities
    importing.shown(browser, imported, "columns")
    return importing.choose(browser, imported, "columns")


def with_leads(browser, shape) -> None:
    imported = sure(browser, importing.upload(browser, rows_of(shape, 1, 2)))
    assert errors(imported) == []
    importing.apply(browser, imported)


@pytest.mark.parametrize(("leads", "notes"), FILES)
def test_notes_of_a_program_are_on_the_timelines_of_its_leads(browser, bob, leads, notes):
    with_leads(browser, leads)
    imported = checked(browser, rows_of(notes, 1, 2))
    assert importing.verdicts(imported) == {"new": 2}
    # The preview says who wrote each note.
    assert "Author" in close_up(importing.shown(browser, imported, "plan").text)
    importing.apply(browser, imported)
    first = Lead.objects.get(first_name="Ana1")
    note = Activity.objects.get(record=first.pk)
    assert (note.type, note.text, note.at, note.created_by) == ("note", "Fair\nWants an offer 1", AT, bob)
    again = checked(browser, rows_of(notes, 1, 2), "again.xlsx")
    assert importing.verdicts(again) == {"left_out": 2}


def test_a_note_of_someone_without_an_account_says_who_wrote_it(browser, ada):
    with_leads(browser, ZOHO)
    rows = rows_of(ZOHO_NOTES, 1, **{"Note Owner": "Zoe Gone"})
    importing.apply(browser, checked(browser, rows))
    note = Activity.objects.get()
    assert (note.created_by, note.text) == (ada, "Fair\nWants an offer 1\nAuthor: Zoe Gone")


def test_who_may_not_assign_records_adds_no_notes_of_others(
    sign_in, browser, ann, bob, make_lead, someone_with
):
    rights = [f"{right}_lead" for right in ("view", "change", "import", "add")] + ["see_departments"]
    rep = someone_with(*rights)
    make_lead("Ana Popescu", email="ana@example.com", owner=rep)
    rows = [
        ["Person - Email", "Note - Content", "Note - Add time", "Note - User"],
        ["ana@example.com", "Hello", "2026-03-01", "Bob"],
    ]
    importing.apply(sign_in(rep), checked(sign_in(rep), rows))
    note = Activity.objects.get()
    assert (note.created_by, note.text) == (rep, "Hello\nAuthor: Bob")


def test_activities_of_pipedrive_keep_their_type(browser, make_lead):
    make_lead("Ana Popescu", email="ana@example.com")
    head = [
        "Activity - Subject",
        "Activity - Type",
        "Activity - Due date",
        "Activity - Note",
        "Person - Email",
    ]
    rows = [
        head,
        ["Visit", "Meeting", "2026-03-01", "At the fair", "ana@example.com"],
        ["Lunch with Ana", "Lunch", "2026-03-02", "", "ana@example.com"],
        ["First call", "Call", "2026-03-03", "", "ana@example.com"],
    ]
    importing.apply(browser, checked(browser, rows))
    assert list(Activity.objects.order_by("at").values_list("type", "text")) == [
        ("meeting", "Visit\nAt the fair"),
        ("note", "Lunch\nLunch with Ana"),
        # A call has an outcome here, which Pipedrive doesn't export.
        ("note", "Call\nFirst call"),
    ]


def test_calls_of_hubspot_keep_their_outcome(browser):
    with_leads(browser, HUBSPOT)
    rows = [
        ["Call title", "Call notes", "Call outcome", "Activity date", "Associated Contact IDs"],
        ["First call", "Call back", "No answer", "2026-03-01 10:15", "1"],
        ["Second call", "", "Blocked", "2026-03-02 10:15", "1"],
    ]
    importing.apply(browser, checked(browser, rows))
    found = list(Activity.objects.order_by("at").values_list("type", "outcome", "text"))
    assert found == [
        ("call", "no_answer", "First call\nCall back"),
        ("note", "", "Call: Blocked\nSecond call"),
    ]


def test_notes_of_records_that_are_not_here_are_skipped_with_the_reason(browser):
    with_leads(browser, ZOHO)
    imported = checked(browser, rows_of(ZOHO_NOTES, 1, 9))
    assert importing.verdicts(imported) == {"new": 1, "error": 1}
    assert errors(imported) == [(3, "There’s no record with this Zoho CRM ID that you can change.")]


def test_a_file_whose_records_are_not_imported_yet_says_what_to_do_first(browser):
    imported = importing.upload(browser, rows_of(ZOHO_NOTES, 1))
    page = close_up(importing.shown(browser, imported, "columns").text)
    assert "Import the leads from Zoho CRM with their IDs first, then upload this file again." in page


def test_notes_in_a_csv_file_with_semicolons_are_read_too(browser, bob):
    with_leads(browser, ZOHO)
    text = "\n".join(";".join(row) for row in rows_of(ZOHO_NOTES, 1, 2)).replace("Fair", "Târg")
    imported = checked(browser, text.encode("cp1250"), "notes.csv")
    assert 'name="encoding"' in importing.shown(browser, imported, "columns").text
    importing.apply(browser, imported)
    assert [note.text[:4] for note in Activity.objects.filter(created_by=bob)] == ["Târg", "Târg"]


TASKS = [
    {"Record Id": "zcrm_8{n}", "Task Owner": "Bob", "Subject": "Send offer {n}", "Due Date": "2027-03-0{n}",
     "Related To": "Ana Popescu", "Status": "Not Started", "Priority": "High", "Description": "Two lifts"},
    {"Name": "Send offer {n}", "Parent": "Ana Popescu", "Status": "Started", "Date Due": "2027-03-0{n}",
     "Priority": "High", "Assigned User": "Bob", "Description": "Two lifts"},
]  # fmt: skip


@pytest.mark.parametrize("shape", TASKS)
def test_tasks_of_zoho_and_espocrm_are_tasks_of_the_records_that_they_name(browser, bob, make_lead, shape):
    lead = make_lead("Ana Popescu", owner=bob)
    imported = importing.upload(browser, rows_of(shape, 1, 2), "tasks.xlsx")
    assert imported.has_tasks
    imported = importing.choose(browser, imported, "columns")
    assert errors(imported) == []
    importing.apply(browser, imported)
    found = Task.objects.order_by("due_on").values_list(
        "record", "title", "user", "priority", "description", "done_at"
    )
    assert list(found) == [(lead.pk, f"Send offer {n}", bob.pk, "high", "Two lifts", None) for n in (1, 2)]
