"""The bulk actions of every kind of customer record."""

from accounts.ownership.actions import ASSIGN, CHANGE_DEPARTMENT, SHARE, UNSHARE
from crm.records.editing.actions import ADD_TAGS, DELETE, PURGE, REMOVE_TAGS, RESTORE
from crm.records.editing.bulk_actions import BulkAction
from crm.records.editing.set_field import build_set_field_action
from crm.work.activities.actions import ADD_NOTE, LOG_CALL
from crm.work.tasks.actions import ADD_TASK


def get_bulk_actions(table: str) -> list[BulkAction]:
    first = [
        ASSIGN,
        CHANGE_DEPARTMENT,
        build_set_field_action(table),
        ADD_NOTE,
        LOG_CALL,
        ADD_TASK,
        ADD_TAGS,
        REMOVE_TAGS,
    ]
    return [*first, SHARE, UNSHARE, DELETE, RESTORE, PURGE]
