"""Which records an automation would be run for now: those that are as its trigger says, meet its conditions, and that both its owner and
the user may change."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from automations.models import Automation, AutomationRun
from automations.run_now.trigger_state import get_state_query, keep_woken_ones
from automations.running.due_records import get_date_field
from automations.running.step_plan import NotReady, build_step_verbs, find_wait, get_conditions
from crm.models import FrozenSet
from crm.records.editing.bulk_actions import freeze_all
from crm.records.history.multi_part_changes import ROWS_IN_ONE
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from crm.records.listing.stored_conditions import sees_all_conditions


def get_owner(automation: Automation) -> User:
    """With the permissions that they have now."""
    return User.objects.with_rights().get(pk=automation.owner_id)


def get_run_obstacle(automation: Automation, user: Any) -> str:
    """Why the automation can't be run by this user now, in a sentence, or ''. Who doesn't see a field of the conditions would learn
    from the records what is in it."""
    try:
        get_conditions(automation)
        verbs = build_step_verbs(automation, get_owner(automation))
        if automation.trigger == Automation.Trigger.DATE:
            get_date_field(automation)
    except NotReady as problem:
        return f"{Automation.OffReason(problem.reason).label} {problem}".strip()
    kind, state = KINDS[automation.table_of], QueryDict(get_state_query(automation))
    may_see = user.has_perm("mailings.view_mailing") or not automation.is_by_mailings
    if not may_see or not all(
        sees_all_conditions(kind, data, user) for data in (automation.parameters, state)
    ):
        return _("The conditions use a field that you can’t see.")
    if find_wait(verbs) and not automation.turned_on:
        return _("Turn the automation on first. What comes after its wait is done only while it is on.")
    return ""


def freeze_matching_records(automation: Automation, user: Any) -> FrozenSet:
    """The records that meet the conditions, as the list of its conditions finds them, and that are as the trigger says."""
    listing = RecordList(KINDS[automation.table_of], automation.parameters, user)
    rows = listing.visible.changeable_by(get_owner(automation)).changeable_by(user)
    return freeze_all(user, keep_woken_ones(automation, rows), build_selection_query(automation))


def build_selection_query(automation: Automation) -> str:
    """What is selected, as the query of a list, as far as one can say it. A field that the conditions name is only once there."""
    state = QueryDict(get_state_query(automation))
    own = [] if any(name in automation.parameters for name in state) else [state.urlencode()]
    return "&".join(filter(None, [automation.conditions, *own])) or "all=1"


def get_size_problem(frozen: FrozenSet) -> str:
    """Why the set is too large for one change, or ''."""
    if frozen.count <= ROWS_IN_ONE:
        return ""
    return _(
        "More than 1,000,000 records meet the conditions. Add a condition, and run it for a part of them."
    )


def get_records_acted_on(automation: Automation, ids: list[int]) -> set[int]:
    """Those of these records on which it has acted before, whatever woke it."""
    runs = AutomationRun.objects.of_automation(automation.pk).acted().filter(record__any=ids)
    return set(runs.order_by().values_list("record", flat=True).distinct())
