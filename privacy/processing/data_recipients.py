"""Where data goes from this installation: programs, servers and services that are connected now."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import IdentityProvider, User
from accounts.models.push import PushDevice
from calendars.models import ConnectedCalendar
from crm.models import Token, Webhook
from mailboxes.models import Mailbox
from reports.models import BiAccess


def get_data_recipients(viewer: User) -> list[tuple[Any, str]]:
    """Only those that exist, each with its names or hosts; of the programs those that the viewer may see."""
    tokens = Token.objects.visible_to(viewer).in_force().with_names().newest_first()
    rows: list[tuple[Any, Iterable[str]]] = [
        (_("Programs with an API token"), (f"{token.name} ({token.user.name})" for token in tokens)),
        (_("Webhooks"), (_get_host(webhook.url) for webhook in Webhook.objects.active())),
        (_("Mail server"), [_get_mail_server()]),
        (_("Servers of mailboxes"), _get_mailbox_servers()),
        (_("Calendar servers"), (_get_host(row.address) for row in ConnectedCalendar.objects.active())),
        (_("Identity providers"), (_get_host(row.issuer) for row in IdentityProvider.objects.all())),
        (_("Receiver of the audit log"), [_get_host(settings.AUDIT_LOG)]),
        (_("BI tools"), BiAccess.objects.values_list("role", flat=True)),
        (_("Services for notifications on devices"), _get_push_services()),
        (_("Storage"), [_get_storage()]),
    ]
    found = [(label, ", ".join(sorted({str(name) for name in names if name}))) for label, names in rows]
    return [(label, text) for label, text in found if text]


def _get_host(address: str) -> str:
    """Of a URL its host; a file or a stream as it is."""
    return (urlsplit(address).hostname or address) if address else ""


def _get_mail_server() -> str:
    return getattr(settings, "EMAIL_HOST", "") if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") else ""


def _get_mailbox_servers() -> Iterable[str]:
    for mailbox in Mailbox.objects.filter(active=True):
        yield mailbox.imap_host
        yield mailbox.smtp_host


def _get_push_services() -> Iterable[str]:
    return (
        (_get_host(address) for address in PushDevice.objects.values_list("endpoint", flat=True))
        if settings.PUSH
        else []
    )


def _get_storage() -> str:
    host = settings.DATABASES["default"].get("HOST", "")
    if not host or host.startswith("/"):
        return _("the machine that runs Leadwell")
    return _("the machine that runs Leadwell, and the database server %(host)s") % {"host": host}
