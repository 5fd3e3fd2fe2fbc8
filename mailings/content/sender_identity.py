"""Who a mailing comes from: a name, a signature, the address that sends and the one that gets the replies."""

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from mailboxes.receiving.signed_addresses import build_signed_address
from mailings.models import Delivery, Mailing, MailingAccount, Sender


@dataclass(frozen=True)
class SenderIdentity:
    """The signature is Markdown."""

    name: str
    signature: str

    @classmethod
    def for_mailing(cls, mailing: Mailing) -> "SenderIdentity":
        """The sender of the department, or else its name, or that of the user."""
        found = Sender.objects.filter(department=mailing.department_id).first()
        if found:
            return cls(" ".join(found.name.split()), found.signature)
        name = mailing.department.name if mailing.department else mailing.by.name
        return cls(" ".join(name.split()), "")


def get_sender_and_reply_address(delivery: Delivery) -> tuple[str, str]:
    """The address that sends to a recipient, and the one for replies. The latter says which record answers, if the
    mailbox of the account takes such addresses."""
    account = _get_delivery_account(delivery)
    if account is None:
        _name, product = parseaddr(settings.DEFAULT_FROM_EMAIL)
        return product, delivery.mailing.by.email
    mailbox = account.mailbox
    named = (
        build_signed_address(mailbox, delivery.of, delivery.record)
        if mailbox.plus_addresses
        else mailbox.address
    )
    return mailbox.address, named


def _get_delivery_account(delivery: Delivery) -> MailingAccount | None:
    """None too if it was removed."""
    try:
        return delivery.account
    except MailingAccount.DoesNotExist:
        return None


def get_reader_notes(mailing: Mailing) -> list[str]:
    """What the reader is told below the letter, in the language of the mailing."""
    with translation.override(mailing.language):
        notes = []
        if mailing.list:
            notes.append(_("Mailing list: %(name)s") % {"name": mailing.list.name})
        if mailing.tracks_opens:
            notes.append(_("The sender sees whether you open this email."))
        if mailing.tracks_clicks:
            notes.append(_("The sender sees which links you open in this email."))
        return notes
