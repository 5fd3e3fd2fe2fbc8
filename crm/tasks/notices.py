"""Notifications for the users whom tasks are for."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Operation
from crm.web.notices import notice_kind, tell


def tell_new_user(user: Any, record: Operation, table: str, ids: list[int]) -> None:
    """One notification for the tasks of these records, but none for the user who planned them."""
    if user and ids and user.pk != record.by_id:
        path = "" if len(ids) == 1 else "/admin/tasks"
        tell(user, "task_assigned", record, ids, table=table, path=path)


@notice_kind("task_assigned", icon="check")
def task_assigned(values: dict) -> str:
    if values["count"] == 1:
        return _("%(by)s assigned you a task for %(name)s.")
    count = values["count"]
    return ngettext("%(by)s assigned you %(count)s task.", "%(by)s assigned you %(count)s tasks.", count)
