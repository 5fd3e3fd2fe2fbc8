"""Telling people: one notification for one cause, and the sentence that it becomes in the reader's language."""

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
    values = notification.parameters
    count = values.get("count", 0)
    match notification.kind:
        case "assigned":
            return ngettext(
                "%(by)s assigned a lead to you.", "%(by)s assigned %(count)s leads to you.", count
            ) % {"by": values.get("by") or _("Somebody"), "count": count}
        case "handed_over":
            return ngettext(
                "%(by)s handed a lead of %(from)s over to you.",
                "%(by)s handed %(count)s leads of %(from)s over to you.",
                count,
            ) % {"by": values.get("by"), "count": count, "from": values.get("from")}
        case "imported":
            return _("The import of %(file)s is finished: %(added)s added, %(changed)s changed.") % values
        case "import_failed":
            return _("The import of %(file)s has stopped: %(problem)s") % values
        case "job_finished":
            return _("%(what)s is finished.") % values
        case "job_failed":
            return _("%(what)s has stopped: %(problem)s") % values
    return notification.kind
