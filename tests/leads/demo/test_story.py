"""The demo tells a story at every size and on every day: few things to do, a funnel that narrows, goals nearly met."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from crm.work.tasks.start_page import build_tasks_part
from leads.models import Lead, QueueRules, StatusMove
from leads.queue.waiting_leads import get_waiting_leads
from reports.engine.progress_derivation import store_progress_of_changes
from reports.goals.goal_month import get_current_month
from reports.goals.goal_results import GoalResults
from reports.goals.month_elapsed import Pace
from reports.models import Goal

pytestmark = pytest.mark.django_db
FUNNEL = ["contacted", "qualified", "proposal", "won"]
MOMENTS = {
    "a Friday": datetime(2026, 11, 27, 14, 30, tzinfo=UTC),
    "the first of January": datetime(2027, 1, 1, 9, 0, tzinfo=UTC),
    "a Sunday": datetime(2026, 6, 14, 11, 0, tzinfo=UTC),
    "the last day of a month": datetime(2027, 2, 28, 23, 30, tzinfo=UTC),
}


@pytest.fixture(
    scope="module",
    params=[
        (2_000, "a Friday"),
        *((2_000, name) for name in list(MOMENTS)[1:]),
        pytest.param((20_000, "a Friday"), marks=pytest.mark.hard),
    ],
    ids=lambda param: f"{param[0]} leads on {param[1]}",
)
def size(request, load_demo):
    """How many leads the demo has."""
    total, name = request.param
    with load_demo(total, MOMENTS[name]):
        yield total


def get_user(name: str) -> User:
    return User.objects.with_rights().get(email=f"{name}@demo.example")


def test_at_most_a_quarter_of_the_open_leads_are_overdue(size):
    rows = Lead.objects.present().open()
    overdue = rows.filter(Q(next_action_on__lt=timezone.localdate()) | Q(contact_due_at__lt=timezone.now()))
    assert 0 < overdue.count() <= rows.count() / 4


def test_each_owner_has_a_few_things_to_do_at_any_size(size):
    today = timezone.localdate()
    rows = Lead.objects.present().open().exclude(owner=None)
    for due in (rows.filter(next_action_on__lt=today), rows.filter(contact_due_at__lt=timezone.now())):
        assert max(Counter(due.values_list("owner", flat=True)).values(), default=0) <= 3
    assert max(Counter(rows.filter(next_action_on=today).values_list("owner", flat=True)).values()) <= 4
    assert max(Counter(rows.filter(first_contacted_at=None).values_list("owner", flat=True)).values()) <= 8
    assert 5 <= Lead.objects.present().open().filter(owner=None).count() <= 20


@pytest.mark.parametrize("name", ["rep", "manager", "company", "admin"])
def test_the_first_screen_of_each_account_has_about_three_things_to_do(size, name):
    user = get_user(name)
    part = build_tasks_part(user)
    assert 2 <= len(part.lines) <= 4
    overdue = [line for line in part.lines if line.task.due_on < timezone.localdate()]
    assert len(overdue) <= 1
    assert len(get_waiting_leads(user, QueueRules.get_current())) <= 10


def test_the_funnel_narrows_and_old_leads_are_closed(size):
    year_ago, quarter_ago = (timezone.now() - timedelta(days=days) for days in (366, 92))
    reached = StatusMove.objects.filter(lead__created_at__gt=year_ago)
    counts = [
        reached.filter(to_status__kind=kind).values("lead").distinct().count() for kind in ["new", *FUNNEL]
    ]
    shares = [after / before for before, after in pairwise(counts)]
    assert all(
        low < share < high
        for share, (low, high) in zip(
            shares, [(0.85, 0.98), (0.35, 0.6), (0.5, 0.8), (0.35, 0.6)], strict=True
        )
    ), shares
    assert 0.1 < counts[-1] / counts[0] < 0.2
    old = Lead.objects.present().filter(created_at__lt=quarter_ago)
    assert old.open().count() < old.count() * 0.05


@pytest.mark.hard
@pytest.mark.parametrize("size", [(20_000, "a Friday")], indirect=True, ids=["20000 leads"])
def test_conversion_is_slightly_better_in_recent_months(size):
    """Fewer leads would say nothing about a few percent."""

    def get_conversion(first: int, last: int) -> float:
        now = timezone.now()
        rows = Lead.objects.filter(
            created_at__range=(now - timedelta(days=first), now - timedelta(days=last))
        )
        return rows.won().count() / rows.count()

    assert 1.05 < get_conversion(150, 60) / get_conversion(330, 240) < 1.5


def test_goals_are_nearly_met(size):
    month, boss = get_current_month(), get_user("company")
    goals = list(Goal.objects.in_month(month.first))
    assert {goal.user_id is None for goal in goals} == {True, False}
    while store_progress_of_changes():
        pass

    reached, pace = GoalResults(goals, "period=this_month", boss), Pace(goals, month)
    for goal in goals:
        passed, value = pace.get_passed_share(goal), Fraction(reached.get_value(goal))
        # On the first days of a month, the goals follow from the month before.
        if passed >= Fraction(1, 5):
            assert Fraction(6, 10) <= value / (passed * Fraction(goal.target)) <= Fraction(105, 100), (
                goal.__dict__
            )
