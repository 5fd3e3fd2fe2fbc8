"""The verbs on records with an owner and a department, one file each; crm/records/history/verb_execution.py carries them out."""

from accounts.ownership.verbs.assign import Assign, ChangeDepartment, Take
from accounts.ownership.verbs.reassign_records import HandOver
from accounts.ownership.verbs.share import Share

__all__ = ["Assign", "ChangeDepartment", "HandOver", "Share", "Take"]
