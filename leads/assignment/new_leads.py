"""New leads whose owner no one chose: every way by which leads come in calls this at the end of its operation."""

from django.db import OperationalError, transaction

from crm.models import Operation
from crm.records.chunks import in_chunks
from crm.web.transactions import LOCK_NOT_AVAILABLE, sqlstate
from leads.assignment.plan import Plan, plan_for
from leads.assignment.writing import keep, write_owners


def follow(record: Operation, ids: list[int], way: str, *, silent: bool = False) -> Plan | None:
    """Assign these leads, which the operation has added, by the rules for a way ("api", "import", "form", "webhook" or
    "mail"; AssignmentRule.Way), as a part of the operation. Leads that no rule is for stay as they are.

    Once for all leads of an operation. It asks for no permissions: the rules are those of the administrators, and the
    operation may be no one's. `silent` sends no notifications. Returns the plan that was written; None if there was nothing
    to write, or if a long run holds the turns of the rules: then the leads stay as they are too.
    """
    try:
        with transaction.atomic():
            plan = plan_for(sorted(ids), way, held=True)
            if plan.given or plan.no_one:
                for part in in_chunks(plan.given):
                    write_owners(part)
                keep(plan, record, silent=silent)
    except OperationalError as error:
        if sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        return None
    return plan if plan.given or plan.no_one else None
