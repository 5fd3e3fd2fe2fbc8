"""How many recipients a mailing has, which of them need a look before it is sent, and which are listed for which address."""

from typing import Any, NamedTuple

import pytest
from django.http import QueryDict

from crm.records.history.verb_execution import operation
from leads.models import Lead
from mailings.audience.audience import write_recipients
from mailings.audience.recipient_counts import Funnel, count_recipients, preview_recipient_counts
from mailings.audience.recipient_lines import Recipient, RecipientFilter, get_next_recipients
from mailings.models import Delivery, Mailing
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]
pytestmark = pytest.mark.django_db
ANA, BEA, INFO, SLIP, NO_ADDRESS = "ana@a.example", "bea@a.example", "info@a.example", "eva@gmial.com", ""


class Case(NamedTuple):
    """A mailing that names the company of each lead: the address of each, whether it is a VIP lead, and its company. `skipped` are
    the reasons of those who don't get it, and `typos` the domains that are probably mistyped."""

    leads: list[tuple[str, bool, str]]
    gets: int
    vips: int = 0
    lacking: int = 0
    roles: int = 0
    typos: tuple[tuple[str, int, str], ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()


CASES = {
    "no lead": Case([], 0),
    "two leads": Case([(ANA, False, "A"), (BEA, False, "B")], 2),
    "a VIP lead": Case([(ANA, True, "A"), (BEA, False, "B")], 2, vips=1),
    "a VIP lead without an address": Case([(NO_ADDRESS, True, "A")], 0, skipped=(("no_email", 1),)),
    "a lead without a company": Case([(ANA, False, ""), (BEA, False, "B")], 2, lacking=1),
    "a lead with neither company nor address": Case([(NO_ADDRESS, False, "")], 0, skipped=(("no_email", 1),)),
    "an address of a role": Case([(INFO, False, "A"), (BEA, False, "B")], 2, roles=1),
    "two leads with one address of a role": Case(
        [(INFO, False, "A"), (INFO, False, "B")], 1, roles=1, skipped=(("shared", 1),)
    ),
    "a mistyped domain": Case(
        [(SLIP, False, "A"), (BEA, False, "B")], 2, typos=(("gmial.com", 1, "gmail.com"),)
    ),
    "two leads with one address at a mistyped domain": Case(
        [(SLIP, False, "A"), (SLIP, False, "B")], 1, typos=(("gmial.com", 1, "gmail.com"),), skipped=(("shared", 1),)
    ),
    "the numbers of a mistyped domain and the others add up": Case(
        [("info@gmial.com", True, ""), (SLIP, True, ""), (INFO, True, ""), (BEA, False, "B")],
        4, vips=3, lacking=3, roles=2, typos=(("gmial.com", 2, "gmail.com"),),
    ),
    "the most frequent mistyped domain first": Case(
        [("ana@yaho.com", False, "A"), (SLIP, False, "A"), ("bea@gmial.com", False, "A")],
        3, typos=(("gmial.com", 2, "gmail.com"), ("yaho.com", 1, "yahoo.com")),
    ),
    "the reasons are in their order": Case(
        [(ANA, False, "A"), (ANA, False, "A"), (NO_ADDRESS, False, "A"), (ANA, False, "A")],
        1, skipped=(("no_email", 1), ("shared", 2)),
    ),
}  # fmt: skip


def check(found: Funnel, case: Case, state: str, **values: Any) -> None:
    assert (found.receiving_count, found.vips, found.hints.roles) == (case.gets, case.vips, case.roles)
    assert tuple((typo.domain, typo.count, typo.meant) for typo in found.hints.typos) == case.typos
    assert [(line.reason, line.count) for line in found.skipped_lines] == [*case.skipped]
    assert found.total == len(case.leads)
    assert (found.count_in_state(state), found.count_in_state("failed")) == (case.gets, 0)
    assert vars(found) == vars(found) | values


@pytest.fixture
def make_case(ann, make_lead, make_mailing):
    def make(case: Case) -> Mailing:
        leads = [make_lead(email=email, vip=vip, company=company) for email, vip, company in case.leads]
        return make_mailing(leads, by=ann, of="lead", text="Dear {company},")

    return make


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_numbers_of_the_recipients(case, make_case):
    check(count_recipients(make_case(case)), case, "waiting", lacking=case.lacking)


def test_the_numbers_stay_once_the_recipients_are_written_and_what_is_sent_needs_no_look_any_more(
    ann, make_case, make_mailing
):
    case = CASES["the numbers of a mistyped domain and the others add up"]
    mailing = make_case(case)
    # The recipients of another mailing say nothing.
    Delivery.objects.create(mailing=make_mailing(by=ann, ids=[]), record=1, email_key=INFO, vip=True)
    write_recipients(mailing)
    # Whether a value is empty is known before alone.
    check(count_recipients(mailing), case, "waiting", lacking=0)
    Delivery.objects.of_mailing(mailing).in_state("waiting").update(state="sent")
    check(count_recipients(mailing), case._replace(roles=0, typos=()), "sent", lacking=0)


def test_recipients_are_counted_in_words(ann, make_lead, make_mailing):
    mailing = make_mailing([make_lead(email=ANA), make_lead(email="")], by=ann)
    lines = preview_recipient_counts(mailing).lines
    assert [(str(line.label), line.count) for line in lines] == [("No email address", 1), ("Waiting", 1)]


# What changes of two leads that get a mailing, and whether whoever confirmed the recipients before must look again.
CHANGES: dict[str, tuple[dict[str, Any], bool]] = {
    "nothing": ({}, False),
    "the name of a lead": ({"first_name": "Eva"}, False),
    "the address of a lead": ({"email": "eva@a.example"}, True),
    "a lead becomes a VIP lead": ({"vip": True}, True),
    "a lead loses its address": ({"email": ""}, True),
    "a lead gets the address of the other one": ({"email": BEA}, True),
    "a lead gets a mistyped address": ({"email": SLIP}, True),
}


@pytest.mark.parametrize(("values", "differs"), CHANGES.values(), ids=CHANGES)
def test_whether_other_recipients_must_be_confirmed_again(values, differs, ann, make_lead, make_mailing):
    first, second = make_lead(email=ANA), make_lead(email=BEA)
    mailing = make_mailing([first, second], by=ann)
    before = preview_recipient_counts(mailing).digest
    with operation("test", by=None):
        Lead.objects.filter(pk=first.pk).update(**values)
    assert (preview_recipient_counts(mailing).digest != before) is differs


@pytest.mark.parametrize("addresses", [(ANA, BEA), (SLIP, "bea@yaho.com")], ids=["usual", "mistyped"])
def test_two_leads_that_swap_their_addresses_are_other_recipients(addresses, ann, make_lead, make_mailing):
    leads = [make_lead(email=email) for email in addresses]
    mailing = make_mailing(leads, by=ann)
    before = preview_recipient_counts(mailing).digest
    with operation("test", by=None):
        for lead, email in zip(leads, reversed(addresses), strict=True):
            Lead.objects.filter(pk=lead.pk).update(email=email)
    assert preview_recipient_counts(mailing).digest != before


# What the address of a page says, and the recipients that it shows.
QUERIES = {
    "nothing": ("", RecipientFilter()),
    "a state": ("state=sent", RecipientFilter("sent")),
    "an unknown state": ("state=gone", RecipientFilter()),
    "a reason: those who were skipped for it": ("reason=bounced", RecipientFilter("left_out", "bounced")),
    "a reason and a state: the reason counts": (
        "state=sent&reason=bounced", RecipientFilter("left_out", "bounced"),
    ),
    "an unknown reason": ("state=sent&reason=gone", RecipientFilter("sent")),
    "addresses of roles: of those who will get it": ("hint=roles", RecipientFilter("waiting", hint="roles")),
    "a mistyped domain": ("hint=gmial.com&state=sent", RecipientFilter("waiting", hint="gmial.com")),
    "an unknown hint": ("hint=gmail.com&state=sent", RecipientFilter("sent")),
    "those without a value for a merge field": ("lacking=on", RecipientFilter("waiting", lacking=True)),
    "those and a reason": ("lacking=on&reason=bounced", RecipientFilter("waiting", lacking=True)),
    "a hint and those": ("lacking=on&hint=roles", RecipientFilter("waiting", hint="roles")),
}  # fmt: skip


@pytest.mark.parametrize(("query", "which"), QUERIES.values(), ids=QUERIES)
def test_which_recipients_an_address_names(query, which):
    found = RecipientFilter.from_query(QueryDict(query))
    assert found == which
    # The link to the next page names the same.
    assert RecipientFilter.from_query(QueryDict(found.query)) == found
    assert found.is_of_roles is ("roles" in query and not found.reason)


# The recipients of a mailing by their numbers, and those that are listed.
ROWS: list[dict[str, Any]] = [
    {"state": "waiting", "email_key": ANA},
    {"state": "waiting", "email_key": INFO},
    {"state": "waiting", "email_key": SLIP},
    {"state": "sent", "email_key": "office@gmial.com"},
    {"state": "left_out", "reason": "bounced", "email_key": BEA},
    {"state": "left_out", "reason": "no_email"},
    {"state": "failed", "email_key": "eva@a.example", "problem": "refused 550"},
]
LISTED = {
    "all": (RecipientFilter(), 0, 9, [1, 2, 3, 4, 5, 6, 7]),
    "of a state": (RecipientFilter("waiting"), 0, 9, [1, 2, 3]),
    "skipped for a reason": (RecipientFilter("left_out", "bounced"), 0, 9, [5]),
    "at addresses of roles": (RecipientFilter(hint="roles"), 0, 9, [2, 4]),
    "at addresses of roles, that wait": (RecipientFilter("waiting", hint="roles"), 0, 9, [2]),
    "at a mistyped domain": (RecipientFilter(hint="gmial.com"), 0, 9, [3, 4]),
    "without a value, which isn't known any more": (RecipientFilter(lacking=True), 0, 9, []),
    "so many": (RecipientFilter(), 0, 2, [1, 2]),
    "so many after one": (RecipientFilter(), 2, 2, [3, 4]),
    "none after the last one": (RecipientFilter(), 7, 2, []),
}


@pytest.mark.parametrize("case", LISTED.values(), ids=LISTED)
def test_which_recipients_are_listed(case, ann, make_mailing):
    which, after, size, numbers = case
    mailing, other = make_mailing(by=ann, ids=[]), make_mailing(by=ann, ids=[])
    # Their order in the table says nothing.
    for number, values in reversed([*enumerate(ROWS, 1)]):
        for one in (mailing, other):
            Delivery.objects.create(mailing=one, record=number, address=values.get("email_key", ""), **values)
    found = get_next_recipients(mailing, which, after, size)
    assert [row.record for row in found] == numbers
    assert [(row.address, row.state, row.reason, row.problem) for row in found] == [
        tuple(ROWS[number - 1].get(name, "") for name in ("email_key", "state", "reason", "problem"))
        for number in numbers
    ]


LABELS = {
    "a draft: it will be sent": (("waiting", ""), False, "Will receive it"),
    "it waits": (("waiting", ""), True, "Waiting"),
    "it was sent": (("sent", ""), True, "Sent"),
    "of a draft: it will be skipped": (("left_out", "bounced"), False, "Earlier email bounced"),
    "it was skipped": (("left_out", "bounced"), True, "Earlier email bounced"),
}


@pytest.mark.parametrize(("verdict", "was_sent", "label"), LABELS.values(), ids=LABELS)
def test_what_is_said_of_a_recipient(verdict, was_sent, label):
    mailing = Mailing()
    if was_sent:
        mailing.sent_at = mailing.created_at
    assert str(Recipient(1, ANA, *verdict, problem="").get_state_label(mailing)) == label
