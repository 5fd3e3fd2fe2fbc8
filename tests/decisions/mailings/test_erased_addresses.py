"""What of an address stays in the tables of mailings when its record is deleted permanently, and what comes back with it."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.models import Lead, Unsubscribe
from mailings.models import Delivery, ForgottenAddress, ListUnsubscribe, MailingList, Suppression
from mailings.suppression.address_digests import build_digest
from mailings.suppression.address_erasure import (
    LATELY,
    _restore_addresses,
    add_forgotten_address,
    count_erased_addresses,
    erase_addresses,
    erase_addresses_of_deleted_records,
    restore_returned_addresses,
)
from tests.customers.conftest import make_request
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing", "make_request"]
ANA, BEA = "ana@a.example", "bea@a.example"
AT = datetime(2026, 3, 3, 8, 12, tzinfo=UTC)


class Case(NamedTuple):
    """An email to a record that is deleted permanently, unless it was to another one. `others` are who has the address too.
    `cleared` says that the email has no address any more, `digested` that what else is known of it became a digest."""

    cleared: bool
    digested: bool
    to: str = "the record"
    key: str = ANA
    others: tuple[str, ...] = ()


CASES = {
    "no one else has the address": Case(True, True),
    "a lead has the address too": Case(True, False, others=("lead",)),
    "a contact has the address too": Case(True, False, others=("contact",)),
    "a lead in Trash has the address too": Case(True, False, others=("deleted lead",)),
    "an email to another record, which is gone by now": Case(True, True, to="another record"),
    "an email to another record that has the address": Case(False, False, to="another record", others=("lead",)),
    "an email to a contact with the number of the record, and a lead has the address": Case(
        False, False, to="a contact", others=("lead",)
    ),
    "an email to a contact with the number of the record, at another address": Case(
        False, True, to="a contact", key=BEA
    ),
    "an email to someone else": Case(False, True, to="another record", key=BEA),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_stays_of_an_address(case, ada, make_lead, make_contact, make_mailing):
    gone = make_lead("Ana", email=ANA).pk
    mailing = make_mailing(by=ada, state="sent", ids=[])
    told = {
        "the record": ("lead", gone),
        "another record": ("lead", gone + 1000),
        "a contact": ("contact", gone),
    }
    of, pk = told[case.to]
    sent = Delivery.objects.create(
        mailing=mailing, of=of, record=pk, address=case.key, email_key=case.key, state="sent",
        problem=f"bounced 550 {case.key}", unsubscribe_reason="Too many",
    )  # fmt: skip
    if case.to != "the record":
        # The record got an earlier one.
        earlier = make_mailing(by=ada, subject="Spring", state="sent", ids=[])
        Delivery.objects.create(mailing=earlier, record=gone, address=ANA, email_key=ANA, state="sent")
    Unsubscribe.objects.create(email_key=ANA)
    Unsubscribe.objects.create(email_key=BEA)
    for other in case.others:
        if other == "contact":
            make_contact("Ana", email=ANA)
        else:
            make_lead("Ana", email=ANA, deleted_at=AT if other.startswith("deleted") else None)
    with operation("test", by=None):
        # Deleted records are found no more.
        Lead.objects.filter(pk=gone).update(email="")
        erase_addresses_of_deleted_records("lead", [gone])
    sent.refresh_from_db()
    assert (sent.address, sent.email_key) == (("", "") if case.cleared else (case.key, case.key))
    assert sent.digest == (build_digest(case.key) if case.cleared else "")
    assert sent.problem == ("bounced" if case.cleared else f"bounced 550 {case.key}")
    assert sent.unsubscribe_reason == ("" if case.cleared else "Too many")
    digests = set(ForgottenAddress.objects.values_list("digest", "reason"))
    assert digests == ({(build_digest(ANA), "unsubscribed")} if case.digested else set())
    assert set(Unsubscribe.objects.values_list("email_key", flat=True)) == {BEA} | (
        set() if case.digested else {ANA}
    )


class Deleted(NamedTuple):
    """What a record that is deleted permanently had, and which addresses can't be read any more then. It never got a mailing."""

    values: dict[str, Any]
    erased: set[str]
    kind: str = "lead"


DELETED = {
    "its address": Deleted({"email": ANA}, {ANA}),
    "its second address": Deleted({"email": "", "second_email": ANA}, {ANA}),
    "both": Deleted({"email": BEA, "second_email": ANA}, {ANA, BEA}),
    "the address of a contact": Deleted({"email": "Ana@A.example"}, {ANA}, "contact"),
    "it had none": Deleted({"email": ""}, set()),
}


@pytest.mark.parametrize("case", DELETED.values(), ids=DELETED)
def test_the_addresses_of_a_deleted_record_are_erased_although_it_never_got_a_mailing(
    case, make_lead, make_contact
):
    make = {"lead": make_lead, "contact": make_contact}[case.kind]
    record = make("Ana Albu", **case.values)
    other = make("Eva Nan", email="eva@a.example")
    keys = (ANA, BEA, "eva@a.example")
    Unsubscribe.objects.bulk_create(Unsubscribe(email_key=key) for key in keys)
    ids = [record.pk]
    with operation("test", by=None):
        # Another one is deleted by the same operation, and isn't asked for.
        type(record).objects.filter(pk__in=[record.pk, other.pk]).delete()
        erase_addresses_of_deleted_records(case.kind, ids)
    assert set(Unsubscribe.objects.values_list("email_key", flat=True)) == {*keys} - case.erased
    found = set(ForgottenAddress.objects.values_list("digest", flat=True))
    assert found == {build_digest(key) for key in case.erased}


def test_an_email_that_never_had_an_address_stays_without_a_digest(ada, make_mailing):
    skipped = Delivery.objects.create(
        mailing=make_mailing(by=ada, ids=[]), record=7, state="left_out", reason="no_email"
    )
    with operation("test", by=None):
        erase_addresses_of_deleted_records("lead", [7])
    skipped.refresh_from_db()
    assert (skipped.digest, skipped.reason) == ("", "no_email")


STATES = {
    "an email that waits is skipped": ("waiting", "", "left_out", "hidden"),
    "an email that was sent": ("sent", "", "sent", ""),
    "an email that was skipped": ("left_out", "no_consent", "left_out", "no_consent"),
    "an email that failed": ("failed", "", "failed", ""),
}


@pytest.mark.parametrize(("state", "reason", "after", "because"), STATES.values(), ids=STATES)
def test_what_becomes_of_an_email_whose_address_is_erased(state, reason, after, because, ada, make_mailing):
    mailing = make_mailing(by=ada, ids=[])
    row = Delivery.objects.create(mailing=mailing, record=7, email_key=ANA, state=state, reason=reason)
    other = Delivery.objects.create(mailing=mailing, record=8, email_key=BEA, state="waiting")
    # Its address was erased before, and is known by that.
    before = Delivery.objects.create(mailing=mailing, record=9, digest="d" * 64, problem="bounced long ago")
    erase_addresses([" Ana@A.example", ""])
    for one in (row, other, before):
        one.refresh_from_db()
    assert (before.digest, before.problem) == ("d" * 64, "bounced long ago")
    assert (row.state, row.reason, row.email_key) == (after, because, "")
    assert (other.state, other.email_key) == ("waiting", BEA)


@pytest.fixture
def known(db) -> Any:
    """All ways in which an address gets no mailing, for Ana's and for Bea's."""
    with operation("test", by=None):
        offers = MailingList.objects.create(name="Offers")
        Suppression.objects.bulk_create(
            Suppression(address=key, email_key=key, reason="complained", at=AT) for key in (ANA, BEA)
        )
    Unsubscribe.objects.bulk_create(Unsubscribe(email_key=key, at=AT) for key in (ANA, BEA))
    ListUnsubscribe.objects.bulk_create(
        ListUnsubscribe(list=offers, email_key=key, at=AT) for key in (ANA, BEA)
    )
    return offers


def read_known() -> dict[str, set[Any]]:
    """The addresses that can be read, each with when it was."""
    return {
        "all": set(Unsubscribe.objects.values_list("email_key", "at")),
        "a list": set(ListUnsubscribe.objects.values_list("email_key", "at")),
        "suppressed": set(Suppression.objects.values_list("email_key", "at")),
    }


def test_an_erased_address_becomes_digests_and_comes_back_as_it_was(known):
    before = read_known()
    erase_addresses([ANA])
    assert read_known() == {key: {(BEA, AT)} for key in before}
    assert set(ForgottenAddress.objects.values_list("digest", "reason", "list", "at")) == {
        (build_digest(ANA), "unsubscribed", None, AT),
        (build_digest(ANA), "unsubscribed", known.pk, AT),
        (build_digest(ANA), "complained", None, AT),
    }
    assert count_erased_addresses() == 1
    # Someone else comes back.
    assert _restore_addresses({"eva@a.example"}) == 0
    assert count_erased_addresses() == 1
    assert _restore_addresses({ANA, "eva@a.example"}) == 3
    assert read_known() == before
    assert not ForgottenAddress.objects.exists()


def test_only_the_address_that_comes_back_can_be_read_again(known):
    erase_addresses([ANA, BEA])
    assert count_erased_addresses() == 2
    assert _restore_addresses({BEA}) == 3
    assert read_known() == {key: {(BEA, AT)} for key in read_known()}
    assert set(ForgottenAddress.objects.values_list("digest", flat=True)) == {build_digest(ANA)}


def test_what_is_known_of_an_address_again_stays_when_it_comes_back(known):
    """Meanwhile, the person has unsubscribed again, and a user has added the address to the suppression list."""
    erase_addresses([ANA])
    later = AT + timedelta(days=9)
    Unsubscribe.objects.create(email_key=ANA, at=later)
    ListUnsubscribe.objects.create(list=known, email_key=ANA, at=later)
    with operation("test", by=None):
        Suppression.objects.create(address=ANA, email_key=ANA, reason="added", at=later)
    assert _restore_addresses({ANA}) == 3
    assert read_known() == {key: {(ANA, later), (BEA, AT)} for key in read_known()}
    assert not ForgottenAddress.objects.exists()


def test_an_address_that_is_erased_twice_is_known_once_by_its_first_moment(known):
    erase_addresses([ANA])
    Unsubscribe.objects.create(email_key=ANA, at=AT + timedelta(days=9))
    erase_addresses([ANA])
    # Someone clicks the link in an old email.
    add_forgotten_address(build_digest(ANA), "unsubscribed")
    add_forgotten_address(build_digest(ANA), "unsubscribed", known.pk)
    found = ForgottenAddress.objects.filter(reason="unsubscribed").values_list("list", "at")
    assert sorted(found, key=str) == sorted([(None, AT), (known.pk, AT)], key=str)


class Back(NamedTuple):
    """A record that was added so long ago, and whether what was known of its address can be read again."""

    back: bool
    kind: str = "lead"
    email: str = "Ana@A.example"
    ago: timedelta = timedelta()


BACK = {
    "a lead": Back(True),
    "a contact": Back(True, "contact"),
    "a request": Back(True, "request"),
    "a lead with another address": Back(False, email="eva@a.example"),
    "a lead without an address": Back(False, email=""),
    "within the hour": Back(True, ago=LATELY - timedelta(minutes=1)),
    "an hour ago": Back(False, ago=LATELY),
    "more than an hour ago, so it was looked through before": Back(False, ago=LATELY + timedelta(minutes=1)),
}


@pytest.mark.parametrize("case", BACK.values(), ids=BACK)
def test_which_record_brings_its_address_back(
    case, known, make_lead, make_contact, make_request, monkeypatch
):
    make = {"lead": make_lead, "contact": make_contact, "request": make_request}[case.kind]
    record = make("Ana Albu", email=case.email)
    record.refresh_from_db()
    assert restore_returned_addresses() == 0
    erase_addresses([ANA])
    monkeypatch.setattr(timezone, "now", lambda: record.updated_at + case.ago)
    assert restore_returned_addresses() == (3 if case.back else 0)
    known = set(Unsubscribe.objects.values_list("email_key", flat=True))
    assert known == ({ANA, BEA} if case.back else {BEA})
    assert count_erased_addresses() == (0 if case.back else 1)
