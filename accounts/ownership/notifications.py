"""Notifications for owners: records that were assigned or reassigned to them."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.models import Notification, Operation, Task
from crm.platform.web.notifications import PushDelivery, create_notification, register_notice_kind
from crm.records.history.verbs.edit import NewValues
from crm.records.kinds.kind_registry import KINDS


def notify_new_owner(owner, record: Operation, ids: list[int]) -> None:
    """One notification for all these records, but none for the user who assigned them."""
    if owner and ids and owner != record.by:
        create_notification(owner, "assigned", record, ids)


def notify_owners_in_values(written: Sequence[NewValues], record: Operation) -> None:
    """Notify the users who got records through edits or as new records, each once."""
    gained: dict[User, list[int]] = {}
    for values, ids in written:
        if owner := values.get("owner"):
            gained.setdefault(owner, []).extend(ids)
    for owner, ids in gained.items():
        notify_new_owner(owner, record, ids)


@register_notice_kind("assigned", icon="person")
def get_assigned_sentence(values: dict) -> str:
    return _describe_records(values, _("%(by)s assigned %(name)s to you."))


@register_notice_kind("handed_over", icon="person")
def get_reassigned_sentence(values: dict) -> str:
    return _describe_records(values, _("%(by)s reassigned %(name)s from %(from)s to you."))


@register_notice_kind(
    "tasks_of_day",
    icon="check",
    push=PushDelivery("reminders", lasts=timedelta(hours=12), topic="tasks-of-the-day"),
)
def describe_tasks_of_day(values: dict) -> str:
    number = values["number"]
    if values.get("of"):
        return ngettext(
            "%(of)s is away: %(number)s task for today.",
            "%(of)s is away: %(number)s tasks for today.",
            number,
        )
    if values.get("overdue"):
        return ngettext(
            "You have %(number)s overdue task.",
            "You have %(number)s tasks today, %(overdue)s of them overdue.",
            number,
        )
    return ngettext("You have %(number)s task today.", "You have %(number)s tasks today.", number)


def is_open(notification: Notification, user: User) -> bool:
    """Whether the task of a reminder is still to be done, and in the user's sight."""
    return Task.objects.listed_for(user).open().filter(pk=notification.parameters.get("task")).exists()


@register_notice_kind(
    "task_due",
    icon="clock",
    push=PushDelivery("reminders", urgency="high", lasts=timedelta(hours=4), still=is_open),
)
def describe_due_task(values: dict) -> str:
    if values.get("of") and values.get("there"):
        return _("%(of)s is away: “%(what)s” for %(name)s is due at %(time)s, which is %(there)s for %(of)s.")
    if values.get("of"):
        return _("%(of)s is away: “%(what)s” for %(name)s is due at %(time)s.")
    return _("“%(what)s” for %(name)s is due at %(time)s.")


def _describe_records(values: dict, words: str) -> str:
    """A single record is named, several are counted: "3 leads"."""
    kind = KINDS.get(values.get("table", "lead"))
    if kind is None:
        return ""
    if values["count"] == 1:
        return words
    return words.replace("%(name)s", kind.words.counted(values["count"]).replace("%", "%%"))


@register_notice_kind("push_ended")
def get_push_ended_sentence(values: dict) -> str:
    if values["device"]:
        return _(
            "Notifications on %(device)s were turned off by the browser. Turn them on again in your profile."
        )
    return _("Notifications on a device were turned off by its browser. Turn them on again in your profile.")
