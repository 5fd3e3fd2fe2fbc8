"""Unsubscribing from one mailing list or from all mailings, and coming back.

What counts is the folded address, so it outlives the records that have it; once that is erased, its keyed digest counts.
"""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.consent.consent_recording import restore_newsletter_consents, withdraw_newsletters
from leads.models import Unsubscribe
from mailings.models import Delivery, ForgottenAddress, ListUnsubscribe
from mailings.models.address_digest import UNSUBSCRIBED
from mailings.suppression.address_erasure import add_forgotten_address

LONGEST_REASON = 300


@transaction.atomic
def unsubscribe(delivery: Delivery, *, everything: bool, reason: str) -> None:
    """Stop mailings to the address of this recipient: all of them, or those of the mailing's list. A mailing without a list
    can only be left with all others. Emails that wait are left out at once. Leaving one list withdraws no consent, because the
    other lists may be for the same purpose. A second time changes only the reason."""
    key, list = delivery.email_key, delivery.mailing.list
    everything = everything or list is None
    if key and everything:
        unsubscribe_address(key, about=delivery.mailing.subject)
    elif key:
        ListUnsubscribe.objects.bulk_create(
            [ListUnsubscribe(list=list, email_key=key)], ignore_conflicts=True
        )
        _skip_waiting(key, Q(mailing__list=list))
    elif delivery.digest:
        add_forgotten_address(delivery.digest, UNSUBSCRIBED, None if everything else delivery.mailing.list_id)
    _record_on_delivery(delivery, reason)


def unsubscribe_address(email_key: str, *, about: str) -> None:
    """Stop all emails of mailings and rules to this folded address. `about` is the subject of the email that had the link."""
    Unsubscribe.objects.bulk_create([Unsubscribe(email_key=email_key)], ignore_conflicts=True)
    _skip_waiting(email_key, Q())
    withdraw_newsletters(email_key, about=about)


def resubscribe_address(email_key: str, *, about: str) -> None:
    """Allow them again, with the consents that unsubscribing withdrew."""
    restore_newsletter_consents(email_key, about=about)
    Unsubscribe.objects.filter(email_key=email_key).delete()


def _skip_waiting(email_key: str, concerned: Q) -> None:
    waiting = Delivery.objects.in_state(Delivery.State.WAITING).filter(concerned, email_key=email_key)
    waiting.update(state=Delivery.State.LEFT_OUT, reason=Delivery.Reason.UNSUBSCRIBED)


@transaction.atomic
def resubscribe(delivery: Delivery) -> None:
    """Allow mailings to the address again, those of the list and all others, with the consents that unsubscribing withdrew."""
    if delivery.email_key:
        resubscribe_address(delivery.email_key, about=delivery.mailing.subject)
        ListUnsubscribe.objects.filter(list=delivery.mailing.list, email_key=delivery.email_key).delete()
    _get_erased_unsubscribe(delivery).delete()
    Delivery.objects.filter(pk=delivery.pk).update(unsubscribed_at=None, unsubscribe_reason="")


def is_unsubscribed(delivery: Delivery) -> bool:
    """From all mailings, or from the list of this one."""
    key = delivery.email_key
    if not key:
        return _get_erased_unsubscribe(delivery).exists()
    of_list = ListUnsubscribe.objects.filter(list=delivery.mailing.list_id, email_key=key)
    return Unsubscribe.objects.filter(email_key=key).exists() or of_list.exists()


def _get_erased_unsubscribe(delivery: Delivery) -> QuerySet:
    """What is known of an address that was erased since it got this mailing."""
    rows = ForgottenAddress.objects.filter(reason=UNSUBSCRIBED, digest=delivery.digest).exclude(digest="")
    return rows.filter(Q(list=None) | Q(list=delivery.mailing.list_id))


def _record_on_delivery(delivery: Delivery, reason: str) -> None:
    """The recipient's row keeps the first time and the last reason that was given."""
    row = Delivery.objects.filter(pk=delivery.pk)
    row.filter(unsubscribed_at=None).update(unsubscribed_at=timezone.now())
    if reason := " ".join(reason.replace("\0", "").split())[:LONGEST_REASON]:
        row.update(unsubscribe_reason=reason)
