"""The verbs: what can be done to a set of leads. This folder has those for leads only, crm/records/history/verbs/ the
others."""

from accounts.ownership.verbs import Assign, ChangeDepartment, HandOver, Share, Take
from crm.records.history.verbs import AddTags, Delete, MergeTags, Purge, RemoveTags, Restore
from leads.verbs.add import Add
from leads.verbs.assign_by_rules import AssignByRules
from leads.verbs.edit import Edit
from leads.verbs.lost_reason import MergeLostReasons
from leads.verbs.mark import SetVip
from leads.verbs.move import ChangePipeline, Move
from leads.verbs.source_and_country import SetCountry, SetNextAction, SetSource
from leads.verbs.undo_assignment import UndoAssignment

__all__ = [
    "Add",
    "AddTags",
    "Assign",
    "AssignByRules",
    "ChangeDepartment",
    "ChangePipeline",
    "Delete",
    "Edit",
    "HandOver",
    "MergeLostReasons",
    "MergeTags",
    "Move",
    "Purge",
    "RemoveTags",
    "Restore",
    "SetCountry",
    "SetNextAction",
    "SetSource",
    "SetVip",
    "Share",
    "Take",
    "UndoAssignment",
]
