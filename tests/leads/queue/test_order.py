"""The daily queue as a whole: which leads are in it, in which order, and at which cost."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.models import Lead, QueueRules, Source, Status
from leads.queue import waiting_leads
from leads.queue.waiting_leads import get_unassigned_leads, get_waiting_leads
from tests.leads.scores.scoring import make_score_rule

DELIVERED = QueueRules()


def test_the_queue_of_a_user_goes_by_the_scores_of_the_leads(bob, make_lead, make_task):
    low, high = (make_lead(name, owner=bob, status="contacted") for name in ("Low Lead", "High Lead"))
    for lead in (low, high):
        make_task("Call", lead, user=bob, due_on=timezone.localdate())
    make_score_rule(40, f"first_name.is={high.first_name}")
    assert [place.lead for place in get_waiting_leads(bob, DELIVERED)] == [high.pk, low.pk]
    assert [place.from_score for place in get_waiting_leads(bob, DELIVERED)] == [40, 0]


def in_short(user, **values) -> list[tuple]:
    rules = QueueRules.get_current()
    places = get_waiting_leads(user, rules, **values)
    names = dict(Lead.objects.values_list("pk", "last_name"))
    return [(names[place.lead], [one.code for one in place.reasons]) for place in places]


def late(lead: Lead, days: int) -> None:
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(status_since=timezone.now() - timedelta(days=days))


def test_the_queue_has_what_is_new_due_stuck_or_over_its_limit(make_lead, make_task, bob, statuses):
    today = timezone.localdate()
    make_task("Call", make_lead("Due", owner=bob, status="contacted"), user=bob, due_on=today)
    make_task("Call", make_lead("Late", owner=bob, status="won"), user=bob, due_on=today - timedelta(days=2))
    make_task(
        "Call", make_lead("Later", owner=bob, status="contacted"), user=bob, due_on=today + timedelta(days=1)
    )
    late(make_lead("Stuck", owner=bob, status="contacted"), 20)
    make_lead("Fresh", owner=bob)
    make_lead("Working", owner=bob, status="contacted")
    make_lead("Gone", owner=bob, deleted_at=timezone.now())
    assert in_short(bob) == [
        ("Late", ["task_overdue"]),
        ("Due", ["task_today"]),
        ("Fresh", ["new"]),
        ("Stuck", ["stuck"]),
    ]


def test_a_lead_with_a_limit_is_overdue_after_it_and_leaves_with_the_first_contact(make_lead, bob, sources):
    with operation("test", by=None):
        Source.objects.filter(pk=sources.website.pk).update(contact_within=60)
    lead = make_lead("Limited", owner=bob, created_at=timezone.now() - timedelta(days=9))
    assert in_short(bob) == [("Limited", ["contact_overdue", "new"])]
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(first_contacted_at=timezone.now())
    assert in_short(bob) == []


def test_a_task_is_due_on_the_clock_of_its_user(make_lead, make_task, bob, monkeypatch):
    bob.time_zone = "Asia/Tokyo"
    monkeypatch.setattr(timezone, "now", lambda: datetime(2030, 5, 6, 16, tzinfo=UTC))
    lead = make_lead("Early", owner=bob, status="contacted")
    make_task("Call", lead, user=bob, due_on=date(2030, 5, 7), due_time=time(0, 30))
    assert in_short(bob) == [("Early", ["task_overdue"])]


def test_new_unassigned_leads_of_the_own_departments_are_offered(
    make_lead, bob, oscar, departments, statuses
):
    make_lead("First", created_at=timezone.now() - timedelta(hours=2))
    make_lead("Second", vip=True)
    make_lead("Foreign", department=departments.export)
    make_lead("Talking", status="contacted")
    names = dict(Lead.objects.values_list("pk", "last_name"))
    offered = [names[place.lead] for place in get_unassigned_leads(bob, DELIVERED)]
    assert offered == ["Second", "First"]
    # Operators may not take leads.
    assert get_unassigned_leads(oscar, DELIVERED) == []


def test_a_queue_is_one_query_however_many_leads_and_statuses_there_are(
    make_lead, make_task, bob, make_status
):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            get_waiting_leads(bob, DELIVERED)
        return len([one for one in caught if "leads_status" not in one["sql"].partition("FROM")[2][:30]])

    make_lead(owner=bob)
    few = cost()
    for number in range(5):
        make_status(f"Step {number}", kind="new", most_days=3)
        make_task("Call", make_lead(f"Ana {number}", owner=bob), user=bob, due_on=timezone.localdate())
    assert cost() == few == 1


def test_the_query_is_as_long_for_many_statuses_with_a_limit_and_reads_what_is_done_once(
    make_lead, bob, make_status
):
    def tables() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as caught:
            get_waiting_leads(bob, DELIVERED)
        (sql,) = [one["sql"] for one in caught if "leads_queuestep" in one["sql"]]
        return sql.count('FROM "leads_lead"'), sql.count("leads_queuestep")

    few = tables()
    late(make_lead("Stuck", owner=bob, status="contacted"), 20)
    for number in range(5):
        make_status(f"Step {number}", kind="contacted", most_days=3)
    assert in_short(bob) == [("Stuck", ["stuck"])]
    assert tables() == few
    # Those of tasks, first contacts, new and stuck leads, and of no-shows.
    assert few == (5, 1)


def test_stuck_means_the_same_as_in_the_list(make_lead, bob):
    lead = make_lead("Planned", owner=bob, status="contacted")
    late(lead, 15)
    assert in_short(bob) == [("Planned", ["stuck"])]
    with operation("test", by=None):
        Status.objects.filter(key="contacted").update(most_days=None)
    assert in_short(bob) == []


def test_the_query_is_compiled_once_and_follows_the_clock(make_lead, make_task, bob, monkeypatch):
    now = timezone.now()
    task = {"user": bob, "due_on": timezone.localdate() + timedelta(days=2)}
    make_task("Call", make_lead("Later", owner=bob, status="contacted"), **task)
    make_task("Write", make_lead("Now", owner=bob, status="won"), **task | {"due_on": timezone.localdate()})
    assert in_short(bob) == [("Now", ["task_today"])]
    monkeypatch.setattr(waiting_leads, "_exclude_done", lambda *leads: pytest.fail("It was compiled again."))
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=2))
    assert in_short(bob) == [("Now", ["task_overdue"]), ("Later", ["task_today"])]
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=40))
    assert in_short(bob) == [("Later", ["task_overdue", "stuck"]), ("Now", ["task_overdue"])]
