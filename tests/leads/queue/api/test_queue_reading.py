"""API v2 has the leads that are waiting in the order of the page, with its reasons and outcomes, and the stuck ones."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.models import Lead, QueueHold, Status
from leads.queue.queue_page import QueuePage
from tests.api.conftest import umbra
from tests.leads.queue.queueing import PAGE, TODAY, day, seen

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db
QUEUE = "/api/v2/queue"


@pytest.fixture
def waiting(make_lead, make_task, bob):
    """A new lead, one with a task of today and one with a late task, as Bob's queue has them."""
    rows = [make_lead(name, owner=bob, status="contacted") for name in ("Ana Today", "Eva Late")]
    make_task("Call", rows[0], user=bob, due_on=day(TODAY))
    make_task("Call", rows[1], user=bob, due_on=day(timedelta(days=-3)))
    return [*rows, make_lead("Jan New", owner=bob)]


def test_the_leads_come_in_the_order_of_the_page_with_its_reasons(waiting, bob, umbra):
    page = QueuePage(bob, bob)
    queue = umbra(bob).get(QUEUE)
    assert [row["lead"] for row in queue["leads"]] == [place.lead for place in page.places]
    assert len(queue["leads"]) == queue["waiting"] == 3
    late = next(row for row in queue["leads"] if row["name"] == "Eva Late")
    assert [(one["reason"], one["words"]) for one in late["reasons"]] == [
        ("task_overdue", "Task 3 days overdue")
    ]
    assert [row["points"] for row in queue["leads"]] == [place.points for place in page.places]
    assert len(umbra(bob).get(f"{QUEUE}?limit=2")["leads"]) == 2


def test_what_was_done_and_skipped_today_is_counted_and_out_of_the_queue(waiting, bob, umbra):
    program = umbra(bob)
    program.post(f"{QUEUE}/{waiting[0].pk}/outcome", {"outcome": "reached"})
    program.post(f"{QUEUE}/{waiting[1].pk}/skip", {})
    queue = program.get(QUEUE)
    assert (queue["done"], queue["skipped"], queue["waiting"]) == (1, 1, 1)
    assert [row["lead"] for row in queue["leads"]] == [waiting[2].pk]


def test_a_lead_has_the_outcomes_of_its_page_and_what_their_statuses_ask_for(waiting, bob, sign_in, umbra):
    lead = waiting[0]
    found = umbra(bob).get(f"{QUEUE}/{lead.pk}")
    browser = sign_in(bob)
    offered = browser.get(f"{PAGE}?lead={lead.pk}").context["page"].outcomes
    assert [(one["outcome"], one["label"]) for one in found["outcomes"]] == [
        (one.code, one.button_label) for one in offered
    ]
    assert found["seen"] == seen(browser, lead)
    asks = {one["outcome"]: one["asks"] for one in found["outcomes"]}
    assert (asks["lost"], asks["reached"]) == (["lost_reason", "lost_remark"], [])
    assert (found["waiting"], found["reasons"][0]["words"]) == (True, "Task due today")


def test_a_lead_that_is_only_seen_has_no_outcomes(make_lead, bob, ben, umbra):
    lead = make_lead("Shared", owner=ben, shared=True)
    found = umbra(bob).get(f"{QUEUE}/{lead.pk}")
    assert (found["outcomes"], found["waiting"], found["reasons"]) == ([], False, [])
    reading = umbra(ben, ["leads.get"])
    assert reading.get(f"{QUEUE}/{lead.pk}")["outcomes"] == []
    assert umbra(ben).get(f"{QUEUE}/{lead.pk}")["outcomes"]


def test_a_lead_that_was_claimed_comes_first(make_lead, make_task, bob, umbra):
    own = make_lead("Own", owner=bob, status="contacted")
    make_task("Call", own, user=bob, due_on=day(TODAY))
    free = make_lead("Free", owner=None)
    program = umbra(bob)
    assert program.post(f"{QUEUE}/claim", {})["lead"] == free.pk
    queue = program.get(QUEUE)
    assert [row["lead"] for row in queue["leads"]] == [free.pk, own.pk]
    assert queue["leads"][0]["reasons"]
    assert program.get(f"{QUEUE}/{free.pk}")["waiting"]


def test_others_who_claim_get_other_leads(make_lead, bob, ben, umbra):
    first, second = make_lead("First", owner=None), make_lead("Second", owner=None)
    assert umbra(bob).get(QUEUE)["unassigned"] == 2
    given = [umbra(user).post(f"{QUEUE}/claim", {})["lead"] for user in (bob, ben, bob)]
    assert set(given) == {first.pk, second.pk}
    assert given[0] == given[2]
    QueueHold.objects.all().delete()
    with operation("test", by=None):
        Lead.objects.update(owner=ben)
    assert umbra(bob).post(f"{QUEUE}/claim", {})["lead"] is None


def test_the_queue_of_a_colleague_is_for_those_who_may_see_it(waiting, bob, ann, dan, ben, umbra):
    queue = umbra(ann).get(f"{QUEUE}?user={bob.pk}")
    assert [row["lead"] for row in queue["leads"]] == [place.lead for place in QueuePage(bob, ann).places]
    assert queue["waiting"] == 3
    for viewer, user in ((ben, bob), (ann, dan)):
        problem = umbra(viewer).get(f"{QUEUE}?user={user.pk}", expect=422)
        assert [row["parameter"] for row in problem["errors"]] == ["user"]
    umbra(ann).get(f"{QUEUE}?user=x", expect=422)
    assert umbra(bob).get(f"{QUEUE}?user={bob.pk}")["waiting"] == 3


def test_the_queue_takes_the_right_to_read_leads(waiting, bob, dan, umbra):
    umbra(bob, ["leads.put"]).get(QUEUE, expect=403)
    umbra(bob, ["leads.put"]).get("/api/v2/stuck-leads", expect=403)
    umbra(dan).get(f"{QUEUE}/{waiting[0].pk}", expect=404)


def test_stuck_leads_are_those_of_the_page_with_why_and_the_address_of_the_leads(
    make_lead, statuses, ann, bob, dan, departments, umbra, sign_in
):
    with operation("test", by=None):
        Status.objects.filter(key="contacted").update(most_days=5)
    rows = [
        make_lead(f"Lead {n}", owner=owner, status="contacted") for n, owner in enumerate((bob, bob, None))
    ]
    make_lead("Far", owner=dan, status="contacted", department=departments.export)
    with operation("test", by=None):
        Lead.objects.update(status_since=timezone.now() - timedelta(days=9))
    program = umbra(ann)
    found = program.get("/api/v2/stuck-leads")["stuck_leads"]
    groups = sign_in(ann).get("/admin/leads/stuck").context["groups"]
    assert [(row["owner_name"], row["leads"]) for row in found] == [
        (group.name, line.count) for group, _drawn in groups for line in group.lines
    ]
    unassigned, own = found
    assert (unassigned["owner"], own["owner"], own["leads"]) == (None, bob.pk, 2)
    assert (own["days"], own["most_days"], own["status"]) == (9, 5, statuses.contacted.pk)
    listed = [row["id"] for row in program.get(own["records"])["leads"]]
    assert sorted(listed) == sorted(row.pk for row in rows[:2])
    assert [row["id"] for row in program.get(unassigned["records"])["leads"]] == [rows[2].pk]
