"""The list of sequences, the page of one, and the bulk actions: what they show, to whom, and at which cost."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Activity, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from sequences.models import Enrollment, Sequence
from sequences.switching import turn_off
from tests.sequences.sequencing import (
    build_step,
    make_due,
    make_sequence,
    receive,
    send_away,
    start,
    state_of,
    work,
)

pytestmark = pytest.mark.django_db

SEQUENCES = "/admin/sequences"


@pytest.fixture
def sequence(template, second):
    return make_sequence(
        "First contact",
        build_step("email", "a", template=template.pk, in_thread=False),
        build_step("call", "b", after=2, title="Call about it"),
        build_step("email", "c", after=2, template=second.pk),
    )


@pytest.fixture
def leads(make_lead, bob):
    return [make_lead(f"Lead {name}", owner=bob, email=f"{name}@example.com") for name in "abc"]


def get_figures(page) -> dict[str, dict[str, tuple[int, int | None]]]:
    return {
        result.line.step.key: {one.name: (one.count, one.share) for one in result.figures if one.count}
        for result in page.context["results"]
    }


def get_records(page) -> list:
    return [line.record for line in page.context["lines"]]


def get_names(page) -> list[str]:
    return [line.sequence.name for line in page.context["lines"]]


def test_sequences_are_moved_by_buttons_and_by_dragging_and_the_order_can_be_undone(sign_in, ada):
    call = build_step("call", title="Call")
    first, second, third = (
        make_sequence(name, call, position=place) for place, name in enumerate(("First", "Second", "Third"))
    )
    browser = sign_in(ada)
    browser.post(f"{SEQUENCES}/order", {"up": second.pk})
    assert get_names(browser.get(SEQUENCES)) == ["Second", "First", "Third"]
    browser.post(f"{SEQUENCES}/order", {"row": third.pk, "after": ""})
    assert get_names(browser.get(SEQUENCES)) == ["Third", "Second", "First"]
    revert_operation(Operation.objects.filter(kind="edit_sequence").latest("pk"), by=ada)
    assert get_names(browser.get(SEQUENCES)) == ["Second", "First", "Third"]
    answer = browser.post(f"{SEQUENCES}/order", {"row": first.pk, "after": "x"}, follow=True)
    assert "The sequences have changed in the meantime. Try again." in answer.text


def test_a_move_passes_a_sequence_that_its_user_sees(sign_in, someone_with):
    call = build_step("call", title="Call")
    tables = {"A": "lead", "x": "contact", "B": "lead", "C": "lead"}
    rows = {
        name: make_sequence(name, call, position=place, table_of=table)
        for place, (name, table) in enumerate(tables.items())
    }
    browser = sign_in(someone_with("view_lead", "view_sequence", "change_sequence"))
    assert get_names(browser.get(SEQUENCES)) == ["A", "B", "C"]
    browser.post(f"{SEQUENCES}/order", {"up": rows["B"].pk})
    assert [row.name for row in Sequence.objects.active().in_order()] == ["B", "A", "x", "C"]


def test_only_who_may_change_sequences_orders_them(sign_in, someone_with):
    call = build_step("call", title="Call")
    rows = [make_sequence(name, call, position=place) for place, name in enumerate("AB")]
    browser = sign_in(someone_with("view_lead", "view_sequence"))
    assert "data-grip" not in browser.get(SEQUENCES).text
    assert browser.post(f"{SEQUENCES}/order", {"up": rows[1].pk}).status_code == 403


def test_the_list_says_the_steps_in_one_line_and_who_is_in_it(sign_in, ada, sequence, leads):
    start(sequence, ada, *leads)
    receive(leads[0])
    make_due(*Enrollment.objects.all())
    work()
    (line,) = sign_in(ada).get(SEQUENCES).context["lines"]
    assert line.steps == "Day 1: email, day 3: call, day 5: email"
    assert line.running + line.replied == 3


def test_the_list_and_the_page_count_only_records_that_their_reader_sees(
    sign_in, ada, carla, make_lead, departments, sequence, leads
):
    """Carla sees the department Export."""
    own = make_lead("Own", department=departments.export, email="own@example.com", owner=carla)
    start(sequence, ada, own, *leads)
    page = f"{SEQUENCES}/{sequence.pk}"
    assert sign_in(carla).get(page).status_code == 403
    carla.groups.get().permissions.add(Permission.objects.get(codename="view_sequence"))
    assert get_records(sign_in(carla).get(page)) == [own]
    (line,) = sign_in(carla).get(SEQUENCES).context["lines"]
    assert line.running == 1
    text = sign_in(carla).get(page).text
    assert 'name="on"' not in text
    assert 'name="off"' not in text


def test_the_page_has_the_results_of_each_step_and_leads_to_their_records(
    sign_in, ada, sequence, leads, always
):
    start(sequence, ada, *leads)
    make_due(*Enrollment.objects.all())
    work()
    with operation("test", by=None):
        Activity.objects.filter(type="email").update(outcome="sent")
        Activity.objects.filter(type="email", record=leads[2].pk).update(outcome="failed")
        Enrollment.objects.of_record("lead", leads[0].pk).update(state="stopped", stop_reason="replied")
        Enrollment.objects.of_record("lead", leads[2].pk).update(state="stopped", stop_reason="bounced")
    make_due(*Enrollment.objects.running())
    work()
    browser, path = sign_in(ada), f"{SEQUENCES}/{sequence.pk}"
    page = browser.get(path)
    assert get_figures(page) == {
        "a": {"sent": (2, None), "replied": (1, 50), "bounced": (1, 50)},
        "b": {"added": (1, None)},
        "c": {},
    }
    assert get_records(browser.get(f"{path}?step=a&result=replied")) == [leads[0]]
    assert get_records(browser.get(f"{path}?step=a&result=sent")) == [leads[1], leads[0]]
    with operation("test", by=None):
        Task.objects.update(done_at="2026-01-01T00:00:00Z")
    assert get_figures(browser.get(path))["b"] == {"added": (1, None), "done": (1, 100)}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "cba"),
        ("state=running", "ca"),
        ("state=stopped", "b"),
        ("state=by_hand", "b"),
        ("state=finished", ""),
        ("state=none-such", "cba"),
        ("step=a&result=sent", ""),
        ("step=none&result=sent", "cba"),
        ("step=a&result=none", "cba"),
        ("before=x", "cba"),
    ],
)
def test_the_records_are_filtered_by_state_and_reason(sign_in, ada, sequence, leads, query, names):
    start(sequence, ada, *leads)
    sign_in(ada).post(f"/admin/leads/{leads[1].pk}/sequence/stop")
    found = get_records(sign_in(ada).get(f"{SEQUENCES}/{sequence.pk}?{query}"))
    assert "".join(record.last_name for record in found) == names


def test_the_records_are_read_page_by_page(sign_in, ada, sequence, leads, monkeypatch):
    monkeypatch.setattr("sequences.views.sequence.PAGE", 2)
    start(sequence, ada, *leads)
    browser, path = sign_in(ada), f"{SEQUENCES}/{sequence.pk}"
    first = browser.get(path)
    second = browser.get(f"{path}?before={first.context['next']}")
    assert get_records(first) + get_records(second) == leads[::-1]


def test_a_paused_record_says_why(sign_in, ada, bob, sequence, leads):
    start(sequence, bob, leads[0])
    browser, path = sign_in(ada), f"{SEQUENCES}/{sequence.pk}"
    assert [line.pause for line in browser.get(path).context["lines"]] == [""]
    send_away(bob, date(2026, 1, 1), date(2999, 1, 1))
    assert [line.pause for line in browser.get(path).context["lines"]] == ["Paused while Bob is away."]
    assert "Paused until 1 Jan 2999: Bob is away." in browser.get(leads[0].get_absolute_url()).text
    turn_off(sequence, by=ada)
    assert [line.pause for line in browser.get(path).context["lines"]] == ["Paused: the sequence is off."]
    assert "Paused: the sequence is off." in browser.get(leads[0].get_absolute_url()).text


def test_turning_on_and_off_can_be_undone(sign_in, ada, sequence):
    browser = sign_in(ada)
    for name, on in (("off", False), ("on", True)):
        browser.post(f"{SEQUENCES}/{sequence.pk}/switch", {name: "1"})
        sequence.refresh_from_db()
        assert sequence.turned_on is on
    revert_operation(Operation.objects.filter(kind="edit_sequence").latest("pk"), by=ada)
    sequence.refresh_from_db()
    assert not sequence.turned_on


def test_a_deleted_sequence_is_gone_until_that_is_undone(sign_in, ada, sequence, leads):
    start(sequence, ada, *leads)
    browser = sign_in(ada)
    assert "In it now: 3 leads" in browser.get(f"{SEQUENCES}/{sequence.pk}/delete").text
    browser.post(f"{SEQUENCES}/{sequence.pk}/delete")
    assert browser.get(SEQUENCES).context["lines"] == []
    assert browser.get(f"{SEQUENCES}/{sequence.pk}").status_code == 404
    revert_operation(Operation.objects.get(kind="retire_sequence"), by=ada)
    assert Sequence.objects.active().get() == sequence


def test_selected_records_and_all_are_stopped_after_the_ordinary_preview(sign_in, ada, sequence, leads):
    start(sequence, ada, *leads)
    browser, path = sign_in(ada), f"{SEQUENCES}/{sequence.pk}/stop"
    assert "Select at least one row." in browser.post(path, {"act": "selected"}, follow=True).text
    preview = browser.post(path, {"act": "selected", "record": [leads[0].pk, "x"]})["Location"]
    assert browser.get(preview).context["outcome"].changed == [leads[0].pk]
    browser.post(preview, {"sequence": sequence.pk})
    assert [state_of(lead)[0] for lead in leads] == ["stopped", "running", "running"]
    preview = browser.post(path, {"act": "all"})["Location"]
    browser.post(preview, {"sequence": sequence.pk})
    assert {state_of(lead) for lead in leads} == {("stopped", "by_hand")}
    revert_operation(Operation.objects.filter(kind="stop_sequence").latest("pk"), by=ada)
    assert [state_of(lead)[0] for lead in leads] == ["stopped", "running", "running"]


def test_who_may_not_change_many_records_stops_no_selected_ones(sign_in, someone_with, sequence, leads, ada):
    start(sequence, ada, *leads)
    user = someone_with("view_lead", "change_lead", "view_sequence")
    assert sign_in(user).post(f"{SEQUENCES}/{sequence.pk}/stop", {"act": "all"}).status_code == 403


def test_the_bulk_action_starts_a_sequence_after_a_preview_with_reasons_and_undo(
    sign_in, ann, sequence, leads, make_lead, bob
):
    bare, twin = make_lead("Bare", owner=bob, email=""), make_lead("Twin", owner=bob, email="a@example.com")
    browser = sign_in(ann)
    data = {
        "action": "start_sequence",
        "record": [one.pk for one in (*leads, bare, twin)],
    }
    address = browser.post("/admin/leads/bulk?all=1", data)["Location"]
    address = f"{address}{'&' if '?' in address else '?'}sequence={sequence.pk}"
    page = browser.get(address)
    assert page.context["outcome"].changed == [lead.pk for lead in leads]
    reasons = {str(why): number for why, number, _examples in page.context["refusals"]}
    assert reasons == {
        "This record has no email address.": 1,
        "Another one of these records has the same email address.": 1,
    }
    assert not Enrollment.objects.exists()
    browser.post(address, {"sequence": sequence.pk})
    assert Enrollment.objects.running().count() == 3
    revert_operation(Operation.objects.get(kind="start_sequence"), by=ann)
    assert Enrollment.objects.running().count() == 0


@pytest.mark.parametrize(("table", "offered"), [("leads", True), ("contacts", True), ("companies", False)])
def test_lists_of_people_offer_the_actions(sign_in, ann, leads, make_contact, table, offered):
    make_contact("Eva Malá")
    page = sign_in(ann).get(f"/admin/{table}?all=1").text
    assert ("Start a sequence" in page, "Stop the sequence" in page) == (offered, offered)


def count_queries(act) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def test_pages_cost_the_same_for_many_rows(sign_in, ada, sequence, leads, make_lead, bob):
    browser, path = sign_in(ada), f"{SEQUENCES}/{sequence.pk}"
    start(sequence, ada, leads[0])
    browser.get(path)
    few = count_queries(lambda: browser.get(path)), count_queries(lambda: browser.get(SEQUENCES))
    start(sequence, ada, *leads[1:])
    for number in range(3):
        make_sequence(f"Number {number}", build_step("call", title="Call"))
    many = count_queries(lambda: browser.get(path)), count_queries(lambda: browser.get(SEQUENCES))
    assert many == few
