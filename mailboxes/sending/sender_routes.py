"""How emails to records are sent: through the mailbox of their author, or else that of the record's department.

Replies come back to the mailbox that an email was sent through.
"""

from typing import Any

from accounts.models import User
from crm.records.kinds.kind_registry import KINDS
from crm.work.emails.mime_messages import SendingRoute
from crm.work.models.activity import Activity
from crm.work.models.email_envelope import get_envelope
from mailboxes.connections.smtp import Backend
from mailboxes.models import Mailbox
from mailboxes.receiving.loop_detection import get_loop_mark
from mailboxes.receiving.signed_addresses import build_signed_address

OWN, DEPARTMENT = "own", "department"


def find_routes(table: str, pk: int, author: User) -> list[SendingRoute]:
    """The author's own mailbox first, and that of the department. Empty without a mailbox that can send."""
    routes = []
    for key, mailbox in _find_mailboxes(table, pk, author).items():
        is_signed = key == DEPARTMENT and mailbox.plus_addresses
        reply_to = build_signed_address(mailbox, table, pk) if is_signed else mailbox.address
        routes.append(
            SendingRoute(Backend(mailbox), mailbox.address, reply_to, {"X-Loop": get_loop_mark()}, key)
        )
    return routes


def find_sending_mailbox(activity: Activity) -> Mailbox | None:
    """The one that the email goes out through: the one that its author chose, or else the first one."""
    known = _find_mailboxes(activity.of, activity.record, activity.created_by)
    return known.get(get_envelope(activity).route) or next(iter(known.values()), None)


def _find_mailboxes(table: str, pk: int, author: User | None) -> dict[str, Mailbox]:
    """By the keys of their routes, the default first."""
    found = {OWN: get_own_mailbox(author), DEPARTMENT: _find_department_mailbox(table, pk)}
    return {key: mailbox for key, mailbox in found.items() if mailbox}


def get_shared_addresses() -> list[str]:
    """The addresses of all shared mailboxes."""
    return list(Mailbox.objects.shared().values_list("address", flat=True))


def get_own_mailbox(author: User | None) -> Mailbox | None:
    """The mailbox that the user's emails go out through. One that has lost its access can't send."""
    mailbox = Mailbox.objects.active().of_user(author).sending().first()
    can_send = mailbox is not None and mailbox.is_connected and not mailbox.has_lost_access
    return mailbox if can_send else None


def _find_department_mailbox(table: str, pk: int) -> Mailbox | None:
    model: Any = KINDS[table].model
    department = model._default_manager.filter(pk=pk).values_list("department", flat=True).first()
    return next((one for one in Mailbox.objects.of_department(department) if one.is_connected), None)
