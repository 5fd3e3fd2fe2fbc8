"""The reports that Leadwell comes with. Each is a page of questions, which the same engine answers as those of the builder."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.display.report_sections import ReportSection, StandardReport
from reports.late_lines import LATE_LINES
from reports.manager_reports import MANAGER_REPORTS
from reports.subjects.subject import get_viewable_measures

FUNNEL = ["leads", "contacted", "qualified", "proposal", "won"]
WORK = ["calls", "emails", "meetings", "no_shows", "held_rate", "notes", "moves", "moved_to_won"]
FORECAST = [
    "forecast",
    "open_value",
    "open_deals",
    "deals_without_amount",
    "deals_without_rate",
    "deals_without_likelihood",
]
CONTACT = [
    "in_time_rate",
    "with_limit",
    "contacted_late",
    "contact_overdue",
    "contacted_in_time",
    "contact_waiting",
    "contact_closed",
]
LATE = ["late_now", "late_now_median", "late_now_longest", "contacted_late", "contacted_late_median"]
MAILINGS = [
    "mailings_sent",
    "mailings_delivered",
    "mailings_replied",
    "mailings_clicked",
    "mailings_unsubscribed",
    "mailings_moved_since",
]
IMPORTED = [
    "imported",
    "imported_contacted",
    "imported_qualified",
    "imported_won",
    "imported_lost",
    "imported_rate",
]
RATES = ["leads", "qualified_rate", "opportunity_rate", "client_rate"]
SHIPPED = [
    StandardReport(
        "funnel",
        _("Funnel"),
        _(
            "How far the leads of the period got until today. A lead that skips a step has reached it all the same."
        ),
        [
            ReportSection(_("How far they got"), FUNNEL, picture="funnel", fixed=True),
            ReportSection(_("New leads by week"), ["leads"], ["week"], picture="line", fixed=True),
        ],
        figures=["leads", "won", "client_rate", "contact_median", "won_median"],
    ),
    *MANAGER_REPORTS,
    StandardReport(
        "conversion",
        _("Conversion"),
        _("How many leads became opportunities and clients, by source, owner and other fields."),
        [
            ReportSection(_("Lead to client"), ["client_rate", *RATES[:3], "won"], ["source"], picture="bar"),
            ReportSection(
                _("Lead to client by month"), ["client_rate", "leads", "won"], ["month"], "line", fixed=True
            ),
        ],
        figures=RATES,
    ),
    StandardReport(
        "sources",
        _("Sources"),
        _("What sources cost and what their leads brought."),
        [
            ReportSection(
                _("Costs and return"),
                [
                    "leads",
                    "costs",
                    "cost_per_lead",
                    "cost_per_qualified",
                    "cost_per_client",
                    "won",
                    "client_rate",
                    "revenue",
                    "return",
                ],
                ["source"],
                fixed=True,
            ),
        ],
        figures=["leads", "costs", "revenue", "return"],
    ),
    StandardReport(
        "lost",
        _("Lost leads"),
        _("Why leads were lost. Leads count in the period in which they were lost."),
        [
            ReportSection(_("Lost reasons"), ["lost"], ["lost_reason"], picture="bar", basis="happened"),
            ReportSection(_("Lost leads by month"), ["lost"], ["month"], "line", "happened", fixed=True),
        ],
        figures=["lost", "disqualified"],
    ),
    StandardReport(
        "people",
        _("Owners"),
        _("The leads of each owner and what they became. A lead counts for its present owner."),
        [
            ReportSection(
                _("Leads by owner"),
                [*FUNNEL, "client_rate", "revenue", "contact_median"],
                ["owner"],
                picture="bar",
            ),
        ],
    ),
    StandardReport(
        "times",
        _("Times"),
        _("How long it takes to contact and to win leads."),
        [
            ReportSection(
                _("By source"),
                ["contact_median", "contact_mean", "contacted", "won_median", "won_mean", "won"],
                ["source"],
                picture="bar",
            ),
            ReportSection(
                _("By month"),
                ["contact_median", "won_median"],
                ["month"],
                picture="line",
                fixed=True,
            ),
        ],
        figures=["contact_median", "contact_mean", "won_median", "won_mean"],
    ),
]
SHIPPED += [
    StandardReport(
        "stays",
        _("Time in status"),
        _("How long leads stay in each status. Stays count in the period in which they ended."),
        [
            ReportSection(
                _("By status"),
                ["stay_median", "stay_mean", "stays", "limit", "still_there"],
                ["status"],
                "bar",
                "happened",
                fixed=True,
            ),
            ReportSection(_("Length of stays"), ["stays"], ["status", "length"], "", "happened", fixed=True),
            ReportSection(
                _("By month"),
                ["stay_median", "stay_mean", "stays"],
                ["month"],
                "line",
                "happened",
                fixed=True,
            ),
        ],
        figures=["stays", "stay_median", "stay_mean"],
    ),
    StandardReport(
        "stuck",
        _("Over time limit"),
        _(
            "How many leads were in a status for longer than its time limit, at the end of each week and at the end of the period. "
            "Unlike among stuck leads, those with a planned task or meeting count too."
        ),
        [
            ReportSection(_("Leads over the time limit"), ["stuck"], ["week"], "line", "happened"),
            *(
                ReportSection(title, ["stuck"], [by], "bar", "happened", fixed=True)
                for title, by in (
                    (_("By status"), "status"),
                    (_("By owner"), "owner"),
                    (_("By department"), "department"),
                    (_("By source"), "source"),
                )
            ),
        ],
        figures=["stuck"],
    ),
    StandardReport(
        "moves",
        _("Moves"),
        _("From which status leads moved to which in the period. Undone moves don’t count."),
        [
            ReportSection(
                _("From status to status"), ["moves"], ["from_status", "status"], "", "happened", fixed=True
            ),
            ReportSection(_("Moves by week"), ["moves"], ["week"], "line", "happened", fixed=True),
        ],
        figures=["moves", "moved_to_won"],
    ),
    StandardReport(
        "work",
        _("Work"),
        _("What users did in the period: activities on all records, and moves of leads."),
        [
            ReportSection(_("By user"), WORK, ["author"], "", "happened", fixed=True),
            ReportSection(_("By department"), WORK, ["department"], "", "happened", fixed=True),
            ReportSection(_("Calls by week"), ["calls"], ["week"], "line", "happened", fixed=True),
        ],
        figures=WORK,
    ),
    StandardReport(
        "forecast",
        _("Forecast"),
        _(
            "What open deals may bring. Open deals are those of today; won deals count in the period in which they were won."
        ),
        [
            ReportSection(_("By expected close"), FORECAST, ["close"], "bar", fixed=True),
            ReportSection(_("By stage"), FORECAST, ["stage"], "bar", fixed=True),
            ReportSection(_("By category"), FORECAST, ["kind"], fixed=True),
            ReportSection(_("By owner"), FORECAST, ["owner"], fixed=True),
            ReportSection(
                _("Won deals by month"),
                ["won_value", "won_deals", "won_without_amount", "won_without_rate"],
                ["month"],
                "line",
                "happened",
                fixed=True,
            ),
        ],
        figures=["forecast", "open_value", "open_deals", "won_value"],
    ),
    StandardReport(
        "first_contact",
        _("First contact"),
        _(
            "Whether leads were contacted within the limit of their source or department. Leads count when they were added."
        ),
        [
            ReportSection(_("Late by owner"), LATE, ["owner"], "", fixed=True),
            ReportSection(_("By source"), CONTACT, ["source"], "bar", fixed=True),
            ReportSection(_("By department"), CONTACT, ["department"], "", fixed=True),
            ReportSection(_("By owner"), CONTACT, ["owner"], "", fixed=True),
            ReportSection(
                _("Contacted in time by week"), ["in_time_rate", "with_limit"], ["week"], "line", fixed=True
            ),
        ],
        figures=["late_now", "late_now_longest", *CONTACT[:4]],
        lines=LATE_LINES,
        other_names=_(
            "late first contact, overdue leads, speed to lead, response time, SLA, whose first contact is late"
        ),
    ),
    StandardReport(
        "mailings",
        _("Mailings"),
        _(
            "What followed mailings. Emails count in the period in which they were sent, with all that has followed until today."
        ),
        [
            ReportSection(_("By mailing"), MAILINGS, ["mailing"], "", "happened", fixed=True),
            ReportSection(
                _("Emails sent by week"), ["mailings_sent"], ["week"], "line", "happened", fixed=True
            ),
        ],
        figures=MAILINGS,
    ),
    StandardReport(
        "imports",
        _("Imports"),
        _("What imported leads became. Leads count in the period in which their import ended."),
        [
            ReportSection(_("By import"), IMPORTED, ["import"], "", "happened", fixed=True),
            ReportSection(_("By source"), IMPORTED, ["source"], "bar", "happened", fixed=True),
        ],
        figures=["imported", "imported_won", "imported_rate"],
    ),
]
BY_NAME = {report.name: report for report in SHIPPED}


def get_viewable_reports(user: User) -> list[StandardReport]:
    """Those whose numbers the user may see."""
    return [report for report in SHIPPED if may_view_report(report, user)]


def may_view_report(report: StandardReport, user: User) -> bool:
    offered = get_viewable_measures(user)
    return all(name in offered for section in report.sections for name in section.measures)


def get_section_defaults(section: ReportSection) -> dict[str, Any]:
    return {"measures": section.measures, "by": section.by, "picture": section.picture}
