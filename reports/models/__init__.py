"""The tables of reports."""

from reports.models.bi_access import BiAccess
from reports.models.cached_numbers import KeptNumbers
from reports.models.counted_rows import ACTIVITIES, CHANGES, DELIVERIES, STAYS
from reports.models.dashboard import Dashboard, DashboardPart
from reports.models.goal import Goal
from reports.models.lead_progress import ChangedLead, CurrentProgress, LeadProgress
from reports.models.pin import Pin
from reports.models.report import Report
from reports.models.schedule import ReportEmail, ReportSchedule
from reports.models.slow_question import ReadReport

__all__ = [
    "ACTIVITIES",
    "CHANGES",
    "DELIVERIES",
    "STAYS",
    "BiAccess",
    "ChangedLead",
    "CurrentProgress",
    "Dashboard",
    "DashboardPart",
    "Goal",
    "KeptNumbers",
    "LeadProgress",
    "Pin",
    "ReadReport",
    "Report",
    "ReportEmail",
    "ReportSchedule",
]
