"""The bulk actions of every kind of customer record."""

from accounts.ownership.actions import ASSIGN, CHANGE_DEPARTMENT, SHARE, UNSHARE
from crm.records.editing.actions import ADD_TAGS, DELETE, PURGE, REMOVE_TAGS, RESTORE
from crm.records.editing.bulk_actions import Action
from crm.records.editing.set_field import set_field
from crm.work.activities.actions import ADD_NOTE, LOG_CALL
from crm.work.tasks.actions import ADD_TASK


def actions_of(table: str) -> list[Action]:
    first = [ASSIGN, CHANGE_DEPARTMENT, set_field(table), ADD_NOTE, LOG_CALL, ADD_TASK, ADD_TAGS, REMOVE_TAGS]
    return [*first, SHARE, UNSHARE, DELETE, RESTORE, PURGE]
