"""Who gets a mailing, and who doesn't, whenever it is asked: when the recipients are written, and twice right before sending."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from crm.records.history.verb_execution import operation
from customers.models import ConsentPurpose, ConsentState
from leads.models import Lead, Unsubscribe
from mailings.audience.audience import build_judged_sql
from mailings.models import Delivery, ForgottenAddress, ListUnsubscribe, MailingList, Suppression
from mailings.models.address_digest import UNSUBSCRIBED
from mailings.sending.last_minute_exclusion import check_right_before_sending, get_exclusion_reasons
from mailings.suppression.address_digests import build_digest
from mailings.suppression.address_erasure import add_forgotten_address
from mailings.suppression.unsubscribe import is_unsubscribed, resubscribe, unsubscribe
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]
ANA, BEA = "ana@a.example", "bea@a.example"
OFFERS, EVENTS = "Offers", "Events"
GETS, GONE, NO_CONSENT, RECENT = "", "unsubscribed", "no_consent", "recent"


class Case(NamedTuple):
    """What is known of Ana's address, and what kind of mailing it is: of a list, only for people with a consent to
    newsletters, or only for those who got no mailing in these days."""

    reason: str
    left: tuple[str, ...] = ()
    # What was known of the address when it was erased. It came back since.
    erased: tuple[tuple[str, str], ...] = ()
    suppressed: str = ""
    # Consents to purposes, by whom: the address or the record, and how many days ago.
    consents: tuple[tuple[str, str, bool, int], ...] = ()
    # The last email: days ago, its state.
    earlier: tuple[tuple[float, str], ...] = ()
    list: str = OFFERS
    with_consent: bool = False
    pause: int = 0
    of: str = ANA


ALL = "all mailings"
LEAD, ADDRESS, NEWS, CALLS = "the lead", "the address", "News", "Calls"
CASES = {
    # Lists
    "who has left nothing gets it": Case(GETS),
    "who has left all mailings doesn't": Case(GONE, (ALL,)),
    "who has left this list doesn't": Case(GONE, (OFFERS,)),
    "who has left another list does": Case(GETS, (EVENTS,)),
    "who has left this list gets another list's": Case(GETS, (OFFERS,), list=EVENTS),
    "who has left both lists gets neither": Case(GONE, (OFFERS, EVENTS)),
    "who has left a list and all mailings gets nothing of another list": Case(GONE, (OFFERS, ALL), list=EVENTS),
    "who has left a list gets a mailing without a list": Case(GETS, (OFFERS,), list=""),
    "who has left all mailings gets none without a list": Case(GONE, (ALL,), list=""),
    "that someone else has left all mailings doesn't matter": Case(GETS, (ALL,), of=BEA),
    "that someone else has left this list doesn't matter": Case(GETS, (OFFERS,), of=BEA),
    # Addresses that were erased and came back
    "who left all mailings and came back doesn't": Case(GONE, erased=((GONE, ""),)),
    "who left this list and came back doesn't": Case(GONE, erased=((GONE, OFFERS),)),
    "who left another list and came back does": Case(GETS, erased=((GONE, EVENTS),)),
    "who left a list and came back gets a mailing without one": Case(GETS, erased=((GONE, OFFERS),), list=""),
    "whose address was wrong and came back doesn't": Case("bounced", erased=(("bounced", ""),)),
    "who complained and came back doesn't": Case("suppressed", erased=(("complained", ""),)),
    "that someone else left and came back doesn't matter": Case(GETS, erased=((GONE, ""),), of=BEA),
    "who left, whose address was wrong then, and came back has left": Case(
        GONE, erased=((GONE, ""), ("bounced", ""))
    ),
    "whose address was wrong, left then, and came back has left": Case(GONE, erased=(("bounced", ""), (GONE, ""))),
    "a wrong address of who complained and came back is wrong": Case(
        "bounced", erased=(("complained", ""), ("bounced", ""))
    ),
    "who came back and left again has left": Case(GONE, (ALL,), erased=(("bounced", ""),)),
    "whose address was wrong, came back and is on the list now": Case(
        "bounced", erased=(("bounced", ""),), suppressed="added"
    ),
    # The suppression list
    "a wrong address doesn't": Case("bounced", suppressed="bounced"),
    "who complained doesn't": Case("suppressed", suppressed="complained"),
    "an address that a user added to the list doesn't": Case("suppressed", suppressed="added"),
    "the suppression list counts for every list": Case("suppressed", suppressed="added", list=EVENTS),
    "that someone else is on the list doesn't matter": Case(GETS, suppressed="added", of=BEA),
    # Consent
    "without a consent, a mailing that requires none": Case(GETS),
    "without a consent, a mailing that requires one": Case(NO_CONSENT, with_consent=True),
    "a consent of the address": Case(GETS, consents=((NEWS, ADDRESS, True, 2),), with_consent=True),
    "a consent of the lead": Case(GETS, consents=((NEWS, LEAD, True, 2),), with_consent=True),
    "a consent that was withdrawn": Case(NO_CONSENT, consents=((NEWS, ADDRESS, False, 2),), with_consent=True),
    "a consent to something else": Case(NO_CONSENT, consents=((CALLS, ADDRESS, True, 2),), with_consent=True),
    "a withdrawal of something else": Case(
        GETS, consents=((NEWS, ADDRESS, True, 3), (CALLS, ADDRESS, False, 2)), with_consent=True
    ),
    "an older consent and a newer withdrawal": Case(
        NO_CONSENT, consents=((NEWS, ADDRESS, True, 3), (NEWS, LEAD, False, 2)), with_consent=True
    ),
    "an older withdrawal and a newer consent": Case(
        GETS, consents=((NEWS, ADDRESS, False, 3), (NEWS, LEAD, True, 2)), with_consent=True
    ),
    "both at the same moment": Case(
        NO_CONSENT, consents=((NEWS, ADDRESS, True, 2), (NEWS, LEAD, False, 2)), with_consent=True
    ),
    "a withdrawal doesn't matter to a mailing that requires no consent": Case(
        GETS, consents=((NEWS, ADDRESS, False, 2),)
    ),
    "a consent of someone else": Case(
        NO_CONSENT, consents=((NEWS, ADDRESS, True, 2),), with_consent=True, of=BEA
    ),
    # The pause between two mailings
    "another mailing within the pause": Case(RECENT, earlier=((2.9, "sent"),), pause=3),
    "another mailing before the pause": Case(GETS, earlier=((3.1, "sent"),), pause=3),
    "one before the pause and one within": Case(RECENT, earlier=((9, "sent"), (1, "sent")), pause=3),
    "without a pause, another mailing a moment ago": Case(GETS, earlier=((0.01, "sent"),)),
    "without a pause, another mailing that a faster clock sent": Case(GETS, earlier=((-0.01, "sent"),)),
    "another mailing that failed": Case(GETS, earlier=((1, "failed"),), pause=3),
    "another mailing that waits": Case(GETS, earlier=((1, "waiting"),), pause=3),
    "another mailing to someone else": Case(GETS, earlier=((1, "sent"),), pause=3, of=BEA),
    # Several reasons: the first one is named.
    "who left and whose address is wrong has left": Case(GONE, (OFFERS,), suppressed="bounced"),
    "a wrong address without a consent is wrong": Case("bounced", suppressed="bounced", with_consent=True),
    "who complained without a consent has complained": Case("suppressed", suppressed="added", with_consent=True),
    "who has no consent and got one lately has no consent": Case(
        NO_CONSENT, earlier=((1, "sent"),), with_consent=True, pause=3
    ),
    "who left and has given a consent has left": Case(
        GONE, (ALL,), consents=((NEWS, ADDRESS, True, 2),), with_consent=True
    ),
}  # fmt: skip


@pytest.fixture
def world(db):
    """The lists and the purposes, by name."""
    with operation("test", by=None):
        lists = {name: MailingList.objects.create(name=name) for name in (OFFERS, EVENTS)}
        purposes = {name: ConsentPurpose.objects.create(name=name) for name in (NEWS, CALLS)}
    return lists | purposes | {"": None}


def happened(case: Case, lead: Lead, world: dict[str, Any], make_mailing: Any, by: Any) -> None:
    for left in case.left:
        if left == ALL:
            Unsubscribe.objects.create(email_key=case.of)
        else:
            ListUnsubscribe.objects.create(list=world[left], email_key=case.of)
    for reason, list in case.erased:
        add_forgotten_address(build_digest(case.of), reason, world[list].pk if list else None)
    if case.suppressed:
        with operation("test", by=None):
            Suppression.objects.create(address=case.of, email_key=case.of, reason=case.suppressed)
    for purpose, of, given, days in case.consents:
        person = case.of if of == ADDRESS else f"lead {lead.pk}"
        at = timezone.now() - timedelta(days=days)
        ConsentState.objects.create(purpose=world[purpose], person=person, given=given, at=at)
    for days, state in case.earlier:
        at = timezone.now() - timedelta(days=days)
        Delivery.objects.create(
            mailing=make_mailing(by=by), record=lead.pk, email_key=case.of, state=state, at=at
        )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_who_gets_a_mailing(case, make_lead, make_mailing, ann, world):
    lead = make_lead("Ana Pop", email="Ana@A.example")
    happened(case, lead, world, make_mailing, ann)
    purpose = world[NEWS] if case.with_consent else None
    mailing = make_mailing(
        [lead], by=ann, list=world[case.list], purpose=purpose, pause_days=case.pause, state="sending"
    )
    sql, parameters = build_judged_sql(mailing)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT state, reason FROM recipients", parameters)
        assert cursor.fetchall() == [("left_out" if case.reason else "waiting", case.reason)]
    # Digests are only computed if any address was erased.
    assert ("JOIN erased" in sql) == bool(case.erased)
    # It was written before all this happened.
    taken = {"state": "sending", "taken_until": timezone.now() + timedelta(hours=1)}
    delivery = Delivery.objects.create(mailing=mailing, record=lead.pk, email_key=ANA, **taken)
    assert get_exclusion_reasons(mailing, [delivery]) == ({delivery.pk: case.reason} if case.reason else {})
    goes_on, reason = check_right_before_sending(delivery)
    assert goes_on
    # Erased addresses are known by digests, which are compared when the delivery is taken.
    if not (case.erased and (case.left or case.suppressed)):
        assert reason == ("" if case.erased else case.reason)


@pytest.mark.parametrize(("before", "now"), [(GONE, "bounced"), ("bounced", GONE)])
def test_what_an_earlier_secret_key_recognizes_counts_as_much(
    before, now, make_lead, make_mailing, ann, settings
):
    mailing = make_mailing([make_lead(email=ANA)], by=ann, state="sending")
    add_forgotten_address(build_digest(ANA), before)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key"
    add_forgotten_address(build_digest(ANA), now)
    sql, parameters = build_judged_sql(mailing)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT reason FROM recipients", parameters)
        assert cursor.fetchall() == [(GONE,)]
    delivery = Delivery.objects.create(mailing=mailing, record=mailing.ids[0], email_key=ANA)
    assert get_exclusion_reasons(mailing, [delivery]) == {delivery.pk: GONE}


def test_a_pause_of_three_days_is_over_after_three_days(make_lead, make_mailing, ann):
    lead = make_lead("Ana Pop", email=ANA)
    earlier = Delivery.objects.create(mailing=make_mailing(by=ann), record=1, email_key=ANA, state="sent")
    mailing = make_mailing([lead], by=ann, pause_days=3, state="sending")
    delivery = Delivery.objects.create(mailing=mailing, record=lead.pk, email_key=ANA)
    for ago, reason in (("3 days", ""), ("2 days 23:59:59", RECENT)):
        Delivery.objects.filter(pk=earlier.pk).update(at=RawSQL("now() - %s::interval", [ago]))
        sql, parameters = build_judged_sql(mailing)
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} SELECT reason FROM recipients", parameters)
            assert cursor.fetchall() == [(reason,)]
        assert get_exclusion_reasons(mailing, [delivery]) == ({delivery.pk: reason} if reason else {})


class Leaving(NamedTuple):
    """Ana leaves the list of an email or all mailings. Which of the emails that wait for her are skipped."""

    list: str
    everything: bool
    skipped: tuple[str, ...]


LEAVING = {
    "who leaves a list still gets the others and those without one": Leaving(OFFERS, False, (OFFERS,)),
    "who leaves all mailings gets nothing": Leaving(OFFERS, True, ("", EVENTS, OFFERS)),
    "a mailing without a list can only be left with all others": Leaving("", False, ("", EVENTS, OFFERS)),
}


@pytest.mark.parametrize("case", LEAVING.values(), ids=LEAVING.keys())
@pytest.mark.parametrize("was_erased", [False, True], ids=["a known address", "an erased address"])
def test_what_someone_leaves_and_comes_back_to(case, was_erased, make_lead, make_mailing, ann, world):
    lead, other = make_lead(email=ANA), make_lead(email=BEA)
    known = {"digest": build_digest(ANA)} if was_erased else {"email_key": ANA}
    mailings = {name: make_mailing([lead], by=ann, list=world[name]) for name in (OFFERS, EVENTS, "")}
    received = Delivery.objects.create(mailing=mailings[case.list], record=lead.pk, state="sent", **known)
    for mailing in mailings.values():
        waiting = make_mailing([lead], by=ann, list=mailing.list)
        for of, key in ((lead, ANA), (other, BEA)):
            Delivery.objects.create(mailing=waiting, record=of.pk, email_key=key)
    unsubscribe(received, everything=case.everything, reason=" Too  many ")
    left = Delivery.objects.in_state("left_out").filter(email_key=ANA, reason=GONE)
    # An email that waits belongs to an address that is known.
    skipped = () if was_erased else case.skipped
    assert sorted(one.mailing.list.name if one.mailing.list else "" for one in left) == [*skipped]
    assert not Delivery.objects.in_state("left_out").filter(email_key=BEA).exists()
    for name, mailing in mailings.items():
        later = Delivery(mailing=mailing, record=lead.pk, **known)
        assert is_unsubscribed(later) is (name in case.skipped)
    received.refresh_from_db()
    assert (received.unsubscribe_reason, received.unsubscribed_at is None) == ("Too many", False)
    assert not Delivery.objects.exclude(pk=received.pk).exclude(unsubscribed_at=None).exists()
    with operation("test", by=None):
        Unsubscribe.objects.create(email_key=BEA)
    resubscribe(received)
    # Someone else still gets nothing.
    assert [*Unsubscribe.objects.values_list("email_key", flat=True)] == [BEA]
    for mailing in mailings.values():
        assert not is_unsubscribed(Delivery(mailing=mailing, record=lead.pk, **known))
    assert not ForgottenAddress.objects.exists()


@pytest.mark.parametrize("was_erased", [False, True], ids=["a known address", "an erased address"])
def test_who_comes_back_to_a_list_still_gets_nothing_of_another_list(
    was_erased, make_lead, make_mailing, ann, world
):
    known = {"digest": build_digest(ANA)} if was_erased else {"email_key": ANA}
    lead = make_lead(email=ANA)
    emails = [
        Delivery.objects.create(
            mailing=make_mailing([lead], by=ann, list=world[name]), record=lead.pk, **known
        )
        for name in (OFFERS, EVENTS)
    ]
    ListUnsubscribe.objects.create(list=world[OFFERS], email_key=BEA)
    for email in emails:
        unsubscribe(email, everything=False, reason="Too many")
    resubscribe(emails[0])
    assert [is_unsubscribed(email) for email in emails] == [False, True]
    assert ListUnsubscribe.objects.filter(list=world[OFFERS], email_key=BEA).exists()
    reasons = [Delivery.objects.get(pk=email.pk).unsubscribe_reason for email in emails]
    assert reasons == ["", "Too many"]


# The reason that is given the second time, and the one that is kept.
SECOND = {"another reason": ("Wrong person", "Wrong person"), "no reason": ("", "Too many")}


@pytest.mark.parametrize(("reason", "kept"), SECOND.values(), ids=SECOND)
def test_who_leaves_twice_has_left_at_the_first_moment(reason, kept, make_lead, make_mailing, ann, world):
    lead, first = make_lead(email=ANA), timezone.now() - timedelta(days=1)
    row = Delivery.objects.create(
        mailing=make_mailing([lead], by=ann), record=lead.pk, email_key=ANA, unsubscribed_at=first,
        unsubscribe_reason="Too many",
    )  # fmt: skip
    unsubscribe(row, everything=True, reason=reason)
    row.refresh_from_db()
    assert (row.unsubscribed_at, row.unsubscribe_reason) == (first, kept)
    # Whether from all mailings or from a list.
    unsubscribe(row, everything=True, reason="")
    row.mailing.list = world[OFFERS]
    for _time in range(2):
        unsubscribe(row, everything=False, reason="")
    assert (Unsubscribe.objects.count(), ListUnsubscribe.objects.count()) == (1, 1)


def test_an_address_that_no_one_knows_any_more_has_left_nothing(make_lead, make_mailing, ann):
    """An email to it has neither the address nor its trace, and neither have others."""
    ForgottenAddress.objects.create(reason=UNSUBSCRIBED, digest="", list=None)
    delivery = Delivery(mailing=make_mailing([make_lead()], by=ann), record=1)
    assert (delivery.email_key, delivery.digest) == ("", "")
    assert not is_unsubscribed(delivery)


FORGOTTEN = {
    "who has left": (UNSUBSCRIBED, True),
    "whose address bounced": (Suppression.Reason.BOUNCED, False),
}


@pytest.mark.parametrize(("reason", "left"), FORGOTTEN.values(), ids=FORGOTTEN)
def test_only_who_has_left_is_unsubscribed_after_an_erasure(reason, left, make_lead, make_mailing, ann):
    digest = build_digest("gone@a.example")
    ForgottenAddress.objects.create(reason=reason, digest=digest, list=None)
    assert (
        is_unsubscribed(Delivery(mailing=make_mailing([make_lead()], by=ann), record=1, digest=digest))
        is left
    )
    other = build_digest("other@a.example")
    assert not is_unsubscribed(Delivery(mailing=make_mailing(by=ann), record=1, digest=other))
