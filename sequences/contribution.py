"""What sequences add to the product."""

from product.contribution import Contribution
from sequences import permissions, reasons, settings_verbs
from sequences.api import RESOURCES
from sequences.outgoing.obstacles import find_obstacle
from sequences.outgoing.opt_out_link import build_footer
from sequences.running.log_cleanup import delete_enrollments_of_records
from sequences.sequence_uses import find_sequences_using, replace_value_in_sequences

CONTRIBUTION = Contribution(
    jobs=("sequences.jobs", "sequences.running.log_cleanup"),
    verbs=("sequences.settings_verbs", "sequences.verbs", "sequences.outgoing.opt_out"),
    triggers=("sequences.running.coming_step_trigger",),
    reasons=reasons.REASONS,
    purge_followers=(delete_enrollments_of_records,),
    uses=(find_sequences_using,),
    value_replacements=(replace_value_in_sequences,),
    token_resources=RESOURCES,
    webhook_events=settings_verbs.EVENTS,
    permission_rows=permissions.ROWS,
    company_manager_permissions=permissions.OF_COMPANY_MANAGERS,
    email_obstacles=(find_obstacle,),
    email_footers=(build_footer,),
    recipient_links=("/u/",),
)
