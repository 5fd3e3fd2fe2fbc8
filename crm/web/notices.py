"""Notifications: one for one cause, and the sentence that it becomes in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crm.models import Notification, Operation
from crm.records.kinds import kind_of

# The sentence of a kind of notification, with %(by)s, %(count)s and its own parameters, which it is given.
Words = Callable[[dict], str]


@dataclass(frozen=True)
class NoticeKind:
    words: Words
    icon: str = "warning"


KINDS: dict[str, NoticeKind] = {}


def notice_kind(name: str, *, icon: str = "warning") -> Callable[[Words], Words]:
    """Register the sentence of a kind of notification."""

    def register(words: Words) -> Words:
        KINDS[name] = NoticeKind(words, icon)
        return words

    return register


def tell(
    user,
    kind: str,
    operation: Operation | None = None,
    ids: list[int] | None = None,
    *,
    table: str = "",
    **parameters,
) -> None:
    """Leave one notification. With one id it opens that record, with many the operation.

    `table` is the kind of the records, where the operation changes several kinds.
    """
    ids = ids or []
    path = parameters.pop("path", "")
    table = table or (operation.table if operation else "")
    records = kind_of(table)
    if not path and records and len(ids) == 1:
        path = records.url("record", ids[0])
    elif not path and operation:
        path = f"/admin/operations/{operation.pk}"
    by = operation.by.name if operation and operation.by else ""
    parameters = {"by": by, "count": len(ids), "table": table, **parameters}
    Notification.objects.create(user=user, kind=kind, parameters=parameters, path=path, operation=operation)


def sentence(notification: Notification) -> str:
    kind = KINDS.get(notification.kind)
    if kind is None:
        return notification.kind
    values = {"by": "", **notification.parameters}
    values = {
        name: number_format(value, force_grouping=True) if isinstance(value, int) else value
        for name, value in values.items()
    }
    values["by"] = values["by"] or _("Somebody")
    return kind.words({"count": 0, **notification.parameters}) % values


@dataclass(frozen=True)
class NoticeLine:
    """A notification in the list: the sentence and its icon."""

    notification: Notification
    words: str
    icon: str


def lines_of(notifications: list[Notification]) -> list[NoticeLine]:
    return [
        NoticeLine(notice, sentence(notice), KINDS[notice.kind].icon if notice.kind in KINDS else "warning")
        for notice in notifications
    ]


@notice_kind("job_finished", icon="done")
def _job_finished(values: dict) -> str:
    return _("%(what)s is finished.")


@notice_kind("job_failed")
def _job_failed(values: dict) -> str:
    return _("%(what)s has stopped: %(problem)s")
