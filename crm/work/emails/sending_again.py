"""Sending again what couldn't be sent: an email, or what those invited to a meeting don't know yet."""

from typing import Any

from crm.models import Operation
from crm.work.activities.verbs import carry_out_on_activity
from crm.work.emails.email_verbs import RetryEmail
from crm.work.invitations.invitees import is_unsent
from crm.work.invitations.meetings import SendInvitation
from crm.work.models.activity import Activity


def send_again(row: Activity, *, by: Any, channel: str = Operation.Channel.WEB) -> Operation | None:
    """None if there is nothing to send again."""
    is_meeting = row.type == Activity.Type.MEETING
    if is_meeting and not is_unsent(row):
        return None
    verb = SendInvitation() if is_meeting else RetryEmail()
    done = carry_out_on_activity(verb, row, by=by, channel=channel)
    return done if done.pk else None
