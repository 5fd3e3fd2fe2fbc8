"""What automations add to the product."""

from automations import permissions, settings_verbs
from product.contribution import Contribution

CONTRIBUTION = Contribution(
    jobs=("automations.jobs",),
    notifications=("automations.notifications",),
    verbs=("automations.settings_verbs", "automations.verbs"),
    triggers=("automations.running.operation_trigger",),
    webhook_events=settings_verbs.EVENTS,
    permission_rows=permissions.ROWS,
    company_manager_permissions=permissions.OF_COMPANY_MANAGERS,
)
