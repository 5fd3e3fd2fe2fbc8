"""Unsubscribing by the link in an email of a sequence, and subscribing again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Operation
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, operation
from leads.models import Unsubscribe
from mailings.models import ForgottenAddress
from mailings.models.address_digest import UNSUBSCRIBED
from mailings.suppression.address_erasure import add_forgotten_address
from mailings.suppression.blocks import find_remaining_block
from mailings.suppression.unsubscribe import resubscribe_address, unsubscribe_address
from sequences.outgoing.opt_out_link import Recipient


@dataclass(frozen=True)
class OptOut(Verb):
    """A recipient has unsubscribed from all emails of sequences, automations and mailings, or subscribed again."""

    kind = "opt_out"
    icon = "mail"

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        if parameters.get("blocked"):
            return _(
                "Subscribed again by a link in an email, but the address is suppressed and gets no mailings"
            )
        if parameters.get("back"):
            return _("Subscribed again by a link in an email")
        return _("Unsubscribed by a link in an email")

    @classmethod
    def describe_finality(cls, record):
        return _("Only the recipient can change this, by the link in their email.")


def is_unsubscribed(recipient: Recipient) -> bool:
    if key := recipient.email_key:
        return Unsubscribe.objects.filter(email_key=key).exists()
    return _get_forgotten(recipient).exists()


@transaction.atomic
def unsubscribe(recipient: Recipient) -> None:
    """A second time changes nothing. Running sequences stop within a minute, and emails that wait aren't sent."""
    if is_unsubscribed(recipient):
        return
    if recipient.email is None:
        add_forgotten_address(recipient.digest, UNSUBSCRIBED)
        return
    with _record(recipient.email, back=False):
        unsubscribe_address(recipient.email_key, about=recipient.email.subject)


@transaction.atomic
def resubscribe(recipient: Recipient) -> None:
    """It starts no sequence that has stopped."""
    if not is_unsubscribed(recipient):
        return
    if recipient.email is None:
        _get_forgotten(recipient).delete()
        return
    blocked = find_remaining_block(recipient.email_key)
    with _record(recipient.email, back=True, **({"blocked": blocked} if blocked else {})):
        resubscribe_address(recipient.email_key, about=recipient.email.subject)


@contextmanager
def _record(email: Activity, **parameters: Any) -> Iterator[None]:
    """`back` says whether the recipient subscribed again, `blocked` why the address still gets nothing."""
    values: dict[str, Any] = {"table": email.of, "matched": 1, "changed": 1, "parameters": parameters}
    with operation(OptOut.kind, by=None, channel=Operation.Channel.SYSTEM, **values) as record:
        yield
        write_verdicts(record, Outcome(email.of, changed=[email.record]))


def _get_forgotten(recipient: Recipient) -> QuerySet:
    """What is known of an address that was erased since the email was sent."""
    return ForgottenAddress.objects.filter(digest=recipient.digest, list=None, reason=UNSUBSCRIBED)
