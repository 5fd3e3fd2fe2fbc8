"""How emails to records are sent: through the mailbox of the record's department, so that replies come back to it."""

from typing import Any

from crm.activities.letters import Route
from crm.records.kinds import KINDS
from mailboxes.loops import mark
from mailboxes.models import Mailbox
from mailboxes.signed_addresses import signed_address
from mailboxes.smtp import Backend


def route_of(table: str, pk: int) -> Route | None:
    """None for a department without a mailbox, or with one that isn't connected."""
    model: Any = KINDS[table].model
    department = model._default_manager.filter(pk=pk).values_list("department", flat=True).first()
    mailbox = next((one for one in Mailbox.objects.of_department(department) if one.is_connected), None)
    if mailbox is None:
        return None
    reply_to = mailbox.address
    if mailbox.plus_addresses:
        reply_to = signed_address(mailbox, table, pk)
    return Route(Backend(mailbox), mailbox.address, reply_to, {"X-Loop": mark()})
