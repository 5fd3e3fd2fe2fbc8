"""Which security measures are turned on in this installation, read from its settings."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role
from privacy.retention.deletion_periods import format_days


def get_security_measures() -> list[tuple[Any, str]]:
    return [
        (_("Encryption in transit"), _describe_transit()),
        (_("Backups"), _("encrypted") if settings.BACKUP_KEYS else _("not encrypted by Leadwell")),
        (_("Two-step verification"), _describe_two_step()),
        (_("Sessions"), _describe_sessions()),
        (_("Access"), _("Users see records by their roles and departments; nothing is public.")),
        (_("Audit log"), _describe_audit()),
        (_("Exports"), _describe_exports()),
    ]


def _describe_transit() -> str:
    return _("TLS (https)") if settings.SITE_URL.startswith("https://") else _("no TLS: the address is http")


def _describe_two_step() -> str:
    roles = Role.objects.requiring_second_factor().order_by("pk")
    names = ", ".join(role.label for role in roles)
    return _("required for the roles %(roles)s") % {"roles": names} if names else _("optional for all roles")


def _describe_sessions() -> str:
    words = ngettext(
        "end after %(days)s, or after %(hours)s hour without use",
        "end after %(days)s, or after %(hours)s hours without use",
        settings.SESSION_IDLE_HOURS,
    )
    return words % {"days": format_days(settings.SESSION_DAYS), "hours": settings.SESSION_IDLE_HOURS}


def _describe_audit() -> str:
    words = ngettext(
        "sign-ins, denials, views, changes and exports are recorded for %(months)s month",
        "sign-ins, denials, views, changes and exports are recorded for %(months)s months",
        settings.AUDIT_MONTHS,
    )
    return words % {"months": settings.AUDIT_MONTHS}


def _describe_exports() -> str:
    found = []
    if settings.EXPORT_PASSWORD_ABOVE:
        found.append(
            _("the password is asked for above %(number)s records")
            % {"number": settings.EXPORT_PASSWORD_ABOVE}
        )
    if settings.EXPORT_APPROVAL_ABOVE:
        found.append(
            _("approval is required above %(number)s records") % {"number": settings.EXPORT_APPROVAL_ABOVE}
        )
    return ", ".join(found) or _("allowed to roles with the permission")
