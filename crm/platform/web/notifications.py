"""Notifications: one for each cause, and its sentence in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crm.models import Notification, Operation
from crm.platform.record_types import get_type_of_table

# Returns the sentence of a notification kind, with %(by)s, %(count)s and its own parameters.
Words = Callable[[dict], str]


@dataclass(frozen=True)
class PushDelivery:
    """How a kind of notification reaches the devices of its user; `of` is what users turn on and off.

    After `lasts` it is no longer delivered. Of two that share a `topic` and weren't delivered yet, only the later one is.
    `still` says for its user whether it is still of use.
    """

    of: Literal["reminders", "mentions"]
    urgency: Literal["normal", "high"] = "normal"
    lasts: timedelta = timedelta(days=1)
    topic: str = ""
    still: Callable[[Notification, Any], bool] | None = None


@dataclass(frozen=True)
class NoticeKind:
    words: Words
    icon: str = "warning"
    push: PushDelivery | None = None


NOTICE_KINDS: dict[str, NoticeKind] = {}
# Called with each new notification, in its transaction.
FOLLOWERS: list[Callable[[Notification], None]] = []


def register_notice_kind(
    name: str, *, icon: str = "warning", push: PushDelivery | None = None
) -> Callable[[Words], Words]:
    """Register the sentence of a kind of notification."""

    def register(words: Words) -> Words:
        NOTICE_KINDS[name] = NoticeKind(words, icon, push)
        return words

    return register


def create_notification(
    user,
    kind: str,
    operation: Operation | None = None,
    ids: list[int] | None = None,
    *,
    table: str = "",
    **parameters,
) -> None:
    """Create one notification. With one id it opens that record, with several the operation.

    `table` is the record type, if the operation changes several. The parts of a larger operation have one notification, which
    counts all of them.
    """
    ids = ids or []
    if operation and operation.part_of:
        operation = operation.part_of
        own = Notification.objects.of_user(user).filter(kind=kind, operation=operation).first()
        if own and "count" in own.parameters:
            own.parameters["count"] += len(ids)
            own.save(update_fields=["parameters"])
            return
    path = parameters.pop("path", "")
    table = table or (operation.table if operation else "")
    records = get_type_of_table(table)
    if not path and records and len(ids) == 1:
        path = records.get_url("record", ids[0])
    elif not path and operation:
        path = f"/admin/operations/{operation.pk}"
    by = operation.by.name if operation and operation.by else ""
    parameters = {"by": by, "count": len(ids), "table": table, **parameters}
    if len(ids) == 1:
        parameters["record"] = ids[0]
    made = Notification.objects.create(
        user=user, kind=kind, parameters=parameters, path=path, operation=operation
    )
    for follow in FOLLOWERS:
        follow(made)


def get_record_names(notifications: list[Notification], reader) -> dict[int, str]:
    """The names of the records behind notifications about one record, by notification; only of those that the reader
    sees."""
    ids: dict[str, dict[int, int]] = {}
    for notice in notifications:
        if get_type_of_table(notice.parameters.get("table", "")) and "record" in notice.parameters:
            ids.setdefault(notice.parameters["table"], {})[notice.pk] = notice.parameters["record"]
    found: dict[int, str] = {}
    for table, records in ids.items():
        kind: Any = get_type_of_table(table)
        rows = kind.model.objects.filter(pk__any=set(records.values())).visible_to(reader)
        names = {row.pk: str(row) for row in rows}
        found |= {notice: names[pk] for notice, pk in records.items() if pk in names}
    return found


def get_notification_sentence(notification: Notification, name: str = "") -> str:
    """`name` is the record's name if it is about only one."""
    kind = NOTICE_KINDS.get(notification.kind)
    if kind is None:
        return notification.kind
    records = get_type_of_table(notification.parameters.get("table", ""))
    name = name or (records.words.counted(1) if records else _("a record"))
    values = {"by": "", "name": name, **notification.parameters}
    values = {
        name: number_format(value, force_grouping=True) if isinstance(value, int) else value
        for name, value in values.items()
    }
    values["by"] = values["by"] or _("The system")
    return kind.words({"count": 0, **notification.parameters}) % values


@dataclass(frozen=True)
class NoticeLine:
    """A notification in the list: the sentence and its icon."""

    notification: Notification
    words: str
    icon: str


def build_notification_lines(notifications: list[Notification], reader) -> list[NoticeLine]:
    names = get_record_names(notifications, reader)
    return [
        NoticeLine(
            notice,
            get_notification_sentence(notice, names.get(notice.pk, "")),
            NOTICE_KINDS[notice.kind].icon if notice.kind in NOTICE_KINDS else "warning",
        )
        for notice in notifications
    ]


@register_notice_kind("job_finished", icon="done")
def _get_finished_sentence(values: dict) -> str:
    return _("Finished: %(what)s.")


@register_notice_kind("job_failed")
def _get_failed_sentence(values: dict) -> str:
    return _("Failed: %(what)s. %(problem)s")
