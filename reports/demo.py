"""What the sources of the demo company cost in each of the last 13 months, and its goals of this month and the last one."""

from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction
from itertools import cycle
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart
from crm.records.history.verb_execution import operation
from reports.goals.goal_month import Month, get_current_month
from reports.goals.month_elapsed import Pace
from reports.models import Goal

# At which share of the pace the goals are reached, one after the other.
PACES = [Fraction(percent, 100) for percent in (102, 92, 80, 102, 74)]
MOST = Fraction(105, 100)
# Before so much of a month has passed, a few results say little: the goals follow from the month before.
EARLY = Fraction(1, 5)
# The measures of goals: of each sales rep; of each department and of the whole company.
OF_REPS, OF_TEAMS = (Goal.Measure.LEADS, Goal.Measure.WON), (Goal.Measure.WON, Goal.Measure.REVENUE)
# By whose leads, what was reached in a month. Without a user and a department: by the whole company.
RESULTS = """
    SELECT owner_id, department_id, measure, sum(value) FROM (
      SELECT owner_id, department_id, 'leads' AS measure, 1 AS value FROM leads_lead
        WHERE created_at >= %(first)s AND created_at < %(after)s AND deleted_at IS NULL
      UNION ALL SELECT owner_id, department_id, unnest(ARRAY['won', 'revenue']), unnest(ARRAY[1, coalesce(base_value, 0)])
        FROM leads_lead WHERE converted_at >= %(first)s AND converted_at < %(after)s AND deleted_at IS NULL
    ) AS reached GROUP BY GROUPING SETS ((owner_id, measure), (department_id, measure), (measure))
    HAVING NOT (GROUPING(owner_id) = 0 AND owner_id IS NULL)"""


def write_demo_costs(cursor: Any) -> None:
    """Referrals, calls and other sources cost nothing, so no costs are entered for them."""
    cursor.execute(
        """INSERT INTO leads_sourcecost (source_id, month, amount, version)
           SELECT s.id, date_trunc('month', now() - m.ago * interval '1 month')::date, c.amount + m.ago % 3 * 40, 1
           FROM (VALUES ('website', 420), ('paid_ads', 1350), ('event', 900), ('partner', 300)) AS c(key, amount)
           JOIN leads_source s ON s.key = c.key CROSS JOIN generate_series(0, 12) AS m(ago)
           ON CONFLICT DO NOTHING"""
    )


def set_goals() -> None:
    """Goals that are nearly met by what was reached so far. Those that someone has edited stay."""
    this_month = get_current_month()
    with operation("install", by=None, channel=Operation.Channel.SYSTEM):
        Goal.objects.filter(version=1).delete()
        for month in (this_month, this_month.shift(-1)):
            Goal.objects.bulk_create(_build_goals(month), ignore_conflicts=True)


def _build_goals(month: Month) -> Iterator[Goal]:
    reps = set(User.objects.active().filter(groups__role__key="rep").values_list("pk", flat=True))
    reached, before, paces = _get_results(month), _get_results(month.shift(-1)), cycle(PACES)
    for user, department, measure in sorted({*reached, *before}, key=str):
        if measure not in (OF_REPS if user else OF_TEAMS) or (user and user not in reps):
            continue
        goal = Goal(month=month.first, user_id=user, department_id=department, measure=measure)
        value, passed = (
            reached.get((user, department, measure), 0),
            Pace([goal], month).get_passed_share(goal),
        )
        if passed < EARLY:
            value, passed = before.get((user, department, measure), 0), Fraction(1)
        if value:
            goal.target = choose_target(Decimal(value), passed, next(paces))
            yield goal


def _get_results(month: Month) -> dict[tuple[int | None, int | None, str], Decimal]:
    with connection.cursor() as cursor:
        first, after = (
            timezone.make_aware(datetime.combine(one.first, time())) for one in (month, month.shift(1))
        )
        cursor.execute(RESULTS, {"first": first, "after": after})
        return {(user, department, measure): value for user, department, measure, value in cursor.fetchall()}


def choose_target(value: Decimal, passed: Fraction, pace: Fraction) -> Decimal:
    """A round number of which `value` is about what the passed share of the month calls for."""
    exact = Decimal(float(Fraction(value) / (passed * pace)))
    step = Decimal(10) ** max(0, exact.adjusted() - 1)
    target = max(step, (exact / step).to_integral_value() * step)
    # A whole number near a small one may be too little.
    while Fraction(value) > MOST * Fraction(target) * passed:
        target += step
    return target


def _grow(total: int, say: Say) -> None:
    set_goals()


# Once more after the first day, which gives leads to other owners.
PART = DemoPart(grow=_grow, first_day=set_goals)
