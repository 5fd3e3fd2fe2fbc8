"""Mailings: the letters, their recipients, and who gets none."""

from mailings.models.address_digest import ForgottenAddress
from mailings.models.delivery import Delivery
from mailings.models.mailing import Mailing
from mailings.models.mailing_account import MailingAccount
from mailings.models.mailing_list import ListUnsubscribe, MailingList
from mailings.models.mailing_parts import Click, MailingFile, MailingLink
from mailings.models.mailing_template import MailingTemplate
from mailings.models.sender import Sender
from mailings.models.signing_key import SigningKey
from mailings.models.suppression import Suppression

__all__ = [
    "Click",
    "Delivery",
    "ForgottenAddress",
    "ListUnsubscribe",
    "Mailing",
    "MailingAccount",
    "MailingFile",
    "MailingLink",
    "MailingList",
    "MailingTemplate",
    "Sender",
    "SigningKey",
    "Suppression",
]
