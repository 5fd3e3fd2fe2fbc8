"""Notifications for the users whom tasks are for."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.aggregates import ArrayAgg
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Operation
from crm.platform.web.notifications import create_notification, register_notice_kind
from crm.records.kinds.kind_registry import KINDS


def notify_new_user(user: Any, record: Operation, table: str, ids: list[int]) -> None:
    """One notification for tasks, but none for the user who planned them. `ids` are their records, one for each task."""
    if user and ids and user.pk != record.by_id:
        path = "" if len(ids) == 1 else "/admin/tasks"
        create_notification(user, "task_assigned", record, ids, table=table, path=path)


def notify_task_owners(record: Operation, table: str, ids: list[int]) -> None:
    """The same for tasks that are for the owners of their records."""
    model: Any = KINDS[table].model
    owned = model.objects.filter(pk__any=ids).exclude(owner=None).order_by().values("owner")
    by_owner = dict(owned.annotate(ids=ArrayAgg("pk")).values_list("owner", "ids"))
    people: Any = get_user_model()._default_manager
    for user in people.active().filter(pk__in=by_owner):
        notify_new_user(user, record, table, by_owner[user.pk])


@register_notice_kind("task_assigned", icon="check")
def get_assigned_sentence(values: dict) -> str:
    if values["count"] == 1:
        return _("%(by)s assigned you a task for %(name)s.")
    count = values["count"]
    return ngettext("%(by)s assigned you %(count)s task.", "%(by)s assigned you %(count)s tasks.", count)
