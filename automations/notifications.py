"""The notifications that automations cause."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from automations.models import Automation
from crm.platform.web.notifications import create_notification, register_notice_kind


@register_notice_kind("automation_acted", icon="bolt")
def _describe_notice(values: dict) -> str:
    """A step that notifies people; `text` is what its author wrote."""
    if values.get("text"):
        words = ngettext("%(text)s: %(name)s", "%(text)s (%(count)s records)", values["count"])
    else:
        words = ngettext(
            "An automation notified you of %(name)s.",
            "An automation notified you of %(count)s records.",
            values["count"],
        )
    return words


@register_notice_kind("automation_off")
def _describe_automation_off(values: dict) -> str:
    reason = Automation.OffReason(values["reason"]).label
    # Two sentences, the second one is that of the reason.
    return _("The automation “%(automation)s” was turned off.") + f" {reason}"


@register_notice_kind("automation_limit")
def _describe_automation_limit(values: dict) -> str:
    return _("The automation “%(automation)s” reached its limit of %(limit)s records an hour.")


def notify_of_automation(automation: Automation, kind: str, **values: Any) -> None:
    """Notify its owner, if active, and all administrators."""
    owners = User.objects.active().filter(pk=automation.owner_id)
    people = User.objects.active().filter(pk__in=User.objects.administrators().values("pk")) | owners
    path = reverse("automations:automation", args=[automation.pk])
    for user in people.distinct().order_by("pk"):
        create_notification(user, kind, path=path, automation=automation.name, **values)
