"""Writing a plan: the owners in one statement for each part, which rule did it, whose turn is next, the notifications."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from accounts.notices import tell_new_owner
from crm.models import Operation
from leads.assignment.plan import Given, Plan
from leads.models import AssignmentRun

# A lead moves with its owner, as when a user assigns it (accounts/owners.py).
OWNERS = """
    UPDATE leads_lead l SET owner_id = p.owner, department_id = CASE
        WHEN EXISTS (SELECT FROM accounts_membership m WHERE m.user_id = p.owner AND m.department_id = l.department_id)
        THEN l.department_id ELSE p.home END
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS p(lead, owner, home)
    WHERE l.id = p.lead AND l.id = ANY(%s::bigint[])"""
# Which rule assigned which lead, whose turn is next, and the line of the run log.
KEPT = """
    WITH assigned AS (
        INSERT INTO leads_ruleassignment (lead, rule, owner, operation)
        SELECT lead, rule, owner, %(operation)s
        FROM unnest(%(leads)s::bigint[], %(rules)s::bigint[], %(owners)s::bigint[]) AS p(lead, rule, owner)
    ), turned AS (
        UPDATE leads_assignmentturn t SET last = p.last
        FROM unnest(%(turns)s::bigint[], %(last)s::bigint[]) AS p(rule, last) WHERE t.rule_id = p.rule
    )
    INSERT INTO leads_assignmentrun (operation_id, way, leads, assigned, no_one, counts)
    VALUES (%(operation)s, %(way)s, %(all)s, %(assigned)s, %(no_one)s, %(counts)s)"""


def write_owners(given: Sequence[Given]) -> None:
    leads = [one.lead for one in given]
    with connection.cursor() as cursor:
        cursor.execute(OWNERS, [leads, [one.owner for one in given], [one.home for one in given], leads])


def keep(plan: Plan, record: Operation, *, silent: bool = False) -> None:
    """What belongs to a written plan, in the same transaction; `silent` sends no notifications."""
    given = plan.given
    last = {rule: user for rule, user in plan.last.items() if user is not None}
    told: dict[str, Any] = {
        "operation": record.pk,
        "leads": [one.lead for one in given],
        "rules": [one.rule for one in given],
        "owners": [one.owner for one in given],
        "turns": list(last),
        "last": list(last.values()),
        "way": plan.way,
        "all": len(given) + len(plan.no_one) + len(plan.no_rule),
        "assigned": len(given),
        "no_one": len(plan.no_one),
        "counts": Jsonb([[rule, owner, number] for (rule, owner), number in plan.counts.items()]),
    }
    with connection.cursor() as cursor:
        cursor.execute(KEPT, told)
    if not silent:
        _tell_owners(plan, record)


def keep_waiting(record: Operation, way: str, leads: int) -> None:
    """A line of the run log for leads that stay unassigned because a long run has the turns."""
    AssignmentRun.objects.create(operation=record, way=way, leads=leads, assigned=0)


def _tell_owners(plan: Plan, record: Operation) -> None:
    """One notification for each new owner."""
    gained: dict[int, list[int]] = defaultdict(list)
    for one in plan.given:
        gained[one.owner].append(one.lead)
    for owner, leads in gained.items():
        tell_new_owner(plan.users[owner], record, leads)
