"""Matching: which company, contact or lead is meant."""

import pytest

from crm.records.history.verb_execution import operation
from customers.models import Company, Contact
from customers.record_matching import KnownFacts, get_matches, get_suggestions_by_kind


@pytest.fixture
def omnia(make_company, bob):
    return make_company("Omnia", domain="omnia.example", owner=bob)


def reasons(facts, user, kind="company"):
    return [(match.record, list(match.reasons)) for match in get_suggestions_by_kind(facts, user)[kind]]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (KnownFacts(website="https://www.omnia.example/about"), ["domain"]),
        (KnownFacts(website="OMNIA.example"), ["domain"]),
        (KnownFacts(emails=("ana@omnia.example",)), ["domain"]),
        (KnownFacts(company="ÓMNIA"), ["company_name"]),
        (KnownFacts(company="Omnia", emails=("x@omnia.example",)), ["domain", "company_name"]),
    ],
)
def test_a_company_is_found_by_domain_or_folded_name(facts, why, omnia, ann):
    assert reasons(facts, ann) == [(omnia, why)]


def test_a_company_is_found_by_phone(make_company, ann, bob):
    company = make_company("Vega", phone="+40 722 123 456", phone_normal="+40722123456", owner=bob)
    assert reasons(KnownFacts(phones=("+40722123456",)), ann) == [(company, ["phone"])]


def test_the_domain_of_a_free_mailbox_matches_no_company(make_company, ann, bob):
    make_company("Mail", domain="gmail.com", owner=bob)
    assert reasons(KnownFacts(emails=("ana@gmail.com",), website="gmail.com"), ann) == []


def test_a_contact_is_found_by_either_email_and_either_phone(make_contact, ann, bob):
    ana = make_contact("Ana Albu", owner=bob, second_email="ana@x.example", mobile_normal="+40722000000")
    assert reasons(KnownFacts(emails=("ANA@x.example",)), ann, "contact") == [(ana, ["email"])]
    assert reasons(KnownFacts(phones=("+40722000000",)), ann, "contact") == [(ana, ["phone"])]
    assert reasons(KnownFacts(name="ana albu"), ann, "contact") == [(ana, ["name"])]


def test_the_best_match_comes_first(make_contact, ann, bob):
    by_name = make_contact("Ana Albu", owner=bob)
    by_email = make_contact("Ana A.", owner=bob, email="ana@x.example")
    found = reasons(KnownFacts(name="Ana Albu", emails=("ana@x.example",)), ann, "contact")
    assert [record for record, _why in found] == [by_email, by_name]


def test_a_match_that_the_user_cannot_see_does_not_exist(omnia, dan):
    assert reasons(KnownFacts(website="omnia.example"), dan) == []


def test_a_match_in_trash_does_not_exist(omnia, ann):
    with operation("test", by=None):
        Company.objects.filter(pk=omnia.pk).update(deleted_at="2026-01-01T00:00Z")
    assert reasons(KnownFacts(website="omnia.example"), ann) == []


@pytest.mark.parametrize("website", ["http://[", "://", "not a site", "http://\0", "[::1", "x" * 500])
def test_a_website_that_is_no_url_matches_nothing(website, omnia, ann):
    assert reasons(KnownFacts(website=website), ann) == []


def test_many_are_looked_up_with_as_many_queries_as_one(make_contact, ann, bob, django_assert_num_queries):
    make_contact("Ana Albu", owner=bob, email="ana@x.example")
    one = KnownFacts("Ana Albu", "Omnia", ("ana@x.example",), ("+40722000000",))
    get_matches([one], Contact, ann)
    with django_assert_num_queries(7):
        get_matches([one], Contact, ann)
    with django_assert_num_queries(7):
        found = get_matches([one] * 300, Contact, ann)
    assert len(found) == 300
    assert all(list(by_pk.values()) == [{"email", "name"}] for by_pk in found)
