"""What leads add to the product."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage
from crm.platform.server.demo import DemoPart
from leads import connectors, reasons
from leads.api.token_scopes import LEAD_RESOURCES
from leads.assignment.assignment_rule_uses import describe_rules_by_field, find_rules_using
from leads.assignment.demo import add_assignment_rules
from leads.assignment.rule_conditions import replace_value_in_rules
from leads.demo.demo_part import PART
from leads.events import LEAD_EVENTS
from leads.imports.lead_import import LeadImport
from leads.initial_data import install_initial_data, write_base_rate
from leads.kind import LEAD
from leads.permissions import COMPANY_MANAGER_PERMISSIONS, LEAD_ROWS
from leads.scores.demo import add_score_rules
from leads.scores.proposal.activity_filter import HAD_ACTIVITY, HAD_ACTIVITY_FILTER
from leads.scores.score_check import iterate_wrong_scores
from leads.scores.score_conditions import replace_value_in_score_rules
from leads.scores.score_reasons import build_score_card
from leads.scores.score_rule_uses import describe_score_rules_by_field, find_score_rules_using
from leads.scores.scoring import follow_settings_change, write_score_state
from leads.settings.formula_uses import find_formulas_using
from leads.settings.tabs import ADD_PAGES, RULE_TABS, TABS
from leads.settings.usage import describe_requiring_statuses
from leads.start_page import setup_steps
from leads.stored_amounts import STORED_AMOUNTS
from leads.stuck.stuck_reminders import notify_stuck_leads
from leads.triggers.functions import BASE_VALUE, CONTACT_DUE, CONVERTED_SINCE, TURNS
from leads.triggers.history_check import (
    iterate_wrong_contacts,
    iterate_wrong_next_actions,
    iterate_wrong_stamps_and_moves,
)
from leads.triggers.scores import SCORE_FUNCTIONS
from product.contribution import Contribution, Navigation

CONTRIBUTION = Contribution(
    jobs=(
        "leads.assignment.run_log",
        "leads.assignment.unusable_rules",
        "leads.contact_due.deadlines",
        "leads.contact_due.first_contact_reminders",
        "leads.jobs",
        "leads.queue.cleanup",
        "leads.scores.proposal.proposal_run",
        "leads.scores.scoring",
        "leads.settings.exchange_rates",
        "leads.settings.merge",
        "leads.settings.pipeline_retirement",
        "leads.settings.retirement",
    ),
    notifications=(
        "leads.assignment.unusable_rules",
        "leads.contact_due.first_contact_reminders",
        "leads.stuck.stuck_reminders",
    ),
    start_page=("leads.start_page.start_page",),
    setup_steps=setup_steps.STEPS,
    verbs=("leads.verbs.settings_change",),
    checks=("leads.checks",),
    record_types=(LEAD,),
    import_rules={"lead": LeadImport},
    program_exports={"lead": connectors.PROGRAMS},
    activity_exports=connectors.ACTIVITIES,
    list_filters={"lead": {HAD_ACTIVITY: HAD_ACTIVITY_FILTER}},
    filter_pages={"lead": ["rule_conditions", "score_conditions"]},
    reasons=reasons.REASONS,
    uses=(find_rules_using, find_score_rules_using, find_formulas_using),
    stored_amounts=STORED_AMOUNTS,
    base_currency_followers=(write_base_rate,),
    field_uses=(describe_requiring_statuses, describe_rules_by_field, describe_score_rules_by_field),
    value_replacements=(replace_value_in_rules, replace_value_in_score_rules),
    rebuild_checks=(
        iterate_wrong_stamps_and_moves,
        iterate_wrong_next_actions,
        iterate_wrong_contacts,
        iterate_wrong_scores,
    ),
    operation_followers=(follow_settings_change,),
    lead_cards=(build_score_card,),
    token_resources=LEAD_RESOURCES,
    webhook_events=LEAD_EVENTS,
    permission_rows=LEAD_ROWS,
    company_manager_permissions=COMPANY_MANAGER_PERMISSIONS,
    navigation=Navigation(
        rail=[
            SettingsPage(_("Queue"), "leads:queue", "leads.change_lead", "queue"),
            SettingsPage(_("Stuck leads"), "leads:stuck", "leads.assign_lead", "clock"),
        ],
        first_sales_settings=TABS,
        rule_settings=RULE_TABS,
        new_settings=ADD_PAGES,
    ),
    weekly_reminders=(notify_stuck_leads,),
    database_functions=lambda: [BASE_VALUE, CONTACT_DUE, CONVERTED_SINCE, TURNS, *SCORE_FUNCTIONS],
    after_all_migrations=(install_initial_data, write_score_state),
    demo_parts=(PART, DemoPart(grow=add_assignment_rules), DemoPart(grow=add_score_rules)),
)
