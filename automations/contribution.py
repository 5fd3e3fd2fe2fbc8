"""What automations add to the product."""

from automations import permissions, settings_verbs
from automations.automation_uses import find_automations_using, replace_value_in_automations
from automations.running.log_cleanup import delete_runs_of_records
from product.contribution import Contribution

CONTRIBUTION = Contribution(
    jobs=("automations.jobs",),
    notifications=("automations.notifications",),
    verbs=("automations.settings_verbs", "automations.verbs"),
    triggers=("automations.running.operation_trigger",),
    purge_followers=(delete_runs_of_records,),
    uses=(find_automations_using,),
    value_replacements=(replace_value_in_automations,),
    webhook_events=settings_verbs.EVENTS,
    permission_rows=permissions.ROWS,
    company_manager_permissions=permissions.OF_COMPANY_MANAGERS,
)
