"""What automations add to the product."""

from automations import permissions, reasons, settings_verbs
from automations.api import RESOURCES
from automations.automation_uses import find_automations_using, replace_value_in_automations
from automations.demo import add_automations
from automations.running.log_cleanup import delete_runs_of_records
from automations.settings_page import AUTOMATIONS, CONDITION_PAGES, NEW_AUTOMATION
from crm.platform.server.demo import DemoPart
from product.contribution import Contribution, Navigation

CONTRIBUTION = Contribution(
    jobs=(
        "automations.jobs",
        "automations.trial.trial_run",
        "automations.run_now.requested_run",
        "automations.day_undo.day_reversal",
    ),
    notifications=("automations.notifications",),
    verbs=("automations.settings_verbs", "automations.verbs", "automations.outgoing.webhook_call"),
    triggers=(
        "automations.running.clock_trigger",
        "automations.running.operation_trigger",
        "automations.running.response_trigger",
    ),
    filter_pages=CONDITION_PAGES,
    reasons=reasons.REASONS,
    purge_followers=(delete_runs_of_records,),
    uses=(find_automations_using,),
    value_replacements=(replace_value_in_automations,),
    token_resources=RESOURCES,
    webhook_events=settings_verbs.EVENTS,
    permission_rows=permissions.ROWS,
    company_manager_permissions=permissions.OF_COMPANY_MANAGERS,
    demo_parts=(DemoPart(grow=add_automations),),
    navigation=Navigation(rule_settings=[AUTOMATIONS], new_settings=[NEW_AUTOMATION]),
)
