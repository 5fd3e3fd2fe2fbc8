"""Reminders of stuck leads: one notification for each owner, from a colleague or at the beginning of a week."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from crm.platform.web.notifications import PushDelivery, create_notification, register_notice_kind
from leads.stuck.stuck_leads import stuck_leads_queryset

OWN = "/admin/leads?over_limit=yes&owner=me&sort=-time_in_status"


def remind_owners(rows: Any, *, by: User) -> int:
    """Notify the active owners of these leads, but not the user who reminds them. Returns how many users. Raises PermissionDenied for a
    user who may not assign leads."""
    if not by.has_perm("leads.assign_lead"):
        raise PermissionDenied
    owned = rows.order_by().exclude(owner=None).exclude(owner=by.pk)
    counts = dict(owned.values("owner").annotate(number=Count("pk")).values_list("owner", "number"))
    owners = User.objects.active().in_bulk(list(counts))
    for pk, owner in owners.items():
        create_notification(owner, "stuck", path=OWN, number=counts[pk], by=by.name)
    return len(owners)


def notify_stuck_leads(user: User) -> bool:
    """Tell a user how many of their leads are stuck, if any are."""
    if not user.has_perm("leads.view_lead"):
        return False
    with timezone.override(user.zone):
        number = stuck_leads_queryset(user).owned_by(user).count()
    if number:
        create_notification(user, "stuck_this_week", path=OWN, number=number)
    return number > 0


@register_notice_kind("stuck_this_week", icon="clock")
def get_weekly_sentence(values: dict) -> str:
    return ngettext(
        "%(number)s of your leads is stuck: over its time limit, and nothing is planned.",
        "%(number)s of your leads are stuck: over their time limit, and nothing is planned.",
        values["number"],
    )


@register_notice_kind("stuck", icon="clock", push=PushDelivery("reminders", topic="stuck"))
def get_reminder_sentence(values: dict) -> str:
    return ngettext(
        "%(by)s reminds you of %(number)s stuck lead.",
        "%(by)s reminds you of %(number)s stuck leads.",
        values["number"],
    )
