"""What sequences add to the product."""

from product.contribution import Contribution
from sequences import permissions, reasons, settings_verbs

CONTRIBUTION = Contribution(
    verbs=("sequences.settings_verbs", "sequences.verbs"),
    triggers=("sequences.running.coming_step_trigger",),
    reasons=reasons.REASONS,
    webhook_events=settings_verbs.EVENTS,
    permission_rows=permissions.ROWS,
    company_manager_permissions=permissions.OF_COMPANY_MANAGERS,
)
