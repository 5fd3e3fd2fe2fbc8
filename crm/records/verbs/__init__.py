"""The verbs that every kind of record has. One file a verb; crm/records/change.py carries them out."""

from crm.records.verbs.add import Add, add
from crm.records.verbs.delete import Delete, Purge, Restore
from crm.records.verbs.edit import Edit
from crm.records.verbs.tag import MergeTags, Tagged, Untagged

__all__ = ["Add", "Delete", "Edit", "MergeTags", "Purge", "Restore", "Tagged", "Untagged", "add"]
