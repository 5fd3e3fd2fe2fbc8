"""The tables of reports."""

from reports.models.bi_access import BiAccess
from reports.models.goal import Goal
from reports.models.kept_numbers import KeptNumbers
from reports.models.pin import Pin
from reports.models.progress import ChangedLead, CurrentProgress, LeadProgress
from reports.models.read_report import ReadReport
from reports.models.report import Report
from reports.models.rows import ACTIVITIES, CHANGES, DELIVERIES, STAYS
from reports.models.schedule import ReportEmail, ReportSchedule

__all__ = [
    "ACTIVITIES",
    "CHANGES",
    "DELIVERIES",
    "STAYS",
    "BiAccess",
    "ChangedLead",
    "CurrentProgress",
    "Goal",
    "KeptNumbers",
    "LeadProgress",
    "Pin",
    "ReadReport",
    "Report",
    "ReportEmail",
    "ReportSchedule",
]
