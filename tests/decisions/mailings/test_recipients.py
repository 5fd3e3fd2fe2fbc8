"""Whom a mailing to companies or requests reaches, who of several with one address gets it, and what a change of its recipients
leaves as it is."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from django.db import connection

from accounts.models import User
from mailings.audience.audience import build_judged_sql, write_recipients
from mailings.audience.recipient_lines import RecipientFilter, build_recipients_page
from mailings.models import Delivery, Mailing
from tests.customers.conftest import make_request
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing", "make_request"]
ANA, BEA = "ana@a.example", "bea@a.example"
GETS, HIDDEN, SHARED = "", "hidden", "shared"
RIGHTS = ("accounts.see_departments", "customers.view_company", "customers.view_contact")


def verdicts_of(mailing: Mailing) -> list[tuple[int, str]]:
    sql, parameters = build_judged_sql(mailing)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT record, reason FROM recipients ORDER BY record", parameters)
        return cursor.fetchall()


class Case(NamedTuple):
    """A company and its contact, of the sender's department unless it is said otherwise. Without a reason, not even a skipped
    email is written."""

    reason: str | None
    company: dict[str, Any] = {}
    contact: dict[str, Any] = {}
    chosen: bool = True
    rights: tuple[str, ...] = RIGHTS
    active: bool = True


AWAY, DELETED = {"department": "export"}, {"deleted_at": datetime(2026, 1, 5, tzinfo=UTC)}
COMPANIES = {
    "a contact of a chosen company": Case(GETS),
    "a contact of another company": Case(None, chosen=False),
    "a contact of no company": Case(None, contact={"company": None}),
    "a contact of a company that the sender doesn't see": Case(None, company=AWAY),
    "a contact of a company in Trash": Case(None, company=DELETED),
    "a contact in Trash": Case(None, contact=DELETED),
    "a contact that the sender doesn't see": Case(HIDDEN, contact=AWAY),
    "a contact that is shared with everyone": Case(GETS, contact=AWAY | {"shared": True}),
    "a contact without an address": Case("no_email", contact={"email": ""}),
    "a sender who may no longer see companies": Case(HIDDEN, rights=(RIGHTS[0], RIGHTS[2])),
    "a sender who may no longer see contacts": Case(HIDDEN, rights=RIGHTS[:2]),
    "a sender whose account was closed": Case(None, active=False),
}


@pytest.mark.parametrize("case", COMPANIES.values(), ids=COMPANIES)
@pytest.mark.parametrize("by", ["chosen companies", "a filter"])
def test_which_contacts_a_mailing_to_companies_reaches(
    case, by, cast, departments, make_company, make_contact, make_mailing
):
    bob: User = cast.bob
    places = {"export": departments.export, "sales": departments.sales}

    def filled(values: dict[str, Any]) -> dict[str, Any]:
        return {**values, "department": places[values.get("department", "sales")]}

    company = make_company("Acme", **{"country": "RO" if case.chosen else "DE"} | filled(case.company))
    contact = make_contact("Ana Pop", **{"company": company, "email": ANA} | filled(case.contact))
    vars(bob).update(granted_permissions={*case.rights}, held_roles=[], is_active=case.active)
    chosen = make_company("Beta", country="RO")
    ids = [company, chosen] if case.chosen else [chosen]
    of = {"query": "country=RO"} if by == "a filter" else {}
    mailing = make_mailing(ids, by=bob, of="company", **of)
    # Another mailing is to no company.
    make_mailing(by=bob, of="company")
    if by == "a filter" and RIGHTS[1] not in case.rights:
        # The list of a kind that the sender may not see is empty.
        assert {reason for _record, reason in verdicts_of(mailing)} <= {HIDDEN}
    else:
        assert verdicts_of(mailing) == ([] if case.reason is None else [(contact.pk, case.reason)])


@pytest.mark.parametrize(
    ("query", "reasons"), [("", [HIDDEN]), ("country=RO", [])], ids=["chosen", "a filter"]
)
def test_a_mailing_of_a_sender_whose_account_was_closed_reaches_no_lead(
    query, reasons, bob, make_lead, make_mailing
):
    lead = make_lead(owner=bob, email=ANA, country="RO")
    mailing = make_mailing([lead], by=bob, **({"query": query} if query else {}))
    vars(bob).update(granted_permissions=set(), held_roles=[], is_active=False)
    assert verdicts_of(mailing) == [(lead.pk, reason) for reason in reasons]


REQUESTS = {
    "a request": ({}, GETS),
    "a request that is spam": ({"state": "spam"}, "disqualified"),
    "a request without an address": ({"email": ""}, "no_email"),
    "a request that the sender doesn't see": (AWAY, HIDDEN),
}


@pytest.mark.parametrize("case", REQUESTS.values(), ids=REQUESTS)
def test_which_requests_a_mailing_reaches(case, ann, departments, make_request, make_mailing):
    values, reason = case
    values = {"email": ANA} | values | ({"department": departments.export} if values == AWAY else {})
    request = make_request("Offer", **values)
    assert verdicts_of(make_mailing([request], by=ann)) == [(request.pk, reason)]


class Same(NamedTuple):
    """Leads in the order in which they were added: the address, whether it is a VIP lead, and why it is skipped. `earlier` is
    the state of an email of this mailing to Ana's address, as another record."""

    leads: tuple[tuple[str, bool, str], ...]
    earlier: str = ""
    disqualified: bool = False


SAME = {
    "two addresses": Same(((ANA, False, GETS), (BEA, False, GETS))),
    "of two leads with one address, the older one": Same(((ANA, False, GETS), (ANA, False, SHARED))),
    "of two leads with one address, the VIP lead": Same(((ANA, False, SHARED), (ANA, True, GETS))),
    "of two VIP leads with one address, the older one": Same(((ANA, True, GETS), (ANA, True, SHARED))),
    "of three leads with one address, one": Same(
        ((ANA, False, SHARED), (ANA, True, GETS), (ANA, True, SHARED))
    ),
    "capital letters make no other address": Same(((ANA, False, GETS), ("Ana@A.example", False, SHARED))),
    "a lead that is skipped leaves it to the other": Same(
        ((ANA, False, "disqualified"), (ANA, False, GETS)), disqualified=True
    ),
    "a lead without an address shares none": Same((("", False, "no_email"), ("", False, "no_email"))),
    "the address has got this mailing": Same(((ANA, False, SHARED),), "sent"),
    "the address is just getting this mailing": Same(((ANA, False, SHARED),), "sending"),
    "this mailing couldn't be delivered to the address": Same(((ANA, False, SHARED),), "failed"),
    "the address was skipped before": Same(((ANA, False, GETS),), "left_out"),
    "the address waits": Same(((ANA, False, GETS),), "waiting"),
    "another address has got this mailing": Same(((BEA, False, GETS),), "sent"),
}


@pytest.mark.parametrize("case", SAME.values(), ids=SAME)
def test_each_address_gets_a_mailing_once(case, ann, make_lead, make_mailing, reasons):
    first = {"status": "disqualified", "lost_reason": reasons.budget} if case.disqualified else {}
    leads = [
        make_lead(email=email, vip=vip, **({} if place else first))
        for place, (email, vip, _reason) in enumerate(case.leads)
    ]
    mailing = make_mailing(leads, by=ann)
    if case.earlier:
        earlier = {"record": 2**40, "email_key": ANA, "state": case.earlier}
        Delivery.objects.create(mailing=mailing, **earlier)
        Delivery.objects.create(mailing=make_mailing(by=ann), **{**earlier, "email_key": BEA})
    expected = [reason for _email, _vip, reason in case.leads]
    assert verdicts_of(mailing) == [*zip([lead.pk for lead in leads], expected, strict=True)]


class Kept(NamedTuple):
    """The state of an email when the recipients are written again, with the lead among them or not; None if it is gone."""

    chosen: str
    left: str | None


STATES = {
    "one that waits": ("waiting", Kept("waiting", None)),
    "one that was skipped": ("left_out", Kept("waiting", None)),
    "one that is being sent": ("sending", Kept("sending", "sending")),
    "one that was sent": ("sent", Kept("sent", "sent")),
    "one that wasn't delivered": ("failed", Kept("failed", "failed")),
}


@pytest.mark.parametrize("chosen", [True, False], ids=["still a recipient", "no longer a recipient"])
@pytest.mark.parametrize("case", STATES.values(), ids=STATES)
def test_what_happens_to_emails_when_recipients_are_written_again(case, chosen, ann, make_lead, make_mailing):
    state, kept = case
    lead, other = make_lead(email=ANA), make_lead(email=BEA)
    mailing = make_mailing([lead, other] if chosen else [other], by=ann)
    values = {"record": lead.pk, "email_key": ANA, "state": state, "reason": "recent"}
    before = Delivery.objects.create(mailing=mailing, **values)
    elsewhere = Delivery.objects.create(mailing=make_mailing(by=ann), **values)
    write_recipients(mailing)
    found = Delivery.objects.of_mailing(mailing).filter(record=lead.pk)
    expected = kept.chosen if chosen else kept.left
    assert [one.state for one in found] == ([expected] if expected else [])
    assert found.filter(pk=before.pk).exists() is (expected == state and state not in ("waiting", "left_out"))
    assert Delivery.objects.filter(pk=elsewhere.pk, state=state).exists()
    assert Delivery.objects.of_mailing(mailing).filter(record=other.pk, state="waiting").exists()


def test_a_page_of_recipients_has_room_for_fifty(ada, make_mailing):
    mailing = make_mailing(by=ada, ids=[])
    Delivery.objects.bulk_create(Delivery(mailing=mailing, record=2**40 + place) for place in range(51))
    page = build_recipients_page(mailing, RecipientFilter(), 0, ada)
    assert (page.unseen, page.following) == (50, 2**40 + 49)


# After which lead a page begins, how many it has room for, the leads that it shows, and after which the next one begins.
# The reader doesn't see the third of the four.
PAGES = {
    "all on one page": (0, 4, [1, 2, 4], 1, None),
    "the first page": (0, 2, [1, 2], 0, 2),
    "the last page": (2, 2, [4], 1, None),
    "a page that ends with a lead that the reader doesn't see": (1, 2, [2], 1, 3),
    "a page with room for more": (0, 9, [1, 2, 4], 1, None),
    "after the last one": (4, 2, [], 0, None),
}


@pytest.mark.parametrize("case", PAGES.values(), ids=PAGES)
def test_where_a_page_of_recipients_ends(case, ann, ada, departments, make_lead, make_mailing):
    after, size, shown, unseen, following = case
    leads = [
        make_lead(email=f"ana{place}@a.example", **({"department": departments.export} if place == 3 else {}))
        for place in range(1, 5)
    ]
    numbers = {lead.pk: place for place, lead in enumerate(leads, 1)}
    begins = leads[after - 1].pk if after else 0
    page = build_recipients_page(make_mailing(leads, by=ada), RecipientFilter(), begins, ann, size)
    assert [numbers[line.record.pk] for line in page.lines] == shown
    assert (page.unseen, numbers.get(page.following)) == (unseen, following)
