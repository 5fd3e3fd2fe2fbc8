"""An export with a sheet of activities: those of the exported leads that the user sees, and no others."""

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.utils import timezone

from crm.models import Activity, Export
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import AddActivity, DeleteActivity, carry_out_on_activity
from crm.work.emails.email_verbs import SendEmail
from leads.models import Lead
from tests.crm.transfer.exports.exporting import ALL, WRITE, export, rows_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def add(lead, by, *values, **named) -> None:
    carry_out(AddActivity(by, *values, **named), Lead.objects.filter(pk=lead.pk), by=by)


def test_the_activities_of_the_exported_leads_have_a_sheet_of_their_own(sign_in, ada, make_lead, departments):
    first, second = make_lead("Jan", vip=True), make_lead("Eva", vip=True)
    other = make_lead("Not exported")
    at = datetime(2026, 5, 31, 8, 38, tzinfo=UTC)
    add(first, ada, "call", "Rang\ntwice", "reached", 12, at)
    add(second, ada, "note", "=1+1")
    add(other, ada, "note", "Left out")
    gone = Activity.objects.get(text="=1+1")
    rows = rows_of(export(sign_in(ada), "vip=yes", activities="on"), "Activities")
    assert [row["Lead ID"] for row in rows] == [second.pk, first.pk]
    assert rows[0]["Activity ID"] == gone.pk
    assert rows[0]["Text"] == "=1+1"
    call = {name: rows[1][name] for name in ("Type", "Outcome", "Minutes", "Author", "Text", "Version")}
    assert call == {
        "Type": "Call",
        "Outcome": "Reached",
        "Minutes": 12,
        "Author": ada.name,
        "Text": "Rang\ntwice",
        "Version": 1,
    }
    assert rows[1]["When"].strftime("%Y-%m-%d") == "2026-05-31"
    # Whoever approves the export reads this.
    assert Export.objects.get().words.endswith(", with notes, calls and meetings")


def test_emails_and_planned_meetings_are_exported_with_how_far_they_got(sign_in, ada, make_lead):
    lead = make_lead("Jan")
    email = SendEmail(ada, "jan@example.cz", "Offer", "Dear Jan", "<1@x>")
    carry_out(email, Lead.objects.filter(pk=lead.pk), by=ada)
    add(lead, ada, "meeting", "Lunch", at=timezone.now() + timedelta(days=7))
    rows = rows_of(export(sign_in(ada), activities="on"), "Activities")
    assert [(row["Type"], row["Outcome"], row["Text"]) for row in rows] == [
        ("Email", "Sending", "Dear Jan"),
        ("Meeting", "Planned", "Lunch"),
    ]


def test_an_export_without_activities_has_no_such_sheet_and_a_csv_file_can_not_have_one(
    sign_in, ada, make_lead
):
    add(make_lead("Jan"), ada, "note", "Hi")
    browser = sign_in(ada)
    assert "Activities" not in openpyxl.load_workbook(io.BytesIO(export(browser))).sheetnames
    answer = browser.post(f"{WRITE}?all=1", ALL | {"format": "csv", "activities": "on"})
    assert answer.status_code == 422
    assert "only one sheet" in answer.content.decode()


def test_emails_say_how_they_were_delivered_and_types_have_a_drop_down(sign_in, ada, make_lead):
    add(make_lead("Jan"), ada, "email", "Dear Jan", "sent")
    data = export(sign_in(ada), activities="on")
    (row,) = rows_of(data, "Activities")
    assert (row["Type"], row["Outcome"]) == ("Email", "Sent")
    book = openpyxl.load_workbook(io.BytesIO(data))
    offered = [rule.formula1 for rule in book["Activities"].data_validations.dataValidation]
    lists = [[cell.value for (cell,) in book["Choices"][formula.partition("!")[2]]] for formula in offered]
    assert lists[0] == ["Note", "Call", "Meeting"]
    assert lists[1] == ["Reached", "No answer", "Left a message", "Wrong number", "No-show"]


def test_deleted_activities_and_those_of_unseen_leads_are_left_out(sign_in, ann, ada, make_lead, departments):
    lead, foreign = make_lead("Jan", owner=ann), make_lead("Foreign", department=departments.export)
    add(lead, ada, "note", "Kept")
    add(lead, ada, "note", "Deleted")
    add(foreign, ada, "note", "Theirs")
    carry_out_on_activity(DeleteActivity("note"), Activity.objects.get(text="Deleted"), by=ada)
    rows = rows_of(export(sign_in(ann), activities="on"), "Activities")
    assert [row["Text"] for row in rows] == ["Kept"]
