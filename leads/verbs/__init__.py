"""The verbs: what can be done to a set of leads. One file a verb; crm/change.py carries them out."""

from leads.verbs import settings
from leads.verbs.add import Add
from leads.verbs.assign import Assign, ChangeDepartment, Take
from leads.verbs.bin import Bin, Purge, Restore
from leads.verbs.edit import Edit
from leads.verbs.hand_over import HandOver
from leads.verbs.mark import SetVip, Share
from leads.verbs.move import ChangePipeline, Move
from leads.verbs.place import SetCountry, SetNextAction, SetSource
from leads.verbs.tag import MergeTags, Tagged, Untagged

__all__ = [
    "Add",
    "Assign",
    "Bin",
    "ChangeDepartment",
    "ChangePipeline",
    "Edit",
    "HandOver",
    "MergeTags",
    "Move",
    "Purge",
    "Restore",
    "SetCountry",
    "SetNextAction",
    "SetSource",
    "SetVip",
    "Share",
    "Tagged",
    "Take",
    "Untagged",
    "settings",
]
