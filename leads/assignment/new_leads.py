"""New leads whose owner no one chose: every way by which leads come in calls this at the end of its operation."""

from crm.models import Operation
from crm.platform.server.current_job import is_running
from leads.assignment.assignment_plan import AssignmentPlan, build_plan_by_rules
from leads.assignment.plan_writing import write_new_owners, write_unassigned_run
from leads.assignment.rule_matching import get_rules_for
from leads.models.assignment import TurnsTaken


def assign_new_leads(
    record: Operation, ids: list[int], way: str, *, silent: bool = False
) -> AssignmentPlan | None:
    """Assign these leads, which the operation has added, by the rules for a way ("api", "import", "form", "webhook" or
    "mail"; AssignmentRule.Way), as a part of the operation. Leads that no rule is for stay as they are.

    Once for all leads of an operation. It asks for no permissions: the rules are those of the administrators, and the
    operation may be no one's. `silent` sends no notifications. Returns the plan that was written; None if there was nothing
    to write, or if a long run holds the turns of the rules: then the leads stay as they are too, and the run log says so.
    """
    rules = get_rules_for(way)
    if not rules:
        return None
    try:
        plan = build_plan_by_rules(rules, sorted(ids), way, held=True)
    except TurnsTaken:
        if is_running():
            raise  # The job is tried again, so no one waits for it.
        write_unassigned_run(record, way, len(ids))
        return None
    if not plan.given and not plan.no_one:
        return None
    write_new_owners(plan, record, silent=silent)
    return plan
