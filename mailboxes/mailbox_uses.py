"""Whether a user has connected a mailbox of their own: the page that deactivates the user says what becomes of it."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.records.kinds.record_uses import Uses
from mailboxes.models import Mailbox


def find_mailbox_uses(record: Any, viewer: User) -> list[Uses]:
    """Without its address, which only its owner sees."""
    if not isinstance(record, User) or not Mailbox.objects.of_user(record).exists():
        return []
    return [
        Uses(
            _(
                "This user has connected a personal mailbox. It isn’t read and sends no emails until the user is active again"
            )
        )
    ]
