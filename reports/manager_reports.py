"""The shipped reports that answer what managers ask every day: who hasn't touched what, what came in, and what has changed."""

from django.utils.translation import gettext_lazy as _

from reports.display.report_sections import ReportSection, StandardReport
from reports.incoming.incoming_lines import INCOMING_LINES
from reports.pipeline.pipeline_lines import PIPELINE_LINES

UNTOUCHED = ["open_leads", "untouched_3", "untouched_7", "untouched_14", "untouched_30", "longest_wait"]
INCOMING = ["incoming", "incoming_unassigned", "incoming_contacted", "incoming_waiting"]
CHANGED_LEADS = ["leads_new", "leads_moved", "leads_won", "leads_lost", "leads_reopened", "leads_moved_value"]
CHANGED_DEALS = [
    "deals_new",
    "deals_moved",
    "deals_won",
    "deals_won_value",
    "deals_lost",
    "deals_lost_value",
    "deals_reopened",
]
CHANGED_DATES = [
    "deals_slipped",
    "deals_slipped_value",
    "deals_earlier",
    "amounts_up",
    "amounts_up_value",
    "amounts_down",
    "amounts_down_value",
]
OF_REPS = ["won", "revenue", "given", "contacted", "activities", "working_days"]
PER_DAY = [
    "won_per_day",
    "revenue_per_day",
    "given_per_day",
    "contacted_per_day",
    "activities_per_day",
    "working_days",
]
PER_LEAD = ["given", "given_contacted_rate", "given_won_rate", "revenue_per_given", "activities_per_given"]
MANAGER_REPORTS = [
    StandardReport(
        "untouched",
        _("Untouched leads"),
        _(
            "Whose open leads no one has touched for days: no activity, no email in or out, and no edit by a person."
        ),
        [
            ReportSection(title, UNTOUCHED, [by], "", fixed=True)
            for title, by in (
                (_("By owner"), "owner"),
                (_("By status"), "status"),
                (_("By department"), "department"),
            )
        ],
        figures=["untouched_7", "untouched_30", "longest_wait", "open_leads"],
        other_names=_(
            "untouched, neglected, forgotten, inactive leads, no activity, aging, who hasn’t touched what"
        ),
    ),
    StandardReport(
        "incoming",
        _("Leads that came in"),
        _("Which leads were added to Leadwell, how they came in, to whom they went and why."),
        [
            ReportSection(_("By way in"), INCOMING, ["way_in"], "", "happened", fixed=True, period="today"),
            ReportSection(_("By owner"), INCOMING, ["owner"], "", "happened", fixed=True, period="today"),
        ],
        figures=INCOMING,
        lines=INCOMING_LINES,
        other_names=_(
            "who got what, new leads today, incoming leads, lead routing, assignment, distribution, inbound"
        ),
    ),
    StandardReport(
        "changes",
        _("Pipeline changes"),
        _(
            "What is different now from how it was when the first day began. Changes that were undone or changed back don’t count."
        ),
        [
            ReportSection(title, measures, by, "", "happened", fixed=True, period="this_week")
            for title, measures, by in (
                (_("Deals by owner"), CHANGED_DEALS, ["owner"]),
                (_("Expected closes and amounts by owner"), CHANGED_DATES, ["owner"]),
                (
                    _("Deals moved from stage to stage"),
                    ["deals_moved", "deals_moved_value"],
                    ["from_stage", "stage"],
                ),
                (_("Leads by owner"), CHANGED_LEADS, ["owner"]),
                (
                    _("Leads moved from status to status"),
                    ["leads_moved", "leads_moved_value"],
                    ["from_status", "status"],
                ),
                (_("Leads moved out of a status"), ["leads_moved", "leads_moved_value"], ["from_status"]),
                (
                    _("Leads moved into a status"),
                    ["leads_moved", "leads_moved_value", "leads_new"],
                    ["status"],
                ),
            )
        ],
        figures=[
            "deals_won",
            "deals_won_value",
            "deals_slipped",
            "deals_slipped_value",
            "leads_moved",
            "leads_won",
        ],
        lines=PIPELINE_LINES,
        other_names=_(
            "what changed, since Monday, slipped deals, pushed deals, slippage, deal movement, won and lost this week"
        ),
    ),
    StandardReport(
        "reps",
        _("Compare reps"),
        _(
            "What each rep got and did in the period, also per working day and per lead given, so that absences, part-time "
            "and the number of leads don’t decide. Of the records that you see."
        ),
        [
            ReportSection(title, measures, ["rep"], "", "happened", fixed=True, period="this_month")
            for title, measures in (
                (_("In the period"), OF_REPS),
                (_("Per working day"), PER_DAY),
                (_("Per lead given"), PER_LEAD),
            )
        ],
        other_names=_(
            "compare reps, compare owners, ranking, leaderboard, performance, productivity, sales activity, scorecard, working days"
        ),
    ),
]
