"""What an address that can't be reached leaves behind, and from how many of them on a mailing is paused."""

from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from crm.records.history.verb_execution import operation
from leads.models import Lead
from mailings.models import Delivery, ForgottenAddress, Mailing, Suppression
from mailings.responses.bounce_handling import (
    get_excessive_bounce_rate,
    suppress_address,
    write_delivery_problem,
)
from mailings.suppression.blocks import get_record_warnings
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]
pytestmark = pytest.mark.django_db
ANA, BEA, DIGEST = "ana@a.example", "bea@a.example", "d" * 64

# What the mail server says, whether the address is erased by now, and what is kept of it.
ANSWERS = {
    "an answer is kept": ("bounced 550 <ana@a.example> unknown", False, "bounced 550 <ana@a.example> unknown"),
    "a long answer is cut": ("bounced " + "x" * 400, False, "bounced " + "x" * 292),
    "of an erased address, only what happened": ("bounced 550 <ana@a.example> unknown", True, "bounced"),
    "of an erased address, a single word": ("unreachable", True, "unreachable"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "is_erased", "kept"), ANSWERS.values(), ids=ANSWERS)
def test_what_is_kept_of_the_answer_of_a_mail_server(answer, is_erased, kept, ada, make_mailing):
    mailing = make_mailing(by=ada, ids=[])
    rows = [
        Delivery.objects.create(mailing=mailing, record=place, email_key=key)
        for place, key in enumerate(("" if is_erased else ANA, BEA, ""))
    ]
    write_delivery_problem(rows[0].pk, answer)
    found = Delivery.objects.order_by("record").values_list("problem", flat=True)
    assert list(found) == [kept, "", ""]


class Case(NamedTuple):
    """How many emails were sent, failed, were sent and came back, and wait; `rate` is the percentage that pauses the mailing, or 0."""

    rate: int
    sent: int = 0
    failed: int = 0
    bounced: int = 0
    waiting: int = 0
    limit: int = 5


RATES = {
    "none was sent": Case(0, waiting=60),
    "all of the first 49 failed": Case(0, failed=49),
    "all of the first 50 failed": Case(100, failed=50),
    "as many as the limit": Case(0, sent=95, failed=5),
    "one more than the limit": Case(6, sent=94, failed=6),
    "of the first 50, one more than the limit": Case(6, sent=47, failed=3),
    "of the first 50, fewer than the limit": Case(0, sent=48, failed=2),
    "those that came back later count too": Case(6, sent=47, failed=1, bounced=2),
    "those that wait are no part of them": Case(0, sent=46, failed=3, waiting=50),
    "many that wait hide none": Case(6, sent=47, failed=3, waiting=50),
    "another limit": Case(0, sent=80, failed=20, limit=20),
    "one more than another limit": Case(21, sent=79, failed=21, limit=20),
}


@pytest.mark.parametrize("case", RATES.values(), ids=RATES)
def test_from_how_many_bounces_on_a_mailing_is_paused(case, ada, make_mailing):
    mailing = make_mailing(by=ada, ids=[], most_bounces=case.limit)
    other = make_mailing(by=ada, ids=[])
    values: list[dict[str, Any]] = [
        *[{"state": "sent"}] * case.sent,
        *[{"state": "failed"}] * case.failed,
        *[{"state": "sent", "bounced_at": mailing.created_at}] * case.bounced,
        *[{"state": "waiting"}] * case.waiting,
    ]
    Delivery.objects.bulk_create(
        [
            *(Delivery(mailing=mailing, record=place, **value) for place, value in enumerate(values)),
            # Those of another mailing say nothing.
            *(Delivery(mailing=other, record=place, state="failed") for place in range(60)),
        ]
    )
    assert get_excessive_bounce_rate(mailing) == Decimal(case.rate)


WARNINGS = {
    "an address that bounced": (ANA, "bounced", True),
    "an address whose person complained": (ANA, "complained", True),
    "an address that a user added": (ANA, "added", True),
    "another address": (BEA, "bounced", False),
    "no address": ("", "bounced", False),
}


@pytest.mark.parametrize(("key", "reason", "warned"), WARNINGS.values(), ids=WARNINGS)
def test_who_is_warned_before_they_write_to_a_record(key, reason, warned):
    with operation("test", by=None):
        Suppression.objects.bulk_create(
            Suppression(address=one, email_key=one, reason=reason) for one in (ANA, "")
        )
    assert len(get_record_warnings(Lead(email_key=key))) == warned
    # Mailings have no address.
    assert get_record_warnings(Mailing()) == []


# The address of a recipient and its digest, what the list has of it before, and the reasons that are known of it then.
SUPPRESSED = {
    "an address": (ANA, "", "", {ANA: "bounced"}, set()),
    "an address that is on the list for something else": (ANA, "", "complained", {ANA: "complained"}, set()),
    "an erased address": ("", DIGEST, "", {}, {(DIGEST, "bounced", None)}),
    "a recipient that never had one": ("", "", "", {}, set()),
}


@pytest.mark.parametrize("case", SUPPRESSED.values(), ids=SUPPRESSED)
def test_an_address_that_bounced_gets_no_mailing_any_more(case, ada, make_mailing):
    key, digest, before, listed, erased = case
    if before:
        with operation("test", by=None):
            Suppression.objects.create(address=key, email_key=key, reason=before)
    mailing = make_mailing(by=ada, ids=[])
    row = Delivery.objects.create(mailing=mailing, record=1, address=key, email_key=key, digest=digest)
    suppress_address(row.pk, "bounced", "550 " + "x" * 400)
    found = Suppression.objects.all()
    assert {one.email_key: one.reason for one in found} == listed
    assert [(one.address, one.note) for one in found if not before] == [
        (one, "550 " + "x" * 296) for one in listed if not before
    ]
    assert set(ForgottenAddress.objects.values_list("digest", "reason", "list")) == erased
