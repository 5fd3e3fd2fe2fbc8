"""Writing a plan: the owners in one statement for each part, which rule did it, whose turn is next, the notifications."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from accounts.ownership.notifications import notify_new_owner
from crm.models import Operation
from crm.platform.sql.chunks import split_into_chunks
from leads.assignment.assignment_plan import AssignedLead, AssignmentPlan
from leads.models import AssignmentRun

# A lead moves with its owner, as when a user assigns it (accounts/ownership/owners.py).
OWNERS = """
    UPDATE leads_lead l SET owner_id = p.owner, department_id = CASE
        WHEN EXISTS (SELECT FROM accounts_membership m WHERE m.user_id = p.owner AND m.department_id = l.department_id)
        THEN l.department_id ELSE p.home END
    FROM unnest(%(leads)s::bigint[], %(owners)s::bigint[], %(homes)s::bigint[]) AS p(lead, owner, home)
    WHERE l.id = p.lead AND l.id = ANY(%(leads)s::bigint[])"""
# Which rule assigned which lead, whose turn is next, and the line of the run log.
KEPT = """
    assigned AS (
        INSERT INTO leads_ruleassignment (lead, rule, owner, operation)
        SELECT lead, rule, owner, %(operation)s
        FROM unnest(%(leads)s::bigint[], %(rules)s::bigint[], %(owners)s::bigint[]) AS p(lead, rule, owner)
    ), turned AS (
        UPDATE leads_assignmentturn t SET last = p.last
        FROM unnest(%(turns)s::bigint[], %(last)s::bigint[]) AS p(rule, last) WHERE t.rule_id = p.rule
    )
    INSERT INTO leads_assignmentrun (operation_id, way, leads, assigned, no_one, counts)
    VALUES (%(operation)s, %(way)s, %(all)s, %(assigned)s, %(no_one)s, %(counts)s)"""


def write_owners(given: Sequence[AssignedLead]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(OWNERS, _build_columns(given))


def write_run_log(plan: AssignmentPlan, record: Operation) -> None:
    """What belongs to a written plan, in the same transaction, and the notifications."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {KEPT}", _build_parameters(plan, record))
    _notify_owners(plan, record)


def write_new_owners(plan: AssignmentPlan, record: Operation, *, silent: bool) -> None:
    """A whole plan; `silent` sends no notifications. What fits into one statement is one statement: a single lead mostly
    waits for those."""
    parts = list(split_into_chunks(plan.given))
    if len(parts) == 1:
        with connection.cursor() as cursor:
            cursor.execute(f"WITH owned AS ({OWNERS}), {KEPT}", _build_parameters(plan, record))
    else:
        for part in parts:
            write_owners(part)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {KEPT}", _build_parameters(plan, record))
    if not silent:
        _notify_owners(plan, record)


def _build_columns(given: Sequence[AssignedLead]) -> dict[str, Any]:
    """The parts of what is given, each as an array."""
    leads, rules, owners, homes = zip(*given, strict=True) if given else ((), (), (), ())
    return {
        "leads": _format_array(leads),
        "rules": _format_array(rules),
        "owners": _format_array(owners),
        "homes": _format_array(homes),
    }


def _format_array(ids: Iterable[int]) -> str:
    """An array in PostgreSQL's own notation. The driver takes longer for 10,000 numbers than the server needs to write
    them."""
    return f"{{{','.join(map(str, ids))}}}"


def _build_parameters(plan: AssignmentPlan, record: Operation) -> dict[str, Any]:
    last = {rule: user for rule, user in plan.last.items() if user is not None}
    return {
        **_build_columns(plan.given),
        "operation": record.pk,
        "turns": list(last),
        "last": list(last.values()),
        "way": plan.way,
        "all": len(plan.given) + len(plan.no_one) + len(plan.no_rule),
        "assigned": len(plan.given),
        "no_one": len(plan.no_one),
        "counts": Jsonb([[rule, owner, number] for (rule, owner), number in plan.counts.items()]),
    }


def write_unassigned_run(record: Operation, way: str, leads: int) -> None:
    """A line of the run log for leads that stay unassigned because a long run has the turns."""
    AssignmentRun.objects.create(operation=record, way=way, leads=leads, assigned=0)


def _notify_owners(plan: AssignmentPlan, record: Operation) -> None:
    """One notification for each new owner."""
    gained: dict[int, list[int]] = defaultdict(list)
    for one in plan.given:
        gained[one.owner].append(one.lead)
    for owner, leads in gained.items():
        notify_new_owner(plan.users[owner], record, leads)
