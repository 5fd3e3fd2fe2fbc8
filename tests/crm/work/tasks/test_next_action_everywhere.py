"""Every place of leads/fields.py that has the next action reads and writes the earliest open task."""

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from django.utils import timezone

from crm.models import Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.work.tasks.verbs import CompleteTask, carry_out_on_tasks
from leads import fields
from leads.actions import ACTIONS
from leads.models import Lead, Status
from tests.api.conftest import Program, make_token
from tests.crm.records.editing.test_forms import filled
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.imports.importing import apply, choose, upload

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

NAMES = {"next_action", "next_action_on"}
MAY, JUNE = date(2030, 5, 6), date(2030, 6, 7)
PLACES = {
    name for name, value in vars(fields).items() if isinstance(value, list) and NAMES.intersection(value)
}


@pytest.fixture
def scene(sign_in, ann, bob, make_lead):
    """Ann's browser, and a lead of Bob's with a task."""
    return sign_in(ann), make_lead("Jan Novák", owner=bob, next_action="Call", next_action_on=MAY)


def in_form(browser, lead, text, day) -> None:
    lead.refresh_from_db()
    sent = filled(lead, last_name="Novák", next_action=text, next_action_on=day or "")
    assert browser.post(f"/admin/leads/{lead.pk}/edit", sent).status_code == 302


def in_place(browser, lead, text, day) -> None:
    browser.post(f"/admin/leads/{lead.pk}/inline/next_action", {"text": text, "day": day or ""})


def in_bulk(browser, lead, text, day) -> None:
    sent = {"action": "next-action", "record": [lead.pk]}
    browser.post(browser.post("/admin/leads/bulk", sent)["Location"], {"text": text, "day": day or ""})


def with_cells(file: bytes, **cells) -> bytes:
    """An exported file of one lead with some other values in these columns."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    sheet = book["Leads"]
    heads = [cell.value for cell in sheet[1]]
    for name, value in cells.items():
        sheet.cell(2, heads.index(name.replace("_", " ").capitalize()) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_file(browser, lead, text, day) -> None:
    file = with_cells(export(browser), next_action=text, next_action_date=day)
    apply(browser, choose(browser, upload(browser, file), "columns"))


def by_program(browser, lead, text, day) -> None:
    secret = make_token(lead.owner)
    sent = {"next_action": text, "next_action_on": day and day.isoformat()}
    Program(secret, "Authorization", "Bearer ").patch(f"/api/v2/leads/{lead.pk}", sent)


def by_status(browser, lead, text, day) -> None:
    """A status that requires a next action asks for it; it never clears one."""
    lead.refresh_from_db()
    contacted = Status.objects.get(key="contacted")
    with operation("test", by=None):
        Status.objects.filter(pk=contacted.pk).update(required_fields=sorted(NAMES))
    sent = {"status": contacted.pk, "next_action": text, "next_action_on": day, "filled": "1"}
    assert browser.post(f"/admin/leads/{lead.pk}/move", sent).status_code == 302


WRITES: dict[str, Callable] = {
    "FORM_FIELDS": in_form,
    "INLINE": in_place,
    "EXCEL": by_file,
    "OWN_API": by_program,
    "bulk": in_bulk,
}
# QUICK, the form for a new lead, CONTRACT, the form for a status, and FADING, that for a score rule, have tests of their own.
ADDS = {"QUICK", "CONTRACT", "FADING"}
READS = {
    "LIST": "all=1",
    "LIST_AT_FIRST": "all=1",
    "SORT": "sort=next_action",
    "FILTER": "next_action=later",
    "CONDITIONS": "next_action.contains=call&next_action_on.is=2030-05-06",
}


def test_every_place_is_walked():
    assert {*WRITES, *READS, *ADDS} - {"bulk"} == PLACES
    assert "next_action" in fields.PARTS
    assert any(action.name == "next-action" for action in ACTIONS)


def state(lead) -> tuple:
    lead.refresh_from_db()
    tasks = Task.objects.present().of_record("lead", lead.pk).order_by("pk")
    return lead.next_action, lead.next_action_on, list(tasks.values_list("title", "due_on", "done_by"))


@pytest.mark.parametrize("place", WRITES)
def test_writing_it_edits_the_task_and_undo_restores_it(place, scene, ann, bob):
    browser, lead = scene
    before = state(lead)
    WRITES[place](browser, lead, "Write", JUNE)
    assert state(lead) == ("Write", JUNE, [("Write", JUNE, None)])
    record = Operation.objects.latest("pk")
    assert record.kind in ("edit", "next_action", "import")
    revert_operation(record, by=record.by)
    assert state(lead) == before


@pytest.mark.parametrize("place", WRITES)
def test_clearing_it_completes_the_task_and_undo_reopens_it(place, scene):
    browser, lead = scene
    before = state(lead)
    WRITES[place](browser, lead, "", None)
    record = Operation.objects.latest("pk")
    assert state(lead) == ("", None, [("Call", MAY, record.by_id)])
    revert_operation(record, by=record.by)
    assert state(lead) == before


def test_a_new_lead_gets_its_first_task(sign_in, bob, statuses, sources, departments):
    sent = filled(source=sources.event.pk, status=statuses.new.pk, department=departments.sales.pk)
    sent |= {"owner": bob.pk, "next_action": "Call", "next_action_on": MAY}
    assert sign_in(bob).post("/admin/leads/new", sent).status_code == 302
    assert state(Lead.objects.get()) == ("Call", MAY, [("Call", MAY, None)])


def test_a_status_that_requires_a_next_action_adds_the_task(sign_in, ann, bob, make_lead):
    lead = make_lead(owner=bob)
    by_status(sign_in(ann), lead, "Call", MAY)
    assert state(lead) == ("Call", MAY, [("Call", MAY, None)])
    revert_operation(Operation.objects.latest("pk"), by=ann)
    assert state(lead) == ("", None, [])


@pytest.mark.parametrize("place", READS)
def test_reading_it_shows_the_earliest_open_task(place, scene, ann, bob, make_lead):
    browser, lead = scene
    other = make_lead("Zoe Later", owner=bob, next_action="Nothing")
    text = browser.get(f"/admin/leads?{READS[place]}").text
    assert "<span>Call</span>" in text
    carry_out_on_tasks(CompleteTask(ann), [Task.objects.get(record=lead.pk).pk], by=ann)
    text = browser.get(f"/admin/leads?{READS[place]}").text
    assert "<span>Call</span>" not in text
    assert ("Later" in text) is (place not in ("FILTER", "CONDITIONS"))
    assert other.next_action == "Nothing"


def test_a_file_has_it_and_comes_back_unchanged(scene):
    browser, lead = scene
    (row,) = rows_of(export(browser))
    assert (row["Next action"], row["Next action date"].date()) == ("Call", MAY)
    imported = choose(browser, upload(browser, export(browser)), "columns")
    apply(browser, imported)
    assert state(lead) == ("Call", MAY, [("Call", MAY, None)])
    assert Task.objects.get().version == 1


def test_a_file_with_an_old_next_action_conflicts_with_the_task_that_was_completed_since(scene, ann):
    browser, lead = scene
    file = with_cells(export(browser), next_action="Write", city="Cluj")
    carry_out_on_tasks(CompleteTask(ann), [Task.objects.get().pk], by=ann)
    imported = choose(browser, upload(browser, file), "columns")
    text = browser.get(f"/admin/imports/{imported.pk}/plan").text
    apply(browser, imported)
    lead.refresh_from_db()
    assert (lead.next_action, lead.city) == ("", "Cluj")
    assert "Next action" in text
    assert Task.objects.get().is_done


def test_a_form_with_an_old_next_action_shows_the_conflict(scene, ann):
    browser, lead = scene
    sent = filled(lead, last_name="Novák", next_action="Write", next_action_on=MAY)
    carry_out_on_tasks(CompleteTask(ann), [Task.objects.get().pk], by=ann)
    answer = browser.post(f"/admin/leads/{lead.pk}/edit", sent)
    assert answer.status_code == 409
    assert Task.objects.get().title == "Call"


def test_the_timeline_shows_the_change_of_the_next_action(scene):
    browser, lead = scene
    in_place(browser, lead, "Write", JUNE)
    text = browser.get(f"/admin/leads/{lead.pk}?show=changes").text
    assert "changed next action" in text
    assert timezone.localdate() < JUNE
