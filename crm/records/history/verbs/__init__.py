"""The verbs of every record type, one per file; crm/records/history/verb_execution.py runs them."""

from crm.records.history.verbs.add import Add, add_records
from crm.records.history.verbs.delete import Delete, Purge, Restore
from crm.records.history.verbs.edit import Edit
from crm.records.history.verbs.tag import AddTags, MergeTags, RemoveTags

__all__ = ["Add", "AddTags", "Delete", "Edit", "MergeTags", "Purge", "RemoveTags", "Restore", "add_records"]
