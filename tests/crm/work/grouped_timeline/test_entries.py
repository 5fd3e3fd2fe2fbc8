"""The timeline in groups: one entry for each thing that a person did, with one Undo."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Activity, Operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads.models import Lead
from leads.verbs import Edit, Move
from tests.leads.queue.queueing import TODAY, day, decide


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, phone="+420 602 118 331")


@pytest.fixture
def reached(lead, make_task, bob, sign_in):
    """The lead after one press of "Reached" in the queue, with a sentence."""
    for title in ("Call about pumps", "Send the list"):
        make_task(title, lead, user=bob, due_on=day(TODAY - timedelta(days=1)))
    browser = sign_in(bob)
    answer = decide(browser, lead, "reached", note="Wants an offer")
    assert answer.status_code == 302
    return browser


def entries(browser, record, query: str = "") -> list[str]:
    """The entries of the timeline as HTML, without the pinned ones."""
    text = browser.get(f"{record.get_absolute_url()}{query}").content.decode()
    timeline = text.partition('id="timeline"')[2].partition("</aside>")[0]
    return re.split(r'<li class="entry"', timeline)[1:]


def words(entry: str) -> str:
    """What an entry says before its time."""
    return " ".join(
        re.sub("<svg.*?</svg>|<[^>]*>", " ", entry.partition(">")[2].partition("<time")[0]).split()
    )


def test_one_press_in_the_queue_is_one_entry_with_one_undo(reached, lead):
    first, *others = entries(reached, lead)
    # The two tasks that were planned before, and the lead itself.
    assert len(others) <= 3
    assert words(first) == "Bob reached the lead (queue) New to Contacted 2 tasks done call"
    assert "Wants an offer" in first
    assert "Call about pumps" in first
    assert "Send the list" in first
    assert first.count("/undo") == 1
    assert words(others[-1]) == "The system created this lead"


def test_the_changed_fields_of_an_entry_open_without_javascript(reached, lead):
    first = entries(reached, lead)[0]
    assert re.search(r'<details class="opens">\s*<summary class="what">', first)
    assert "Next action" in first.partition("</summary>")[2]


def test_an_undone_entry_says_so_and_its_undo_is_no_entry(reached, lead):
    record = Operation.objects.get(kind="queue_outcome")
    reached.post(f"/admin/operations/{record.pk}/undo")
    first, *others = entries(reached, lead)
    assert " data-undone" in first.partition(">")[0]
    assert "Undone by Bob" in first
    assert "Redo" in first
    assert not any("undid" in words(other) for other in others)
    undo = Operation.objects.get(undoes=record)
    assert f"/admin/operations/{undo.pk}/undo" in first
    reached.post(f"/admin/operations/{undo.pk}/undo")
    first = entries(reached, lead)[0]
    assert " data-undone" not in first.partition(">")[0]
    assert words(first).startswith("Bob reached the lead (queue) New to Contacted 2 tasks done")


def test_an_undo_that_kept_this_record_leaves_its_entry(lead, make_lead, ann, bob, sign_in):
    other = make_lead("Ana Albu", owner=bob)
    record = carry_out(Edit({"city": "Iași"}), Lead.objects.all(), by=ann).operation
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=bob)
    browser = sign_in(ann)
    browser.post(f"/admin/operations/{record.pk}/undo")
    assert not any("data-undone" in entry for entry in entries(browser, lead))
    assert "data-undone" in entries(browser, other)[0]


def test_the_tab_changes_has_every_change_by_itself(reached, lead):
    said = [words(entry) for entry in entries(reached, lead, "?show=changes")]
    assert len(said) > 2
    assert all("call" not in one for one in said)


@pytest.mark.parametrize("show", ["note", "call", "meeting", "email", "file", "tasks"])
def test_the_addresses_of_single_types_go_on_working(show, reached, lead):
    text = reached.get(f"/admin/leads/{lead.pk}?show={show}").content.decode()
    assert re.search(rf'<a class="tab" href="\?show={show}"[^>]*aria-current="true"', text)
    found = entries(reached, lead, f"?show={show}")
    assert bool(found) == (show in ("call", "tasks"))


def test_no_page_ends_within_an_entry(lead, bob, sign_in, statuses):
    rows = Lead.objects.filter(pk=lead.pk)
    moves = [statuses.contacted, statuses.qualified]
    for number in range(70):
        with operation("edit", by=bob, table="lead", changed=1) as record:
            carry_out(Edit({"city": f"City {number:02}"}), rows, by=bob, joined=record)
            carry_out(Move(moves[number % 2]), rows, by=bob, joined=record)
            # The transaction of a test begins long before its last statement.
            note = AddActivity(bob, "note", f"Note {number:02}", at=timezone.now())
            carry_out(note, rows, by=bob, joined=record)
    browser, query, seen_notes = sign_in(bob), "", []
    while query is not None:
        text = browser.get(f"/admin/leads/{lead.pk}{query}").content.decode()
        for entry in re.split(r'<li class="entry"', text)[1:]:
            if "Note " in entry:
                assert f"City {re.search('Note (..)', entry)[1]}" in entry
                seen_notes.append(re.search("Note (..)", entry)[1])
            else:
                assert "created this lead" in entry
        more = re.search(r'href="\?show=&amp;before=([^"]*)"', text)
        query = f"?before={more[1]}" if more else None
    assert seen_notes == [f"{number:02}" for number in reversed(range(70))]


def test_a_call_that_was_made_earlier_is_an_entry_at_its_own_time(lead, bob, sign_in):
    earlier = timezone.now() - timedelta(days=3)
    carry_out(
        AddActivity(bob, "call", "Rang", "reached", at=earlier), Lead.objects.filter(pk=lead.pk), by=bob
    )
    assert words(entries(sign_in(bob), lead)[-1]) == "Bob logged a call reached"


def test_the_number_of_queries_does_not_grow_with_the_entries(lead, bob, make_task, sign_in, statuses):
    browser, numbers, rows = sign_in(bob), [], Lead.objects.filter(pk=lead.pk)
    for round in range(2):
        for number in range(1 + 8 * round):
            mail = {"of": "lead", "record": lead.pk, "type": "email", "outcome": "received"}
            with operation("receive_email", by=None):
                Activity.objects.create(**mail, subject=f"Re: Offer {number}", at=timezone.now())
                Activity.objects.create(**mail, subject=f"Offer {number}", at=timezone.now())
            with operation("edit", by=bob, table="lead", changed=1) as record:
                carry_out(Edit({"city": f"City {round} {number}"}), rows, by=bob, joined=record)
                note = AddActivity(bob, "note", f"Note {number}", at=timezone.now())
                carry_out(note, rows, by=bob, joined=record)
            make_task("Call", lead, user=bob, due_on=day(TODAY), done_at=timezone.now())
        undone = carry_out(Edit({"company": f"Omnia {round}"}), rows, by=bob).operation
        browser.post(f"/admin/operations/{undone.pk}/undo")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/admin/leads/{lead.pk}").status_code == 200
        numbers.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert numbers[0] == numbers[1]
