"""What reports add to the product."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage
from crm.platform.configuration.base_currency import StoredAmounts
from customers.deals.kind import DEAL
from leads.kind import LEAD
from product.contribution import Contribution, Navigation
from reports.api.report_calls import RESOURCES
from reports.bi.database_views import build_views_sql, drop_before_migrations
from reports.demo import PART, write_demo_costs
from reports.engine.drill_down import FIGURE, FigureFilter
from reports.engine.progress_derivation import build_current_view_sql
from reports.engine.untouched_leads import UNTOUCHED, UNTOUCHED_FILTER
from reports.goals.goal_uses import find_goals_using
from reports.goals.verbs import EVENTS
from reports.jobs import find_wrong_progress
from reports.models import DashboardPart, Goal, Pin, Report, ReportSchedule
from reports.palette_pages import generate_report_pages
from reports.permissions import OF_STEERING, ROWS
from reports.schedules.report_uses import find_report_uses
from reports.subjects import (
    activities,
    deals,
    first_contact,
    given_leads,
    imports,
    incoming_leads,
    leads,
    mailings,
    moves,
    pipeline_changes,
    stuck_leads,
    untouched_leads,
    working_days,
)

CONTRIBUTION = Contribution(
    jobs=("reports.bi.role_limits", "reports.jobs", "reports.schedules.schedule"),
    start_page=(
        "reports.goals.start_page",
        "reports.pins",
        "reports.start_charts",
        "reports.start_page",
        "reports.start_questions",
    ),
    verbs=("reports.goals.verbs",),
    report_subjects=(
        activities.MEASURED,
        deals.MEASURED,
        first_contact.MEASURED,
        given_leads.MEASURED,
        imports.MEASURED,
        incoming_leads.MEASURED,
        leads.MEASURED,
        mailings.MEASURED,
        moves.MEASURED,
        pipeline_changes.MEASURED_DEALS,
        pipeline_changes.MEASURED_LEADS,
        stuck_leads.MEASURED,
        untouched_leads.MEASURED,
        working_days.MEASURED,
    ),
    triggers=("reports.models.progress_triggers",),
    list_filters={
        LEAD.name: {FIGURE: FigureFilter(LEAD.name), UNTOUCHED: UNTOUCHED_FILTER},
        DEAL.name: {FIGURE: FigureFilter(DEAL.name)},
    },
    uses=(find_goals_using, find_report_uses),
    stored_amounts=(StoredAmounts(_("goals for revenue"), Goal.objects.of_revenue),),
    stored_queries={
        "report": Report,
        "report_schedule": ReportSchedule,
        "pin": Pin,
        "dashboard_part": DashboardPart,
    },
    rebuild_checks=(find_wrong_progress,),
    webhook_events=EVENTS,
    token_resources=RESOURCES,
    permission_rows=ROWS,
    manager_permissions=OF_STEERING,
    navigation=Navigation(
        rail=[SettingsPage(_("Reports"), "reports:reports", "reports.view_report", "chart")],
        new_settings=[
            SettingsPage(_("New report"), "reports:build", "reports.view_report"),
            SettingsPage(_("Dashboards"), "reports:dashboards", "reports.view_report"),
            SettingsPage(_("New dashboard"), "reports:dashboard_new", "reports.view_report"),
            SettingsPage(_("Scheduled emails"), "reports:schedules", "reports.view_report"),
            SettingsPage(_("New goal"), "reports:goal_new", "reports.add_goal"),
        ],
    ),
    palette_pages=(generate_report_pages,),
    database_functions=lambda: [build_current_view_sql(), build_views_sql()],
    before_migrations=(drop_before_migrations,),
    long_reads=("reports",),
    demo_parts=(PART,),
    demo_lead_followers=(write_demo_costs,),
)
