"""Reminders of stuck leads: one notification for each owner."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from crm.web.notices import notice_kind, tell


def remind(rows: Any, *, by: User) -> int:
    """Notify the active owners of these leads, but not the user who reminds them. Returns how many users."""
    owned = rows.order_by().exclude(owner=None).exclude(owner=by.pk)
    counts = dict(owned.values("owner").annotate(number=Count("pk")).values_list("owner", "number"))
    owners = User.objects.active().in_bulk(list(counts))
    for pk, owner in owners.items():
        path = f"{reverse('leads:list')}?over_limit=yes&owner=me&sort=-time_in_status"
        tell(owner, "stuck", path=path, number=counts[pk], by=by.name)
    return len(owners)


@notice_kind("stuck", icon="clock")
def stuck_reminder(values: dict) -> str:
    return ngettext(
        "%(by)s reminds you of %(number)s stuck lead.",
        "%(by)s reminds you of %(number)s stuck leads.",
        values["number"],
    )
