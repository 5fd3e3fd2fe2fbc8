"""What sequences add to the product."""

from crm.platform.server.demo import DemoPart
from product.contribution import Contribution, Navigation
from sequences import permissions, reasons, settings_verbs
from sequences.actions import ACTIONS
from sequences.api.reading import RESOURCES
from sequences.coming_steps.coming_step_check import find_wrong_coming_steps
from sequences.demo import add_sequences
from sequences.lists.column import build_sequence_column
from sequences.lists.filters import build_sequence_filters
from sequences.models.sequence import SEQUENCED
from sequences.outgoing.obstacles import find_obstacle
from sequences.outgoing.opt_out_link import build_footer
from sequences.record_page.page_card import build_sequence_card, build_start_link
from sequences.record_page.timeline_lines import get_timeline_lines
from sequences.running.log_cleanup import delete_enrollments_of_records
from sequences.sequence_uses import find_sequences_using, replace_value_in_sequences
from sequences.settings_page import NEW_SEQUENCE, SEQUENCES
from sequences.task_origins import describe_tasks_of_sequences

CONTRIBUTION = Contribution(
    jobs=("sequences.jobs", "sequences.running.log_cleanup"),
    verbs=("sequences.settings_verbs", "sequences.verbs", "sequences.outgoing.opt_out"),
    triggers=("sequences.coming_steps.coming_step_trigger",),
    list_filters={table: build_sequence_filters(table) for table in SEQUENCED},
    list_columns={table: [build_sequence_column(table)] for table in SEQUENCED},
    reasons=reasons.REASONS,
    purge_followers=(delete_enrollments_of_records,),
    uses=(find_sequences_using,),
    value_replacements=(replace_value_in_sequences,),
    token_resources=RESOURCES,
    webhook_events=settings_verbs.EVENTS,
    permission_rows=permissions.ROWS,
    company_manager_permissions=permissions.OF_COMPANY_MANAGERS,
    bulk_actions=ACTIONS,
    page_links=(build_start_link,),
    lead_cards=(build_sequence_card,),
    contact_cards=(build_sequence_card,),
    demo_parts=(DemoPart(grow=add_sequences),),
    navigation=Navigation(rule_settings=[SEQUENCES], new_settings=[NEW_SEQUENCE]),
    rebuild_checks=(find_wrong_coming_steps,),
    task_origins=(describe_tasks_of_sequences,),
    timeline_lines=(get_timeline_lines,),
    email_obstacles=(find_obstacle,),
    email_footers=(build_footer,),
    recipient_links=("/u/",),
)
