"""Leads and what gives them their order: statuses, sources, tags, reasons, views of the list."""

from leads.models.currency import Rate
from leads.models.export import Export
from leads.models.import_file import Import
from leads.models.import_row import ImportMapping, ImportRow, PlannedRow
from leads.models.lead import Lead, LeadSearch
from leads.models.lost_reason import LostReason
from leads.models.saved_view import ListSettings, SavedView
from leads.models.source import Source, SourceCost
from leads.models.status import Pipeline, Status, StatusMove
from leads.models.tag import Tag

__all__ = [
    "Export",
    "Import",
    "ImportMapping",
    "ImportRow",
    "Lead",
    "LeadSearch",
    "ListSettings",
    "LostReason",
    "Pipeline",
    "PlannedRow",
    "Rate",
    "SavedView",
    "Source",
    "SourceCost",
    "Status",
    "StatusMove",
    "Tag",
]
