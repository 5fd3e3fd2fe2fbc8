"""The verbs of every record type, one per file; crm/records/change.py runs them."""

from crm.records.verbs.add import Add, add
from crm.records.verbs.delete import Delete, Purge, Restore
from crm.records.verbs.edit import Edit
from crm.records.verbs.tag import MergeTags, Tagged, Untagged

__all__ = ["Add", "Delete", "Edit", "MergeTags", "Purge", "Restore", "Tagged", "Untagged", "add"]
