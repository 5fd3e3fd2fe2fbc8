"""The verbs on records with an owner and a department, one file each; crm/records/change.py carries them out."""

from accounts.verbs.assign import Assign, ChangeDepartment, Take
from accounts.verbs.hand_over import HandOver
from accounts.verbs.share import Share

__all__ = ["Assign", "ChangeDepartment", "HandOver", "Share", "Take"]
