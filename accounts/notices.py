"""Telling people: one notification for one cause, and the sentence that it becomes in the reader's language."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Notification, User
from crm.models import Operation


def tell(
    user: User, kind: str, operation: Operation | None = None, ids: list[int] | None = None, **parameters
) -> None:
    """Leave one message. With one id it leads to that row, with many to the operation."""
    ids = ids or []
    path = parameters.pop("path", "")
    if not path and len(ids) == 1:
        path = f"/admin/leads/{ids[0]}"
    elif not path and operation:
        path = f"/admin/operations/{operation.pk}"
    by = operation.by.name if operation and operation.by else ""
    parameters = {"by": by, "count": len(ids), **parameters}
    Notification.objects.create(user=user, kind=kind, parameters=parameters, path=path, operation=operation)


def sentence(notification: Notification) -> str:
    count = notification.parameters.get("count", 0)
    values = {"by": "", **notification.parameters}
    values = {
        name: number_format(value, force_grouping=True) if isinstance(value, int) else value
        for name, value in values.items()
    }
    values["by"] = values["by"] or _("Somebody")
    match notification.kind:
        case "assigned":
            words = ngettext(
                "%(by)s assigned a lead to you.", "%(by)s assigned %(count)s leads to you.", count
            )
        case "handed_over":
            words = ngettext(
                "%(by)s handed a lead of %(from)s over to you.",
                "%(by)s handed %(count)s leads of %(from)s over to you.",
                count,
            )
        case "imported":
            words = _("The import of %(file)s is finished: %(added)s added, %(changed)s changed.")
        case "import_failed":
            words = _("The import of %(file)s has stopped: %(problem)s")
        case "export_asked":
            words = _("%(by)s asks you to approve an export: %(leads)s.")
        case "export_approved":
            words = _("%(by)s approved your export. You can fetch the file now.")
        case "export_declined":
            words = _("%(by)s declined your export. Nothing was written.")
        case "job_finished":
            words = _("%(what)s is finished.")
        case "job_failed":
            words = _("%(what)s has stopped: %(problem)s")
        case _unknown:
            return notification.kind
    return words % values


# What stands before the sentence, for those that are more than a message.
ICONS = {
    "assigned": "leads",
    "handed_over": "leads",
    "imported": "upload",
    "export_approved": "download",
    "job_finished": "done",
}


@dataclass(frozen=True)
class Line:
    """A notification in the list: the sentence and its icon."""

    notification: Notification
    words: str
    icon: str


def lines_of(notifications: list[Notification]) -> list[Line]:
    return [Line(notice, sentence(notice), ICONS.get(notice.kind, "warning")) for notice in notifications]
