"""How emails to records are sent: through the mailbox of their author, or else that of the record's department.

Replies come back to the mailbox that an email was sent through.
"""

from typing import Any

from crm.records.kinds.kind_registry import KINDS
from crm.work.emails.mime_messages import SendingRoute
from mailboxes.connections.smtp import Backend
from mailboxes.models import Mailbox
from mailboxes.receiving.loop_detection import get_loop_mark
from mailboxes.receiving.signed_addresses import build_signed_address


def find_routes(table: str, pk: int, author: Any) -> list[SendingRoute]:
    """The author's own mailbox first, and that of the department. Empty without a mailbox that can send."""
    routes = []
    if mailbox := get_own_mailbox(author):
        routes.append(_build_route(mailbox, mailbox.address, "own"))
    if mailbox := _find_department_mailbox(table, pk):
        reply_to = build_signed_address(mailbox, table, pk) if mailbox.plus_addresses else mailbox.address
        routes.append(_build_route(mailbox, reply_to, "department"))
    return routes


def get_shared_addresses() -> list[str]:
    """The addresses of all shared mailboxes."""
    return list(Mailbox.objects.shared().values_list("address", flat=True))


def get_own_mailbox(author: Any) -> Mailbox | None:
    """The mailbox that the user's emails go out through. One that has lost its access can't send."""
    mailbox = Mailbox.objects.active().of_user(author).sending().first()
    can_send = mailbox is not None and mailbox.is_connected and not mailbox.has_lost_access
    return mailbox if can_send else None


def _find_department_mailbox(table: str, pk: int) -> Mailbox | None:
    model: Any = KINDS[table].model
    department = model._default_manager.filter(pk=pk).values_list("department", flat=True).first()
    return next((one for one in Mailbox.objects.of_department(department) if one.is_connected), None)


def _build_route(mailbox: Mailbox, reply_to: str, key: str) -> SendingRoute:
    return SendingRoute(Backend(mailbox), mailbox.address, reply_to, {"X-Loop": get_loop_mark()}, key)
