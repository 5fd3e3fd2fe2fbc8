"""Why an address still gets no emails after its person has subscribed again: what its person reads, and what users read."""

from types import SimpleNamespace

import pytest

from crm.records.history.verb_execution import operation
from mailings.models import ForgottenAddress, MailingList, Suppression
from mailings.suppression.address_digests import build_digest
from mailings.suppression.blocks import describe_block, find_remaining_block, get_record_warnings

pytestmark = pytest.mark.django_db
ANA, BEA = "ana@omnia.example", "bea@omnia.example"
# The reason on the suppression list, what was known of the address before it was erased, whether the address is known now, and
# why it still gets nothing.
CASES: dict[str, tuple[str, str, bool, str]] = {
    "an address that is on no list": ("", "", True, ""),
    "one that bounced": ("bounced", "", True, "bounced"),
    "one that marked an email as spam": ("complained", "", True, "complained"),
    "one that a user suppressed": ("added", "", True, "added"),
    "one that bounced before it was erased, and is here again": ("", "bounced", True, "bounced"),
    "one that was unsubscribed before it was erased, and is here again": (
        "",
        "unsubscribed",
        True,
        "unsubscribed",
    ),
    "one that was unsubscribed before and bounces now": ("bounced", "unsubscribed", True, "bounced"),
    "an erased address of which nothing is known": ("", "", False, ""),
    "an erased address that bounced": ("", "bounced", False, "bounced"),
    "an erased address that marked an email as spam": ("", "complained", False, "complained"),
    "an erased address that a user suppressed": ("", "added", False, "added"),
}
# The end of what its person and of what users read.
WORDS = {
    "": ("", ""),
    "bounced": (
        "because an earlier email couldn’t be delivered.",
        "couldn’t be delivered, so it gets no mailings.",
    ),
    "complained": (
        "because an earlier email was marked as spam.",
        "was marked as spam, so it gets no mailings.",
    ),
    "added": ("because the sender has blocked it.", "This address is suppressed, so it gets no mailings."),
    "unsubscribed": (
        "because it was unsubscribed before its data was erased.",
        "This address was unsubscribed before its data was erased, so it gets no mailings.",
    ),
}


@pytest.mark.parametrize(("listed", "erased", "known", "block"), CASES.values(), ids=CASES)
def test_why_an_address_still_gets_no_emails(listed, erased, known, block):
    with operation("test", by=None):
        Suppression.objects.create(address=BEA, email_key=BEA, reason="complained")
        if listed:
            Suppression.objects.create(address=ANA, email_key=ANA, reason=listed)
    if erased:
        ForgottenAddress.objects.create(digest=build_digest(ANA), reason=erased)
    key, digest = (ANA, "") if known else ("", build_digest(ANA))
    assert find_remaining_block(key, digest) == block
    to_person, to_user = WORDS[block]
    assert to_person in describe_block(block)
    assert describe_block(block).endswith("Ask the sender to allow this address again.") is bool(block)
    warnings = get_record_warnings(SimpleNamespace(email_key=key))
    assert [text.endswith(to_user) for text in warnings] == [True] * bool(block and known)


def test_who_left_one_list_before_they_were_erased_is_not_blocked():
    digest = build_digest(ANA)
    with operation("test", by=None):
        offers = MailingList.objects.create(name="Offers")
    ForgottenAddress.objects.create(digest=digest, reason="unsubscribed", list=offers)
    assert find_remaining_block(ANA) == find_remaining_block("", digest) == ""


def test_nothing_is_known_of_a_recipient_without_an_address():
    ForgottenAddress.objects.create(digest="", reason="bounced")
    assert find_remaining_block("") == ""
