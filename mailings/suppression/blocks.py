"""Why an address gets no emails, whatever its person has agreed to, in the words of each reader: the person, and the users."""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mailings.models import ForgottenAddress, Suppression
from mailings.models.address_digest import UNSUBSCRIBED
from mailings.suppression.address_digests import build_possible_digests

Reason = Suppression.Reason


class BlockTexts(NamedTuple):
    """The person reads it after they have subscribed again, a user on the pages of the record."""

    person: Promise
    user: Promise


# The weightiest reason first.
BLOCKS = {
    Reason.BOUNCED: BlockTexts(
        person=_lazy(
            "This address still receives none of these emails, because an earlier email couldn’t be delivered."
        ),
        user=_lazy("An earlier email to this address couldn’t be delivered, so it gets no mailings."),
    ),
    Reason.COMPLAINED: BlockTexts(
        person=_lazy(
            "This address still receives none of these emails, because an earlier email was marked as spam."
        ),
        user=_lazy("An earlier email to this address was marked as spam, so it gets no mailings."),
    ),
    Reason.ADDED: BlockTexts(
        person=_lazy("This address still receives none of these emails, because the sender has blocked it."),
        user=_lazy("This address is suppressed, so it gets no mailings."),
    ),
    UNSUBSCRIBED: BlockTexts(
        person=_lazy(
            "This address still receives none of these emails, because it was unsubscribed before its data was erased."
        ),
        user=_lazy("This address was unsubscribed before its data was erased, so it gets no mailings."),
    ),
}


def find_remaining_block(email_key: str, digest: str = "") -> str:
    """Why an address still gets no emails after its person has subscribed again: a reason of the suppression list, or "unsubscribed" if
    this is known only of the erased address; '' for nothing. Without the folded address, its digest counts."""
    reasons = set(
        Suppression.objects.filter(email_key=email_key).exclude(email_key="").values_list("reason", flat=True)
    )
    digests = list(build_possible_digests([email_key])) if email_key else [digest]
    erased = ForgottenAddress.objects.filter(list=None, digest__in=digests).exclude(digest="")
    reasons |= set(erased.values_list("reason", flat=True))
    return next((reason for reason in BLOCKS if reason in reasons), "")


def describe_block(reason: str) -> str:
    """For the person of the address; '' without a reason."""
    if not reason:
        return ""
    way_out = _("Ask the sender to allow this address again.")
    return f"{BLOCKS[reason].person} {way_out}"


def get_record_warnings(record: Any) -> list[str]:
    """What a user should know before they write to this record."""
    key = getattr(record, "email_key", "")
    block = find_remaining_block(key) if key else ""
    return [str(BLOCKS[block].user)] if block else []
