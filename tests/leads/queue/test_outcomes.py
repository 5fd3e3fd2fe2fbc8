"""The outcomes of the daily queue, each of which one undo reverts, and leads that have changed since they were shown."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone

from accounts.models import Holiday
from crm.models import Activity, Change, Operation, Task
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead, QueueHold, QueueRules, Status
from leads.queue.outcomes import EVERY, get_outcomes, get_retry_day
from tests.examples import one_in
from tests.leads.queue.queueing import PAGE, TODAY, day, decide, everything, seen


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, status="contacted", phone="+420 602 118 331")


@pytest.fixture
def due(lead, make_task, bob):
    return make_task("Call about pumps", lead, user=bob, due_on=day(TODAY))


OUTCOMES = {
    "new": ["reached", "no_answer", "wrong_number", "tomorrow", "qualified", "disqualified"],
    "contacted": ["reached", "no_answer", "wrong_number", "tomorrow", "qualified", "lost"],
    "qualified": ["reached", "no_answer", "tomorrow", "next_week", "proposal", "lost"],
    "proposal": ["reached", "no_answer", "tomorrow", "next_week", "won", "lost"],
    "won": ["done", "tomorrow", "next_week"],
    "lost": ["done", "tomorrow", "next_week"],
    "disqualified": ["done", "tomorrow", "next_week"],
}


@pytest.mark.parametrize("status", OUTCOMES)
def test_each_category_of_statuses_has_its_outcomes(status, make_lead, bob, reasons):
    row = make_lead(owner=bob, status=status, lost_reason=reasons.budget if status == "lost" else None)
    assert [outcome.code for outcome in get_outcomes(row, QueueRules())] == OUTCOMES[status]


def test_an_outcome_is_not_offered_if_no_status_can_be_entered(make_lead, bob, statuses):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.contacted.pk).update(next_statuses=[statuses.lost.pk])
    lead = make_lead(owner=bob, status="contacted")
    codes = [outcome.code for outcome in get_outcomes(lead, QueueRules())]
    assert codes == ["reached", "no_answer", "wrong_number", "tomorrow", "lost"]


@pytest.mark.parametrize(
    ("owner", "outcome", "with_task"), one_in(3, product(["bob", None], sorted(EVERY), [True, False]))
)
def test_one_undo_takes_back_the_whole_outcome(
    outcome, owner, with_task, make_lead, make_task, cast, bob, sign_in, reasons
):
    status = next(status for status, codes in OUTCOMES.items() if outcome in codes)
    if owner is None and (status != "new" or with_task):
        return
    row = make_lead("Ana Pop", owner=owner and bob, status=status)
    if with_task or status != "new":
        make_task("Call", row, user=bob, due_on=day(TODAY))
    browser = sign_in(bob)
    if owner is None:
        browser.post(f"{PAGE}/claim")
    before = everything()
    needed = {"filled": outcome, "lost_reason": reasons.budget.pk}
    answer = decide(browser, row, outcome, note="A sentence", **needed)
    assert answer.status_code == 302, answer.text
    record = Operation.objects.get(kind="queue_outcome")
    assert everything() != before
    assert Change.objects.exclude(operation=record).filter(operation__pk__gt=record.pk).count() == 0
    browser.post(f"{PAGE}/undo", {"operation": record.pk})
    assert everything() == before


def test_reached_logs_the_call_with_its_note_and_completes_what_is_due(sign_in, bob, lead, due):
    decide(sign_in(bob), lead, "reached", note="Wants 12 pumps")
    call = Activity.objects.get()
    assert (call.type, call.outcome, call.text, call.created_by) == ("call", "reached", "Wants 12 pumps", bob)
    due.refresh_from_db()
    lead.refresh_from_db()
    assert (due.is_done, due.done_by, lead.status.key) == (True, bob, "contacted")
    assert lead.last_contacted_at is not None


def test_a_new_lead_that_was_reached_moves_on(sign_in, bob, make_lead):
    row = make_lead(owner=bob)
    decide(sign_in(bob), row, "reached")
    row.refresh_from_db()
    assert row.status.key == "contacted"


def test_no_answer_puts_the_task_off_to_the_next_working_day_or_plans_one(sign_in, bob, lead, due, make_lead):
    browser = sign_in(bob)
    decide(browser, lead, "no_answer")
    due.refresh_from_db()
    assert (due.is_done, due.due_on) == (False, get_retry_day(bob, 1))
    other = make_lead("Eva Other", owner=bob)
    decide(browser, other, "no_answer")
    task = Task.objects.get(record=other.pk)
    assert (task.title, task.due_on, task.user, task.type) == (
        "First call",
        get_retry_day(bob, 1),
        bob,
        "call",
    )
    other.refresh_from_db()
    assert (other.status.key, other.first_contacted_at) == ("new", None)


def test_the_retry_comes_after_the_working_days_that_administrators_set(sign_in, bob, lead, due):
    browser = sign_in(bob)
    with operation("test", by=None):
        QueueRules.objects.create(pk=QueueRules.ROW, retry_days=3)
    assert "No answer, retry in 3 working days" in browser.get(f"{PAGE}?lead={lead.pk}").text
    decide(browser, lead, "no_answer")
    due.refresh_from_db()
    assert due.due_on == get_retry_day(bob, 3)


@pytest.mark.parametrize(("days", "expected"), [(1, "2026-11-30"), (2, "2026-12-02"), (5, "2026-12-07")])
def test_a_retry_skips_weekends_and_holidays(days, expected, bob, monkeypatch):
    with operation("test", by=None):
        Holiday.objects.create(day="2026-12-01", name="National Dayqq")
    # A Friday.
    monkeypatch.setattr("leads.queue.outcomes.get_local_today", lambda user: date(2026, 11, 27))
    assert get_retry_day(bob, days).isoformat() == expected


def test_an_outcome_that_is_turned_off_is_neither_offered_nor_accepted(sign_in, bob, lead, due):
    browser = sign_in(bob)
    with operation("test", by=None):
        QueueRules.objects.create(pk=QueueRules.ROW, outcomes_off=["wrong_number", "tomorrow"])
    offered = get_outcomes(lead, QueueRules.get_current())
    assert [outcome.code for outcome in offered] == ["reached", "no_answer", "qualified", "lost"]
    assert decide(browser, lead, "tomorrow").status_code == 422


def test_a_chosen_day_is_the_day_of_the_next_action(sign_in, bob, lead, due):
    browser, later = sign_in(bob), day(timedelta(days=9))
    decide(browser, lead, "no_answer", day=later)
    due.refresh_from_db()
    assert due.due_on == later


def test_a_day_in_the_past_is_an_error_and_keeps_what_was_typed(sign_in, bob, lead, due):
    answer = decide(sign_in(bob), lead, "no_answer", day=day(TODAY), note="Typed text")
    assert answer.status_code == 422
    assert "Choose a time, or a day after today." in answer.text
    assert "Typed text" in answer.text
    assert not Activity.objects.exists()


def test_a_status_with_required_fields_asks_for_them_in_place(sign_in, bob, lead, due, statuses):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.qualified.pk).update(required_fields=["country"])
    browser = sign_in(bob)
    asked = decide(browser, lead, "qualified", note="Wants it")
    assert asked.status_code == 200
    assert 'name="country"' in asked.text
    assert "Wants it" in asked.text
    lead.refresh_from_db()
    assert lead.status.key == "contacted"
    empty = decide(browser, lead, "qualified", filled="qualified", country="")
    assert empty.status_code == 422
    decide(browser, lead, "qualified", filled="qualified", country="CZ", note="Wants it")
    lead.refresh_from_db()
    assert (lead.status.key, lead.country) == ("qualified", "CZ")


def test_lost_asks_for_the_reason(sign_in, bob, lead, due, reasons):
    browser = sign_in(bob)
    asked = decide(browser, lead, "lost")
    assert 'name="lost_reason"' in asked.text
    decide(browser, lead, "lost", filled="lost", lost_reason=reasons.budget.pk, lost_remark="Too dear")
    lead.refresh_from_db()
    assert (lead.status.key, lead.lost_reason, lead.lost_remark) == ("lost", reasons.budget, "Too dear")


@pytest.mark.parametrize("outcome", ["reached", "no_answer", "tomorrow", "skip"])
def test_a_second_click_applies_nothing_twice(outcome, sign_in, bob, lead, due):
    browser = sign_in(bob)
    shown, path = seen(browser, lead), "skip" if outcome == "skip" else "outcome"
    data = {"seen": shown, "outcome": outcome, "reason": "later"}
    assert browser.post(f"{PAGE}/{lead.pk}/{path}", data).status_code == 302
    before = everything()
    again = browser.post(f"{PAGE}/{lead.pk}/{path}", data)
    assert again.status_code == 409
    assert "already recorded an outcome" in again.text
    assert everything() == before


def test_a_lead_that_a_colleague_has_changed_is_shown_as_it_is_now(sign_in, bob, ann, lead, due):
    browser = sign_in(bob)
    shown = seen(browser, lead)
    carry_out(verbs.Edit({"city": "Brno"}), Lead.objects.changeable_by(ann), by=ann)
    answer = decide(browser, lead, "reached", seen=shown)
    assert answer.status_code == 409
    assert "has changed since you opened it" in answer.text
    assert "Brno" in answer.text
    assert not Activity.objects.exists()
    assert decide(browser, lead, "reached").status_code == 302


def test_a_lead_that_a_colleague_was_given_cannot_have_an_outcome(sign_in, bob, ben, make_lead):
    row = make_lead("Lone Lead")
    QueueHold.objects.create(lead=row.pk, user=ben, until=timezone.now() + timedelta(minutes=5))
    answer = decide(sign_in(bob), row, "reached", seen="1-0")
    assert answer.status_code == 409
    assert f"{ben.name} is working on this lead." in answer.text
    row.refresh_from_db()
    assert row.owner is None


def test_a_lead_that_a_colleague_took_is_theirs(sign_in, bob, ben, make_lead):
    row = make_lead("Lone Lead", shared=True)
    browser = sign_in(bob)
    browser.post(f"{PAGE}/claim")
    shown = seen(browser, row)
    carry_out(verbs.Take(ben), Lead.objects.takeable_by(ben), by=ben)
    answer = decide(browser, row, "reached", seen=shown)
    assert answer.status_code == 409
    assert f"{ben.name} has this lead now." in answer.text


def test_an_unassigned_lead_is_given_after_the_own_ones_and_is_taken_with_the_first_outcome(
    sign_in, bob, lead, due, make_lead
):
    row = make_lead("Lone Lead")
    browser = sign_in(bob)
    assert "Lone Lead" not in browser.get(PAGE).text
    decide(browser, lead, "reached")
    assert QueueHold.objects.get().lead == row.pk
    assert "Lone Lead" in browser.get(PAGE).text
    row.refresh_from_db()
    assert row.owner is None
    decide(browser, row, "no_answer")
    row.refresh_from_db()
    assert row.owner == bob
    assert not QueueHold.objects.exists()
