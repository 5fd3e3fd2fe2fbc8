"""What mailings add to the product: to lists, timelines, mailboxes, imports, Settings, and the demo company."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage
from mailings.api import rights
from mailings.audience.selection_pages import NEW_MAILING
from mailings.content import attachments
from mailings.content.content_checks import get_blocking_problems
from mailings.demo import PART, insert_demo_deliveries
from mailings.mailing_changes import EVENTS
from mailings.mailing_uses import find_mailing_uses
from mailings.models.suppression import SUPPRESSED_EMAILS
from mailings.responses import incoming_responses, timeline
from mailings.responses.response_conditions import build_response_filters
from mailings.sending import deliveries_of_merged_records, state_transitions
from mailings.sending.received_mailings import has_received_mailing
from mailings.settings import permissions, settings_pages, suppression_permissions
from mailings.suppression.address_erasure import erase_addresses_of_deleted_records
from mailings.suppression.blocks import get_record_warnings
from mailings.suppression.opt_out_columns import describe_opt_out_column
from mailings.suppression.rule_recipients import REASONS, find_obstacle
from mailings.value_replacement import replace_value_in_mailings
from product.contribution import Contribution, Navigation

CONTRIBUTION = Contribution(
    database_functions=lambda: [SUPPRESSED_EMAILS],
    jobs=("mailings.content.trial_email", "mailings.jobs", "mailings.suppression.address_erasure"),
    notifications=("mailings.notifications", "mailings.sending.approval"),
    start_page=("mailings.health",),
    token_resources=rights.RESOURCES,
    verbs=("mailings.content.content_verbs", "mailings.mailing_changes", "mailings.settings.settings_verbs"),
    list_filters=build_response_filters(),
    selection_pages=(NEW_MAILING,),
    reasons=REASONS,
    purge_followers=(erase_addresses_of_deleted_records,),
    merged_references=(deliveries_of_merged_records.RECORD_OF_DELIVERY,),
    merge_undo_followers=(deliveries_of_merged_records.restore_received_newsletters,),
    uses=(find_mailing_uses,),
    value_replacements=(replace_value_in_mailings,),
    opt_out_notes=(describe_opt_out_column,),
    webhook_events=(*EVENTS, *settings_pages.EVENTS, *state_transitions.EVENTS),
    permission_rows=(*permissions.ROWS, *settings_pages.ROWS, suppression_permissions.ROW),
    manager_permissions=(*permissions.OF_STEERING, *suppression_permissions.OF_STEERING),
    navigation=Navigation(
        rail=[SettingsPage(_("Mailings"), "mailings:list", "mailings.view_mailing", "mail")],
        settings_groups={settings_pages.GROUP: settings_pages.TABS},
        new_settings=[
            SettingsPage(_("New mailing"), "mailings:new", "mailings.add_mailing"),
            *settings_pages.ADD_PAGES,
            SettingsPage(
                _("Import suppressed addresses"),
                "mailing_settings:suppressed_import",
                "mailings.add_suppression",
            ),
        ],
    ),
    email_obstacles=(find_obstacle,),
    email_warnings=(get_record_warnings,),
    recipient_links=("/m/",),
    thread_records=(incoming_responses.find_mailed_record,),
    received_email_followers=(incoming_responses.record_reply,),
    bounced_records=(incoming_responses.record_bounce,),
    complaint_records=(incoming_responses.record_complaint,),
    timeline_lines=(timeline.get_timeline_lines,),
    mailing_recipients=(has_received_mailing,),
    mailing_checks=(get_blocking_problems,),
    named_files=(attachments.FILES,),
    demo_parts=(PART,),
    demo_lead_followers=(insert_demo_deliveries,),
)
