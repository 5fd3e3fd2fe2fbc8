"""Writing a plan: the owners in one statement for each part, which rule did it, whose turn is next, the notifications."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection
from django.db.models import Case, Value, When

from accounts.models import User
from accounts.notices import tell_new_owner
from crm.models import Operation
from leads.assignment.plan import Given, Plan
from leads.models import AssignmentRun, AssignmentTurn

# A lead moves with its owner, as when a user assigns it (accounts/owners.py).
OWNERS = """
    UPDATE leads_lead l SET owner_id = p.owner, department_id = CASE
        WHEN EXISTS (SELECT FROM accounts_membership m WHERE m.user_id = p.owner AND m.department_id = l.department_id)
        THEN l.department_id ELSE p.home END
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS p(lead, owner, home)
    WHERE l.id = p.lead AND l.id = ANY(%s::bigint[])"""
WHICH_RULE = """
    INSERT INTO leads_ruleassignment (lead, rule, owner, operation)
    SELECT lead, rule, owner, %s FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS p(lead, rule, owner)"""


def write_owners(given: Sequence[Given]) -> None:
    leads = [one.lead for one in given]
    with connection.cursor() as cursor:
        cursor.execute(OWNERS, [leads, [one.owner for one in given], [one.home for one in given], leads])


def keep(plan: Plan, record: Operation, *, silent: bool = False) -> None:
    """What belongs to a written plan, in the same transaction; `silent` sends no notifications."""
    given = plan.given
    columns = [one.lead for one in given], [one.rule for one in given], [one.owner for one in given]
    with connection.cursor() as cursor:
        cursor.execute(WHICH_RULE, [record.pk, *columns])
    _keep_turns(plan.last)
    AssignmentRun.objects.create(
        operation=record,
        way=plan.way,
        leads=len(given) + len(plan.no_one) + len(plan.no_rule),
        assigned=len(given),
        no_one=len(plan.no_one),
        counts=[[rule, owner, number] for (rule, owner), number in plan.counts.items()],
    )
    if not silent:
        _tell_owners(given, record)


def _keep_turns(last: dict[int, int | None]) -> None:
    known = {pk: user for pk, user in last.items() if user is not None}
    if known:
        users = Case(*(When(rule=pk, then=Value(user)) for pk, user in known.items()))
        AssignmentTurn.objects.filter(rule__in=known).update(last=users)


def _tell_owners(given: Sequence[Given], record: Operation) -> None:
    """One notification for each new owner."""
    gained: dict[int, list[int]] = defaultdict(list)
    for one in given:
        gained[one.owner].append(one.lead)
    told = [pk for pk in gained if pk != record.by_id]
    for owner in User.objects.filter(pk__in=told) if told else []:
        tell_new_owner(owner, record, gained[owner.pk])
