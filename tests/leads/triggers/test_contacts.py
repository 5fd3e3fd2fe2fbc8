"""When a lead was first and last contacted: which activities and moves count, and what an undo leads back to."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm.models import Activity, Change, Operation
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.work.activities.contact_triggers import CONTACT_COLUMNS
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity, carry_out_on_activity
from leads.models import Lead
from leads.verbs import Delete, Edit, Move, Purge, SetVip
from tests.crossing import crossed
from tests.hard.many import many_leads

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def rows(lead):
    return Lead.objects.filter(pk=lead.pk)


def log(lead, by, at, type="call", outcome="reached") -> Operation:
    return carry_out(AddActivity(by, type, "", outcome, at=at), rows(lead), by=by).operation


def set_last(lead, by, at) -> Operation:
    return carry_out(Edit({"last_contacted_at": at}), rows(lead), by=by).operation


def state(lead) -> tuple:
    return rows(lead).values_list(*CONTACT_COLUMNS).get()


def contacted(lead) -> tuple:
    """First and last contact, each with its origin."""
    return state(lead)[:4]


NEVER = (None, "status", None, "status")


@pytest.mark.parametrize(
    ("type", "outcome", "counted"),
    [
        ("call", "reached", True),
        ("call", "no_answer", False),
        ("call", "message", False),
        ("call", "wrong_number", False),
        ("meeting", "", True),
        ("note", "", False),
        ("email", "sent", True),
        ("email", "sending", False),
        ("email", "failed", False),
    ],
)
def test_a_meeting_a_call_that_reached_someone_and_a_sent_email_are_contacts(
    lead, bob, type, outcome, counted
):
    log(lead, bob, MONDAY, type, outcome)
    assert contacted(lead) == ((MONDAY, "activity", MONDAY, "activity") if counted else NEVER)


def test_a_reply_is_the_last_contact_but_not_the_first(lead, bob):
    log(lead, bob, MONDAY, "email", "received")
    assert contacted(lead) == (None, "status", MONDAY, "activity")


def test_the_latest_activity_is_the_last_contact_in_whatever_order_they_are_logged(lead, bob):
    log(lead, bob, TUESDAY)
    log(lead, bob, MONDAY, "meeting", "")
    assert contacted(lead) == (MONDAY, "activity", TUESDAY, "activity")
    log(lead, bob, FRIDAY)
    assert contacted(lead) == (MONDAY, "activity", FRIDAY, "activity")
    assert list(find_history_differences()) == []


@pytest.mark.parametrize("key", ["contacted", "qualified", "proposal", "won"])
def test_the_first_move_to_contacted_or_beyond_is_the_first_contact(lead, bob, statuses, key):
    carry_out(Move(getattr(statuses, key)), rows(lead), by=bob)
    lead.refresh_from_db()
    assert contacted(lead) == (lead.status_since, "status", None, "status")


def test_a_lost_lead_may_never_have_been_contacted(lead, bob, statuses, reasons):
    carry_out(Move(statuses.lost, reasons.budget), rows(lead), by=bob)
    assert contacted(lead) == NEVER


def test_edits_and_adding_a_lead_in_a_later_status_are_no_contacts(make_lead, bob):
    lead = make_lead("Eva", owner=bob, status="qualified")
    carry_out(Edit({"city": "Cluj"}), rows(lead), by=bob)
    carry_out(SetVip(True), rows(lead), by=bob)
    assert contacted(lead) == NEVER


def test_an_earlier_call_becomes_the_first_contact_and_without_it_the_move_counts_again(lead, bob, statuses):
    carry_out(Move(statuses.contacted), rows(lead), by=bob)
    before = state(lead)
    done = log(lead, bob, MONDAY)
    assert contacted(lead) == (MONDAY, "activity", MONDAY, "activity")
    revert_operation(done, by=bob)
    assert state(lead) == before


def test_a_move_after_a_call_counts_once_the_call_is_deleted_and_not_after_its_own_undo(lead, bob, statuses):
    log(lead, bob, MONDAY)
    moved = carry_out(Move(statuses.contacted), rows(lead), by=bob).operation
    assert contacted(lead) == (MONDAY, "activity", MONDAY, "activity")
    deleted = carry_out_on_activity(DeleteActivity("call"), Activity.objects.get(), by=bob)
    lead.refresh_from_db()
    assert contacted(lead) == (lead.status_since, "status", None, "status")
    assert revert_operation(moved, by=bob).kept_count == 0
    assert contacted(lead) == NEVER
    revert_operation(deleted, by=bob)
    assert contacted(lead) == (MONDAY, "activity", MONDAY, "activity")
    assert list(find_history_differences()) == []


def test_undoing_a_move_uncovers_a_later_call(lead, bob, statuses):
    moved = carry_out(Move(statuses.contacted), rows(lead), by=bob).operation
    later = timezone.now() + timedelta(seconds=30)
    log(lead, bob, later)
    back = revert_operation(moved, by=bob).operation
    assert contacted(lead) == (later, "activity", later, "activity")
    revert_operation(back, by=bob)
    lead.refresh_from_db()
    assert contacted(lead)[1] == "status"
    assert list(find_history_differences()) == []


def test_editing_the_time_or_the_outcome_of_a_call_moves_the_contact(lead, bob):
    log(lead, bob, MONDAY)
    first = state(lead)
    call = Activity.objects.get()
    moved = carry_out_on_activity(EditActivity("call", {"at": FRIDAY}), call, by=bob)
    assert contacted(lead) == (FRIDAY, "activity", FRIDAY, "activity")
    missed = carry_out_on_activity(EditActivity("call", {"outcome": "no_answer"}), call, by=bob)
    assert contacted(lead) == NEVER
    revert_operation(missed, by=bob)
    revert_operation(moved, by=bob)
    assert state(lead) == first


def test_a_value_that_is_set_counts_until_a_later_contact(lead, bob):
    set_last(lead, bob, TUESDAY)
    assert contacted(lead) == (TUESDAY, "hand", TUESDAY, "hand")
    before = state(lead)
    earlier = log(lead, bob, MONDAY)
    assert contacted(lead) == (MONDAY, "activity", TUESDAY, "hand")
    later = log(lead, bob, FRIDAY)
    assert contacted(lead) == (MONDAY, "activity", FRIDAY, "activity")
    revert_operation(earlier, by=bob)
    revert_operation(later, by=bob)
    assert state(lead) == before


@pytest.mark.parametrize("value", [MONDAY, None])
def test_a_value_that_is_set_before_the_last_call_stays_and_later_calls_still_count(lead, bob, value):
    log(lead, bob, TUESDAY)
    before = state(lead)
    changed = set_last(lead, bob, value)
    after = state(lead)
    assert contacted(lead)[2:] == (value, "hand")
    later = log(lead, bob, FRIDAY)
    assert contacted(lead)[2:] == (FRIDAY, "activity")
    revert_operation(later, by=bob)
    assert state(lead) == after
    assert list(find_history_differences()) == []
    revert_operation(changed, by=bob)
    assert state(lead) == before


def test_calls_are_undone_in_any_order(lead, bob, statuses):
    set_last(lead, bob, MONDAY - timedelta(days=9))
    before = state(lead)
    done = [log(lead, bob, at) for at in (MONDAY, FRIDAY, TUESDAY)]
    for record in done:
        revert_operation(record, by=bob)
        assert list(find_history_differences()) == []
    assert state(lead) == before


def test_a_call_on_many_leads_writes_each_of_them_once(departments, statuses, sources, ann):
    ids = many_leads(40, departments.sales, statuses.new, sources.event)
    many = Lead.objects.filter(pk__in=ids)
    done = carry_out(AddActivity(ann, "call", "", "reached", at=MONDAY), many, by=ann).operation
    assert many.filter(last_contacted_at=MONDAY, version=2).count() == 40
    assert Change.objects.of_operations([done], "lead").count() == 40
    revert_operation(done, by=ann)
    assert many.filter(last_contacted_at=None, first_contacted_by="status", version=3).count() == 40


def test_a_note_leaves_the_lead_unwritten(lead, bob):
    log(lead, bob, MONDAY, "note", "")
    log(lead, bob, MONDAY, "call", "no_answer")
    assert rows(lead).get().version == lead.version


def test_a_lead_that_is_deleted_permanently_comes_back_as_it_was(lead, ada):
    set_last(lead, ada, MONDAY)
    log(lead, ada, FRIDAY)
    before = state(lead)
    carry_out(Delete(), rows(lead), by=ada)
    purged = carry_out(Purge(), rows(lead), by=ada).operation
    revert_operation(purged, by=ada)
    assert state(lead) == before
    assert list(find_history_differences()) == []


def test_the_check_finds_a_contact_that_does_not_follow(lead, bob):
    log(lead, bob, MONDAY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL leadwell.machine = 'on'")
        cursor.execute("UPDATE leads_lead SET last_contacted_at = now() WHERE id = %s", [lead.pk])
        cursor.execute("SET LOCAL leadwell.machine = 'off'")
    assert {found.what for found in find_history_differences()} == {"last_contacted_at", "last contacted"}


def shown(browser, lead) -> str:
    return " ".join(browser.get(f"/admin/leads/{lead.pk}").content.decode().split())


def test_the_page_says_when_and_how(sign_in, make_lead, lead, bob, statuses):
    browser = sign_in(bob)
    assert "First contacted" not in shown(browser, lead)
    carry_out(Move(statuses.contacted), rows(lead), by=bob)
    assert "by a status change</small>" in shown(browser, lead)
    log(lead, bob, MONDAY)
    call = Activity.objects.get()
    link = f'<a class="link" href="/admin/leads/{lead.pk}/activities/{call.pk}">by a call</a>'
    assert shown(browser, lead).count(link) == 2
    other = make_lead("Eva", owner=bob, last_contacted_at=MONDAY)
    assert "set manually</small>" in shown(browser, other)


def test_the_timeline_has_one_entry_for_a_call(sign_in, lead, bob):
    log(lead, bob, MONDAY)
    page = shown(sign_in(bob), lead)
    assert "logged a call" in page
    assert "made changes" not in page


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_two_calls_at_once_both_count(bob, make_lead):
    lead = make_lead(owner=bob)
    crossed(lambda: log(lead, bob, TUESDAY), lambda: log(lead, bob, MONDAY))
    assert contacted(lead) == (MONDAY, "activity", TUESDAY, "activity")


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_two_calls_that_are_edited_at_once_both_count(bob, make_lead):
    lead = make_lead(owner=bob)
    log(lead, bob, TUESDAY)
    log(lead, bob, TUESDAY)
    one, two = Activity.objects.order_by("id")
    crossed(
        lambda: carry_out_on_activity(EditActivity("call", {"at": FRIDAY}), one, by=bob),
        lambda: carry_out_on_activity(EditActivity("call", {"at": MONDAY}), two, by=bob),
    )
    assert contacted(lead) == (MONDAY, "activity", FRIDAY, "activity")
    assert list(find_history_differences()) == []
