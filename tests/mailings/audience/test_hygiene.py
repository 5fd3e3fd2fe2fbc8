"""Role addresses and mistyped domains among the recipients: pointed out before sending, and sent to all the same."""

import pytest

from crm.records.history.verb_execution import operation
from mailings.audience.address_hygiene import AddressHints, Typo, guess_meant_domain
from mailings.audience.audience import write_recipients
from mailings.audience.recipient_counts import count_recipients, preview_recipient_counts
from mailings.audience.recipient_lines import RecipientFilter, get_next_recipients
from mailings.models import Delivery, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(make_lead, make_mailing, ann):
    """Two at gmial.com, one of them to a role; a role at a right domain; a person; and a mistyped one that is skipped."""
    addresses = [
        "ana@gmial.com",
        "Info@gmial.com",
        "office@omnia.example",
        "eva@gmail.com",
        "dan@yaho.com",
    ]
    with operation("test", by=None):
        Suppression.objects.create(address="dan@yaho.com", email_key="dan@yaho.com", reason="added")
    leads = [make_lead(f"Lead {number}", email=each) for number, each in enumerate(addresses)]
    return make_mailing(leads, by=ann)


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("Yahooo.com", "yahoo.com"),
        ("wbe.de", "web.de"),
        ("gmail.com", ""),
        ("email.com", ""),
        ("line.com", ""),
        ("yahoo.no", ""),
        ("omnia.example", ""),
        ("", ""),
    ],
)
def test_a_domain_one_slip_away_from_a_known_one_is_pointed_out(domain, meant):
    assert guess_meant_domain(domain) == meant


def test_hints_count_those_who_will_get_the_mailing_before_and_after_their_rows_are_written(mailing):
    expected = AddressHints(roles=2, typos=(Typo("gmial.com", 2, "gmail.com"),))
    assert preview_recipient_counts(mailing).hints == expected
    write_recipients(mailing)
    assert count_recipients(mailing).hints == expected
    Delivery.objects.in_state("waiting").update(state="sent")
    assert not count_recipients(mailing).hints


def test_no_one_is_skipped_because_of_a_hint(mailing):
    found = preview_recipient_counts(mailing)
    assert (found.receiving_count, [line.reason for line in found.skipped_lines]) == (4, ["suppressed"])


@pytest.mark.parametrize("has_rows", [False, True])
@pytest.mark.parametrize(
    ("hint", "addresses"),
    [
        ("roles", {"Info@gmial.com", "office@omnia.example"}),
        ("gmial.com", {"ana@gmial.com", "Info@gmial.com"}),
    ],
)
def test_a_hint_finds_its_recipients(mailing, has_rows, hint, addresses):
    if has_rows:
        write_recipients(mailing)
    found = get_next_recipients(mailing, RecipientFilter(state="waiting", hint=hint), 0, 10)
    assert {row.address for row in found} == addresses


def test_the_pages_before_sending_point_out_addresses_and_lead_to_the_names(mailing, ann, sign_in):
    browser = sign_in(ann)
    for path in (f"/admin/mailings/{mailing.pk}", f"/admin/mailings/{mailing.pk}/send"):
        page = browser.get(path).text
        assert "2 role addresses, such as info@ or sales@" in page
        assert "gmial.com (2): probably gmail.com" in page
        assert f"/admin/mailings/{mailing.pk}/recipients?hint=gmial.com" in page
    names = browser.get(f"/admin/mailings/{mailing.pk}/recipients?hint=gmial.com").text
    assert "Lead 0" in names
    assert "Lead 1" in names
    assert "Lead 2" not in names
    assert "Lead 2" in browser.get(f"/admin/mailings/{mailing.pk}/recipients?hint=roles").text


def test_an_unknown_hint_in_the_address_shows_all_recipients(mailing, ann, sign_in):
    page = sign_in(ann).get(f"/admin/mailings/{mailing.pk}/recipients?hint=%27%20or%201&state=waiting").text
    assert "Lead 3" in page


def test_a_mailing_without_such_addresses_shows_no_hints(make_lead, make_mailing, ann, sign_in):
    mailing = make_mailing([make_lead(email="eva@gmail.com")], by=ann)
    assert "Check these addresses" not in sign_in(ann).get(f"/admin/mailings/{mailing.pk}").text
