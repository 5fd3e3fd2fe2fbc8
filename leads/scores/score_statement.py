"""The statement that counts the points of leads, written from the rules: the database runs it for each lead that changes."""

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone
from psycopg import ClientCursor

from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.platform.configuration.company import get_company_time_zone, get_company_zone
from crm.records.listing.stored_conditions import RecordConditions, build_met_expression
from leads.models import Lead, ScoreRule
from leads.scores.counted_activities import ACTIVITIES, OF_LEAD
from leads.scores.fading_dates import build_faded_points, build_faded_points_sql
from leads.scores.score_conditions import get_counted_conditions

Counts = ScoreRule.Counts


@dataclass(frozen=True)
class ScoreStatement:
    """`sql` returns each lead of $1 with the points of each of the `rules`, as of the day $2. `changed` compares the rows "o" and
    "n" of a lead in the columns that it reads; '' if it reads none."""

    sql: str = ""
    changed: str = ""
    reads_values: bool = False
    reads_activities: bool = False
    rules: tuple[int, ...] = ()

    @property
    def fades(self) -> bool:
        return "$2" in self.sql


def build_score_statement() -> ScoreStatement:
    """That of the rules in use whose conditions can be read. The same for everyone: days begin when the company's do."""
    with timezone.override(get_company_zone()):
        rules = list(ScoreRule.objects.in_use().in_order())
        facts = [(rule, get_counted_conditions(rule)) for rule in rules if rule.counts_facts]
        counted = [(rule, found) for rule, found in facts if not found.problem]
        activities = [rule for rule in rules if not rule.counts_facts]
        if not counted and not activities:
            return ScoreStatement()
        known = _build_facts_sql(counted)
    columns = sorted(set(re.findall(r'"leads_lead"\."(\w+)"', known)) - {"id"})
    points = [f"f.fact_{rule.pk}" for rule, _found in counted]
    joined = ""
    if activities:
        points += [f"t.activity_{rule.pk}" for rule in activities]
        sums = ", ".join(f"{build_activity_points_sql(rule)} AS activity_{rule.pk}" for rule in activities)
        joined = f"CROSS JOIN LATERAL (SELECT {sums} FROM {OF_LEAD} AND a.record = f.id) t"  # noqa: S608 - constants
    return ScoreStatement(
        sql=f"SELECT f.id, ARRAY[{', '.join(points)}]::integer[] FROM ({known}) f {joined} WHERE f.id = ANY($1)",  # noqa: S608 - compiled
        changed=_build_changed_sql(columns),
        reads_values='"values"' in known,
        reads_activities=bool(activities),
        rules=tuple(rule.pk for rule in [*(rule for rule, _found in counted), *activities]),
    )


def _build_facts_sql(counted: list[tuple[ScoreRule, RecordConditions]]) -> str:
    """All leads with the points of each rule, as one text without parameters."""
    names = [name for _rule, found in counted for name in found.fields]
    points = {
        f"fact_{rule.pk}": Case(
            When(
                build_met_expression(found),
                then=build_faded_points(rule) if rule.fades_from else Value(rule.points),
            ),
            default=Value(0),
            output_field=IntegerField(),
        )
        for rule, found in counted
    }
    rows = annotate_custom_values(Lead.objects.order_by(), names).annotate(**points)
    sql, values = rows.values("id", *points).query.sql_with_params()
    connection.ensure_connection()
    return str(ClientCursor(connection.connection).mogrify(sql, values))


def _build_changed_sql(columns: list[str]) -> str:
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in "on")
    return f"({old}) IS DISTINCT FROM ({new})" if columns else ""


def build_activity_points_sql(rule: ScoreRule) -> str:
    """What all activities of a lead give by a rule: points that fade evenly from the day after, and no more than the most."""
    each = str(rule.points)
    if rule.fades_over:
        zone = get_company_time_zone().replace("'", "''")
        each = build_faded_points_sql(rule, f"(a.at AT TIME ZONE '{zone}')::date")
    total = f"coalesce(round(sum({each}) FILTER (WHERE {ACTIVITIES[Counts(rule.counts)]})), 0)"
    if rule.at_most is None:
        return total
    return f"greatest({-rule.at_most}, least({rule.at_most}, {total}))"
