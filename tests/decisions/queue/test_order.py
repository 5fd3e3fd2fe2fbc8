"""The order of the daily queue: how many points the reasons of a lead have, which lead comes first, and how a reason is said."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from leads.models import QueueRules
from leads.queue.priority_reasons import (
    REASONS,
    QueuePlace,
    QueueReason,
    build_ordered_places,
    describe_reason,
)

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
    "each point of a high score": (100, {1: 100}, [(1, 130), (2, 30)]),
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


# The reason, how long ago its moment was, whether it has a time of day, what is said of it, and whether it is urgent.
MINUTES, DAYS = timedelta(minutes=1), timedelta(days=1)
SAID: dict[str, tuple[str, timedelta, bool, str, bool]] = {
    "a first contact that was due a minute ago": ("contact_overdue", MINUTES, True, "First contact was due at", True),
    "a first contact that was due yesterday": ("contact_overdue", DAYS, True, "First contact 1 day overdue", False),
    "a first contact that is due": ("contact_today", -MINUTES, True, "First contact due at", False),
    "a task that was due a minute ago": ("task_overdue", MINUTES, True, "Task was due at", True),
    "a task that was due yesterday": ("task_overdue", DAYS, True, "Task 1 day overdue", False),
    "a task of today with a time": ("task_today", -MINUTES, True, "Task due at", False),
    "a task of today without a time": ("task_today", -MINUTES, False, "Task due today", False),
    "a new lead": ("new", MINUTES, True, "New, not contacted for 1 minute", False),
    "of 59 minutes": ("new", 59 * MINUTES, True, "New, not contacted for 59 minutes", False),
    "of an hour": ("new", 60 * MINUTES, True, "New, not contacted for 1 hour", False),
    "of almost two days": ("stuck", 2 * DAYS - MINUTES, True, "Stuck: 47 hours in this status", False),
    "of two days": ("stuck", 2 * DAYS, True, "Stuck: 2 days in this status", False),
}  # fmt: skip


@pytest.mark.parametrize(("code", "ago", "is_timed", "words", "is_urgent"), SAID.values(), ids=SAID)
def test_what_is_said_of_a_reason_and_whether_it_is_urgent(
    code, ago, is_timed, words, is_urgent, monkeypatch
):
    now = DAY + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: now)
    place = QueuePlace(1, False, 50, 0, [(code, ((now - ago).timestamp(), is_timed))])
    clock = f" {timezone.localtime(now - ago):%H:%M}" if words.endswith(" at") else ""
    assert place.first_reason_text == words + clock
    assert place.is_urgent is is_urgent
