"""The verbs of every record type, one per file; crm/records/history/verb_execution.py runs them."""

from crm.records.history.verbs.add import Add, add_records, add_records_in_operation
from crm.records.history.verbs.delete import Delete, Purge, Restore
from crm.records.history.verbs.edit import Edit
from crm.records.history.verbs.edit_each import EditEach, edit_each_record
from crm.records.history.verbs.tag import AddTags, MergeTags, RemoveTags

__all__ = [
    "Add",
    "AddTags",
    "Delete",
    "Edit",
    "EditEach",
    "MergeTags",
    "Purge",
    "RemoveTags",
    "Restore",
    "add_records",
    "add_records_in_operation",
    "edit_each_record",
]
