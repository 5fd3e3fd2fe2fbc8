"""The page of the daily queue: skips, the progress of the day, the queues of colleagues, the weights in Settings."""

import re
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Activity, Change, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from leads.models import QueueHold, QueueRules, QueueStep
from leads.queue import cleanup
from leads.queue.priority_reasons import REASONS
from tests.leads.queue.queueing import PAGE, TODAY, day, decide, seen
from tests.reading import close_up


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, status="contacted", phone="+420 602 118 331")


@pytest.fixture
def due(lead, make_task, bob):
    return make_task("Call about pumps", lead, user=bob, due_on=day(TODAY))


def test_a_skipped_lead_is_out_of_the_queue_until_it_is_brought_back(sign_in, bob, lead, due):
    browser = sign_in(bob)
    browser.post(f"{PAGE}/{lead.pk}/skip", {"seen": seen(browser, lead), "reason": "unknown"})
    step = QueueStep.objects.get()
    assert (step.reason, step.is_skip) == ("unknown", True)
    text = browser.get(PAGE).text
    assert "The queue is empty" in text
    assert "Bring back 1 skipped lead" in text
    browser.post(f"{PAGE}/skipped")
    assert f"{PAGE}/{lead.pk}/outcome" in browser.get(PAGE).text
    revert_operation(Operation.objects.latest("pk"), by=bob)
    assert "The queue is empty" in browser.get(PAGE).text


def test_the_progress_of_the_day_counts_outcomes(sign_in, bob, lead, due, make_lead):
    make_lead("Eva Other", owner=bob)
    browser = sign_in(bob)
    assert "0 of 2 done" in re.sub(r"\s+", " ", browser.get(PAGE).text)
    decide(browser, lead, "reached")
    text = re.sub(r"\s+", " ", browser.get(PAGE).text)
    assert "1 of 2 done" in text
    assert '<progress class="progress" max="2" value="1"' in text
    browser.post(f"{PAGE}/undo", {"operation": Operation.objects.get(kind="queue_outcome").pk})
    assert "0 of 2 done" in re.sub(r"\s+", " ", browser.get(PAGE).text)


def test_the_page_says_which_task_of_today_stays(sign_in, bob, lead, due, make_task, monkeypatch):
    noon = timezone.localtime().replace(hour=12, minute=0)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    make_task("Call back", lead, user=bob, due_on=day(TODAY), due_time=time(19, 30))
    browser = sign_in(bob)
    decide(browser, lead, "reached")
    assert "“Call back” stays planned for 19:30. The lead returns then." in close_up(browser.get(PAGE).text)
    monkeypatch.setattr(timezone, "now", lambda: noon.replace(hour=19, minute=30, second=1))
    text = close_up(browser.get(PAGE).text)
    assert "stays planned" not in text
    assert f"{PAGE}/{lead.pk}/outcome" in text


def test_an_empty_queue_says_what_was_done(sign_in, bob, lead, due):
    browser = sign_in(bob)
    decide(browser, lead, "reached")
    text = re.sub(r"\s+", " ", browser.get(PAGE).text)
    assert "The queue is empty" in text
    assert "1 lead has an outcome today" in text


def test_the_undo_of_an_earlier_page_undoes_nothing_else(sign_in, bob, lead, due, make_lead):
    other = make_lead("Eva Other", owner=bob)
    browser = sign_in(bob)
    decide(browser, lead, "reached")
    first = Operation.objects.get(kind="queue_outcome").pk
    decide(browser, other, "no_answer")
    browser.post(f"{PAGE}/undo", {"operation": first})
    assert QueueStep.objects.count() == 2
    last = Operation.objects.filter(kind="queue_outcome").latest("pk").pk
    browser.post(f"{PAGE}/undo", {"operation": last})
    browser.post(f"{PAGE}/undo", {"operation": last})
    assert QueueStep.objects.get().operation == first


def test_an_undone_outcome_on_an_unassigned_lead_gives_it_to_the_user_again(sign_in, bob, make_lead):
    row, browser = make_lead("Lone Lead"), sign_in(bob)
    browser.post(f"{PAGE}/claim")
    decide(browser, row, "reached")
    answer = browser.post(f"{PAGE}/undo", {"operation": Operation.objects.get(kind="queue_outcome").pk})
    assert answer["Location"] == f"{PAGE}?lead={row.pk}"
    assert QueueHold.objects.get(lead=row.pk).user == bob
    assert not Activity.objects.present().exists()
    assert not Task.objects.present().exists()


def test_an_outcome_that_names_none_keeps_what_was_typed(sign_in, bob, lead, due):
    answer = decide(sign_in(bob), lead, "", note="Typed text")
    assert answer.status_code == 422
    assert "Choose an outcome." in answer.text
    assert "Typed text" in answer.text


def test_outcomes_require_the_permission_to_change_leads(sign_in, someone_with, make_lead, bob):
    row = make_lead(owner=bob)
    browser = sign_in(someone_with("view_lead", "see_departments"))
    assert browser.get(PAGE).status_code == 200
    for path in (f"{row.pk}/outcome", f"{row.pk}/skip", "claim", "undo", "skipped"):
        assert browser.post(f"{PAGE}/{path}").status_code == 403


def test_a_lead_out_of_the_scope_is_not_found(sign_in, bob, dan, departments, make_lead):
    row = make_lead(owner=dan, department=departments.export)
    for path in ("outcome", "skip"):
        assert sign_in(bob).post(f"{PAGE}/{row.pk}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("viewer", "of", "found"),
    [("ann", "bob", True), ("conrad", "dan", True), ("ann", "dan", False), ("bob", "ben", False)],
)
def test_a_manager_views_the_queues_of_their_department_and_others_are_not_found(
    viewer, of, found, cast, sign_in, make_lead, departments
):
    person = getattr(cast, of)
    row = make_lead(
        "Some Lead", owner=person, department=departments.export if of == "dan" else departments.sales
    )
    answer = sign_in(getattr(cast, viewer)).get(f"{PAGE}?of={person.pk}")
    assert answer.status_code == (200 if found else 404)
    if found:
        assert "Some Lead" in answer.text
        assert f"{PAGE}/{row.pk}/outcome" not in answer.text
        assert f"Queue of {person.name}" in answer.text


@pytest.mark.parametrize("of", ["x", "0", "9" * 30, "-1"])
def test_an_unknown_colleague_is_not_found(of, sign_in, ann):
    assert sign_in(ann).get(f"{PAGE}?of={of}").status_code == 404


def test_the_page_costs_as_many_queries_for_many_leads_as_for_few(sign_in, bob, make_lead, make_task):
    browser = sign_in(bob)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(PAGE).status_code == 200
        return len(caught)

    make_task("Call", make_lead("Ana First", owner=bob), user=bob, due_on=day(TODAY))
    make_lead("Ana Second", owner=bob)
    few = cost()
    for number in range(8):
        make_task("Call", make_lead(f"Ana {number}", owner=bob), user=bob, due_on=day(TODAY))
    # Two of them read the working time, for the moments of a call-back.
    assert cost() == few <= 19


def test_an_administrator_changes_the_weights_and_can_undo_it(sign_in, ada):
    browser = sign_in(ada)
    names = [*REASONS, "vip", "score"]
    data = dict.fromkeys(names, "10") | {"hold_minutes": "30", "retry_days": "2", "version": "0"}
    data |= {"outcomes_off": ["tomorrow"]}
    assert browser.post(f"{PAGE}/rules", data).status_code == 302
    rules = QueueRules.get_current()
    assert (rules.stuck, rules.hold_minutes, rules.retry_days, rules.outcomes_off) == (
        10,
        30,
        2,
        ["tomorrow"],
    )
    crossed = browser.post(f"{PAGE}/rules", data | {"stuck": "20"})
    assert crossed.status_code == 409
    assert browser.post(f"{PAGE}/rules", data | {"stuck": "20", "version": "1"}).status_code == 302
    record = Operation.objects.filter(kind="edit_queue_rules").latest("pk")
    assert describe_operation(record) == "Edit the rules of the queue"
    revert_operation(record, by=ada)
    assert QueueRules.get_current().stuck == 10
    revert_operation(Operation.objects.filter(kind="edit_queue_rules").earliest("pk"), by=ada)
    assert QueueRules.get_current().stuck == 30


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("new", "-1"),
        ("stuck", "1001"),
        ("vip", "x"),
        ("score", "-1"),
        ("score", "1001"),
        ("hold_minutes", "0"),
        ("retry_days", "31"),
        ("outcomes_off", ["done", "tomorrow", "next_week"]),
    ],
)
def test_a_weight_out_of_its_limits_is_an_error_on_its_field(name, value, sign_in, ada):
    names = [*REASONS, "vip", "score"]
    data = dict.fromkeys(names, "10") | {"hold_minutes": "30", "retry_days": "1", "version": "0", name: value}
    assert sign_in(ada).post(f"{PAGE}/rules", data).status_code == 422
    assert not QueueRules.objects.exists()


def test_the_cleanup_removes_earlier_days_and_what_is_no_longer_kept(bob, lead):
    now = timezone.now()
    step = {"user": bob, "lead": lead.pk, "outcome": "reached", "operation": 1, "until": now}
    with operation("test", by=None):
        for away in (0, 1, 9):
            QueueStep.objects.create(**step, day=day(-timedelta(days=away)))
    QueueHold.objects.create(lead=lead.pk, user=bob, until=now - timedelta(minutes=1))
    recorded = Change.objects.filter(table="queue_step").count()
    assert (cleanup.delete_old_queue_steps(), cleanup.delete_expired_queue_holds()) == (1, 1)
    assert QueueStep.objects.count() == 2
    assert Change.objects.filter(table="queue_step").count() == recorded


@pytest.fixture
def meeting(lead, bob):
    """It began an hour ago and goes on."""
    with operation("test", by=None):
        return Activity.objects.create(
            of="lead",
            record=lead.pk,
            type="meeting",
            outcome="planned",
            minutes=90,
            created_by=bob,
            at=timezone.now() - timedelta(hours=1),
        )


def test_the_queue_asks_whether_a_meeting_took_place_and_is_returned_to(sign_in, bob, lead, due, meeting):
    browser = sign_in(bob)
    text = browser.get(f"{PAGE}?lead={lead.pk}").text
    assert "take place?" in text
    assert text.count('data-key="y"') == text.count('data-key="w"') == 1
    path = f"/admin/leads/{lead.pk}/activities/{meeting.pk}"
    answer = browser.post(f"{path}/no-show", {"ask": "1", "queue": "1"})
    assert answer["Location"] == f"{path}/next?queue=1"
    assert 'name="queue"' in browser.get(answer["Location"]).text
    answer = browser.post(
        f"{path}/next", {"what": "task", "said": "They forgot.", "priority": "normal", "queue": "1"}
    )
    assert answer["Location"] == f"{PAGE}?lead={lead.pk}"
    assert "take place?" not in browser.get(answer["Location"]).text


def test_the_queue_does_not_ask_who_may_not_say_it(sign_in, bob, ann, lead, due, meeting):
    with operation("test", by=None):
        Activity.objects.update(created_by=ann)
    assert "take place?" not in sign_in(bob).get(f"{PAGE}?lead={lead.pk}").text
