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


def find_route(table: str, pk: int, author: Any) -> SendingRoute | None:
    """None without a mailbox that can send."""
    if mailbox := get_own_mailbox(author):
        return _build_route(mailbox, mailbox.address)
    mailbox = _find_department_mailbox(table, pk)
    if mailbox is None:
        return None
    return _build_route(
        mailbox, build_signed_address(mailbox, table, pk) if mailbox.plus_addresses else mailbox.address
    )


def get_own_mailbox(author: Any) -> Mailbox | None:
    """The mailbox that the user's emails go out through. One that has lost its access can't send."""
    mailbox = Mailbox.objects.active().of_user(author).sending().first()
    can_send = mailbox is not None and mailbox.is_connected and not mailbox.has_lost_access
    return mailbox if can_send else None


def _find_department_mailbox(table: str, pk: int) -> Mailbox | None:
    model: Any = KINDS[table].model
    department = model._default_manager.filter(pk=pk).values_list("department", flat=True).first()
    return next((one for one in Mailbox.objects.of_department(department) if one.is_connected), None)


def _build_route(mailbox: Mailbox, reply_to: str) -> SendingRoute:
    return SendingRoute(Backend(mailbox), mailbox.address, reply_to, {"X-Loop": get_loop_mark()})
