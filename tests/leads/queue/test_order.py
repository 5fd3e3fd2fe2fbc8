"""The order of the daily queue: which leads are in it, for which reasons, and how many points they have."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.models import Lead, QueueRules, QueueStep, Source, Status
from leads.queue import waiting_leads
from leads.queue.priority_reasons import REASONS, QueueReason, build_ordered_places, describe_reason
from leads.queue.waiting_leads import get_unassigned_leads, get_waiting_leads
from tests.leads.scores.scoring import make_score_rule

DAY = datetime(2030, 5, 6, 9, tzinfo=UTC)
MIDNIGHT = DAY.replace(hour=0).timestamp()
DELIVERED = QueueRules()


def reason(code: str, hours: int = 0) -> tuple[str, tuple[float, bool]]:
    return code, ((DAY + timedelta(hours=hours)).timestamp(), True)


# What was found, and the leads in the order of the queue with their points.
EXAMPLES = {
    "the highest weight first": (
        [(1, False, *reason("stuck")), (2, False, *reason("new")), (3, False, *reason("contact_overdue"))],
        [(3, 100), (2, 40), (1, 30)],
    ),
    "the reasons of a lead add up": (
        [
            (1, False, *reason("task_overdue")),
            (1, False, *reason("stuck")),
            (2, False, *reason("contact_overdue")),
        ],
        [(1, 110), (2, 100)],
    ),
    "a no-show between what is overdue and what is due today": (
        [
            (1, False, *reason("contact_today")),
            (2, False, *reason("no_show")),
            (3, False, *reason("task_overdue", -48)),
        ],
        [(3, 80), (2, 70), (1, 60)],
    ),
    "a VIP has more points": (
        [(1, False, *reason("task_today")), (2, True, *reason("task_today"))],
        [(2, 65), (1, 50)],
    ),
    "the same points: what is due first": (
        [(1, False, *reason("task_today", 3)), (2, False, *reason("task_today", 1))],
        [(2, 50), (1, 50)],
    ),
    "new leads: the newest first": (
        [(1, False, *reason("new", 1)), (2, False, *reason("new", 3))],
        [(2, 40), (1, 40)],
    ),
    "the same in everything: the lead that was added first": (
        [(2, False, *reason("stuck")), (1, False, *reason("stuck"))],
        [(1, 30), (2, 30)],
    ),
    "a task of today whose minute has come is before all points": (
        [
            (1, True, *reason("contact_overdue")),
            (1, True, *reason("task_overdue", -48)),
            (2, False, *reason("task_overdue")),
        ],
        [(2, 80), (1, 195)],
    ),
    "of two such tasks, the earlier first, whatever their points": (
        [
            (1, True, *reason("task_overdue", -1)),
            (1, True, *reason("contact_overdue")),
            (2, False, *reason("task_overdue", -2)),
        ],
        [(2, 80), (1, 195)],
    ),
    "of two such tasks of a lead, the earlier counts": (
        [
            (1, False, *reason("task_overdue", -1)),
            (2, False, *reason("task_overdue", -2)),
            (1, False, *reason("task_overdue", -3)),
        ],
        [(1, 80), (2, 80)],
    ),
    "the first minute of today is today": (
        [(1, False, *reason("contact_overdue")), (2, False, *reason("task_overdue", -9))],
        [(2, 80), (1, 100)],
    ),
    "the last minute of yesterday isn't": (
        [(1, False, *reason("contact_overdue")), (2, False, "task_overdue", (MIDNIGHT - 60, True))],
        [(1, 100), (2, 80)],
    ),
    "a task without a time is none": (
        [(1, False, *reason("contact_overdue")), (2, False, "task_overdue", (DAY.timestamp(), False))],
        [(1, 100), (2, 80)],
    ),
    "one that isn't due yet is none": (
        [(1, False, *reason("contact_overdue")), (2, False, *reason("task_today", -1))],
        [(1, 100), (2, 50)],
    ),
    "two tasks count once": (
        [(1, False, *reason("task_today")), (1, False, *reason("task_today", 2))],
        [(1, 50)],
    ),
}


@pytest.mark.parametrize(("found", "order"), EXAMPLES.values(), ids=EXAMPLES)
def test_the_order_follows_from_the_weights(found, order):
    assert [
        (place.lead, place.points) for place in build_ordered_places(found, DELIVERED, {}, midnight=MIDNIGHT)
    ] == order


def test_changed_weights_change_the_order_and_a_weight_of_zero_removes_a_reason():
    overdue = reason("task_overdue", -48)
    found = [(1, False, *overdue), (2, False, *reason("stuck")), (3, False, *reason("new"))]
    rules = QueueRules(stuck=500, new=0)
    assert [
        (place.lead, place.points) for place in build_ordered_places(found, rules, {}, midnight=MIDNIGHT)
    ] == [
        (2, 500),
        (1, 80),
    ]


# The percentage of the score, the scores of the leads 1 and 2, and their points in order: both are stuck, the first one for longer.
SCORES = {
    "without scores, the moment decides": (100, {}, [(1, 30), (2, 30)]),
    "the higher score comes first": (100, {1: 5, 2: 12}, [(2, 42), (1, 35)]),
    "a negative score comes last": (100, {1: -10}, [(2, 30), (1, 20)]),
    "half of the score": (50, {2: 25}, [(2, 42), (1, 30)]),
    "twice the score": (200, {1: 3, 2: 4}, [(2, 38), (1, 36)]),
    "the score is left aside": (0, {2: 500}, [(1, 30), (2, 30)]),
}


@pytest.mark.parametrize("case", SCORES, ids=str)
def test_the_score_of_a_lead_is_added_to_its_points_by_its_percentage(case):
    percent, scores, order = SCORES[case]
    found = [(2, False, *reason("stuck", 1)), (1, False, *reason("stuck"))]
    places = build_ordered_places(found, QueueRules(score=percent), scores, midnight=MIDNIGHT)
    assert [(place.lead, place.points) for place in places] == order


def test_a_task_with_a_time_comes_before_any_score():
    found = [(1, False, *reason("contact_overdue")), (2, False, *reason("task_overdue", -1))]
    places = build_ordered_places(found, DELIVERED, {1: 900, 2: -900}, midnight=MIDNIGHT)
    assert [place.lead for place in places] == [2, 1]


def test_the_queue_of_a_user_goes_by_the_scores_of_the_leads(bob, make_lead, make_task):
    low, high = (make_lead(name, owner=bob, status="contacted") for name in ("Low Lead", "High Lead"))
    for lead in (low, high):
        make_task("Call", lead, user=bob, due_on=timezone.localdate())
    make_score_rule(40, f"first_name.is={high.first_name}")
    assert [place.lead for place in get_waiting_leads(bob, DELIVERED)] == [high.pk, low.pk]
    assert [place.from_score for place in get_waiting_leads(bob, DELIVERED)] == [40, 0]


def test_each_reason_has_a_weight_and_words():
    assert set(REASONS) <= {field.name for field in QueueRules._meta.fields}
    assert len({describe_reason(QueueReason(code, DAY)) for code in REASONS}) == len(REASONS)


@pytest.mark.parametrize(
    ("code", "ago", "words"),
    [
        ("task_overdue", timedelta(days=3), "Task 3 days overdue"),
        ("contact_overdue", timedelta(days=1), "First contact 1 day overdue"),
        ("new", timedelta(minutes=40), "New, not contacted for 40 minutes"),
        ("new", timedelta(hours=3), "New, not contacted for 3 hours"),
        ("stuck", timedelta(days=26), "Stuck: 26 days in this status"),
        ("no_show", timedelta(days=1), "Didn’t come to the meeting yesterday"),
        ("no_show", timedelta(days=4), "Didn’t come to the meeting 4 days ago"),
    ],
)
def test_a_reason_is_said_with_its_time(code, ago, words):
    assert describe_reason(QueueReason(code, timezone.now() - ago)) == words


def test_a_meeting_of_today_is_said_with_its_time(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: DAY + timedelta(hours=2))
    local = timezone.localtime(DAY)
    assert describe_reason(QueueReason("no_show", DAY)) == f"Didn’t come to the meeting at {local:%H:%M}"


def test_a_first_contact_that_is_due_says_already_that_the_lead_is_new():
    found = [
        (1, False, *reason("new")),
        (1, False, *reason("contact_overdue", -30)),
        (1, False, *reason("stuck")),
    ]
    found += [(2, False, *reason("new")), (2, False, *reason("task_overdue", -30))]
    first, second = build_ordered_places(found, DELIVERED, {}, midnight=MIDNIGHT)
    assert [words.split()[0] for words in (first.first_reason_text, *first.other_reason_texts)] == [
        "First",
        "Stuck:",
    ]
    assert [words.split()[0] for words in (second.first_reason_text, *second.other_reason_texts)] == [
        "Task",
        "New,",
    ]


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


def test_leads_and_tasks_of_colleagues_are_not_in_the_queue(make_lead, make_task, bob, ben, dan, departments):
    make_lead("Colleague", owner=ben)
    make_lead("Foreign", owner=dan, department=departments.export)
    make_lead("Lone")
    task = {"user": ben, "due_on": timezone.localdate()}
    make_task("Call", make_lead("Helped", owner=bob, status="contacted"), **task)
    assert in_short(bob) == []
    assert in_short(ben) == [("Colleague", ["new"])]


def test_a_task_on_a_lead_that_the_user_may_not_change_is_not_in_the_queue(make_lead, make_task, bob, ben):
    make_task(
        "Call", make_lead("Theirs", owner=ben, status="contacted"), user=bob, due_on=timezone.localdate()
    )
    assert in_short(bob) == []


def test_another_viewer_gets_only_the_leads_that_they_see_too(make_lead, bob, ann, departments, carla):
    make_lead("Seen", owner=bob)
    make_lead("Elsewhere", owner=bob, department=departments.export)
    assert [name for name, _reasons in in_short(bob, viewer=bob)] == ["Elsewhere", "Seen"]
    assert [name for name, _reasons in in_short(bob, viewer=ann)] == ["Seen"]
    assert [name for name, _reasons in in_short(bob, viewer=carla)] == ["Elsewhere"]


def test_a_task_is_due_on_the_clock_of_its_user(make_lead, make_task, bob, monkeypatch):
    bob.time_zone = "Asia/Tokyo"
    monkeypatch.setattr(timezone, "now", lambda: datetime(2030, 5, 6, 16, tzinfo=UTC))
    lead = make_lead("Early", owner=bob, status="contacted")
    make_task("Call", lead, user=bob, due_on=date(2030, 5, 7), due_time=time(0, 30))
    assert in_short(bob) == [("Early", ["task_overdue"])]


def test_what_has_a_step_today_is_out_of_the_queue_of_that_user(make_lead, bob):
    lead = make_lead("Done", owner=bob)
    step = {"user": bob, "lead": lead.pk, "day": timezone.localdate(), "outcome": "reached"}
    with operation("test", by=None) as record:
        made = QueueStep.objects.create(
            **step, operation=record.pk, until=timezone.now() + timedelta(hours=1)
        )
    assert in_short(bob) == []
    with operation("test", by=None):
        QueueStep.objects.filter(pk=made.pk).update(until=timezone.now() - timedelta(minutes=1))
    assert in_short(bob) == [("Done", ["new"])]


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
