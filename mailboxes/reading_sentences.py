"""What a mailbox does from now on, in a sentence after it was saved, connected or tested: one that is turned off does nothing."""

from django.utils.translation import gettext as _

from mailboxes.models import Mailbox


def describe_saved_mailbox(mailbox: Mailbox) -> str:
    if not mailbox.is_connected:
        return _("Saved. Now connect the mailbox.")
    if not mailbox.active:
        return _("Saved. The mailbox is turned off, so no emails are read or sent.")
    return _("Saved. New emails are read every minute.")


def describe_connected_mailbox(mailbox: Mailbox) -> str:
    if not mailbox.active:
        return _("The mailbox is connected. It’s turned off, so no emails are read or sent.")
    return _("The mailbox is connected. New emails are read every minute.")


def describe_tested_mailbox(mailbox: Mailbox) -> str:
    if not mailbox.active:
        return _("Both servers accept the sign-in. The mailbox is turned off, so no emails are read or sent.")
    return _("Both servers accept the sign-in. New emails are being read.")
