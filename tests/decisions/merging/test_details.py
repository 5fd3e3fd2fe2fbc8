"""What is compared of a record with others: its emails, phones, domains and names, as its form has them."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from crm.records.kinds.kind_registry import KINDS
from customers.models import Company, Contact
from duplicates.record_details import (
    LONGEST,
    RecordDetails,
    build_details_from_form,
    build_details_from_forms,
    build_form_texts,
    get_personal_emails,
)
from leads.models import Lead

NOTHING = RecordDetails((), (), (), "", "")
SAVED = {
    "a lead": (
        "lead",
        Lead(first_name="Ana", last_name="Pop", company="Acme", email="ana@a.example", phone="0722", department_id=7),
        {
            "first_name": "Ana", "last_name": "Pop", "company": "Acme", "email": "ana@a.example", "second_email": "",
            "phone": "0722", "mobile": "", "website": "", "department": "7",
        },
    ),
    "a contact of a company": (
        "contact",
        Contact(last_name="Pop", company_id=5, department_id=7),
        {
            "first_name": "", "last_name": "Pop", "company": "5", "email": "", "second_email": "", "phone": "",
            "mobile": "", "department": "7",
        },
    ),
    "a contact of no company": (
        "contact",
        Contact(last_name="Pop"),
        {
            "first_name": "", "last_name": "Pop", "company": "", "email": "", "second_email": "", "phone": "",
            "mobile": "", "department": "",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize(("table", "record", "texts"), SAVED.values(), ids=SAVED)
def test_a_saved_record_is_compared_as_its_form_has_it(table, record, texts):
    assert build_form_texts(KINDS[table], record) == texts


EMAILS = {
    "one": ({"email": "ana@a.example"}, ("ana@a.example",)),
    "two": ({"email": "ana@a.example", "second_email": "pop@a.example"}, ("ana@a.example", "pop@a.example")),
    "only the second": ({"second_email": "pop@a.example"}, ("pop@a.example",)),
    "the second is one of a role": ({"email": "ana@a.example", "second_email": "office@a.example"}, ("ana@a.example",)),
    "the only one is one of a role": ({"email": "office@a.example"}, ("office@a.example",)),
    "none": ({"email": "", "second_email": None}, ()),
}  # fmt: skip


@pytest.mark.parametrize(("values", "emails"), EMAILS.values(), ids=EMAILS)
def test_which_emails_say_who_it_is(values, emails):
    assert get_personal_emails(values) == emails
    assert get_personal_emails({f"{name}_key": value for name, value in values.items()}, "_key") == emails


NAMES = {
    "two words": ("ana pop", ["ana pop", "pop ana"]),
    "three words": ("ana maria pop", ["ana maria pop", "pop ana maria"]),
    "one word": ("ana", ["ana"]),
    "the same word twice": ("ana ana", ["ana ana"]),
    "none": ("", []),
}


@pytest.mark.parametrize(("name", "names"), NAMES.values(), ids=NAMES)
def test_a_name_is_compared_in_both_orders(name, names):
    assert RecordDetails((), (), (), name, "").names == names


STARTS = {
    "a legal form after the name": ("acme srl", "acme"),
    "a legal form before the name": ("sc acme", "sc acme"),
    "no legal form": ("acme tools", "acme tools"),
    "no company": ("", ""),
}


@pytest.mark.parametrize(("company", "start"), STARTS.values(), ids=STARTS)
def test_what_the_name_of_the_same_company_starts_with(company, start):
    assert RecordDetails((), (), (), "", company).start == start


KNOWN = {
    "an email": RecordDetails(("a@a.example",), (), (), "", ""),
    "a phone": RecordDetails((), ("+40722123456",), (), "", ""),
    "a domain": RecordDetails((), (), ("a.example",), "", ""),
    "a name": RecordDetails((), (), (), "ana", ""),
    "a company": RecordDetails((), (), (), "", "acme"),
}


@pytest.mark.parametrize("details", KNOWN.values(), ids=KNOWN)
def test_something_is_known_of_a_record_with_one_detail(details):
    assert details
    assert not NOTHING


PERSON = {"first_name": "Ana", "last_name": "Pop"}
# The texts of a form, and the domains by which other records are looked up: each with and without "www.".
DOMAINS = {
    "the website of a company": ("company", {"website": "https://www.acme.example/ro"}, ["acme.example"]),
    "the domain of a company": ("company", {"domain": "acme.example"}, ["acme.example"]),
    "other domains of a company": (
        "company", {"domain": "acme.example", "other_domains": "acme.ro.example, tools.example"},
        ["acme.example", "acme.ro.example", "tools.example"],
    ),
    "the website of a company and another domain": (
        "company", {"website": "acme.example", "domain": "tools.example"}, ["acme.example", "tools.example"],
    ),
    "a lead without a person": ("lead", {"company": "Acme", "email": "office@acme.example"}, ["acme.example"]),
    "a lead without a person, with a website": ("lead", {"website": "acme.example"}, ["acme.example"]),
    "a person's email says who they work for": ("lead", PERSON | {"email": "ana@acme.example"}, []),
    "so does a person's website": ("lead", PERSON | {"website": "acme.example"}, []),
    "a lead with a free mailbox": ("lead", {"company": "Acme", "email": "acme@gmail.com"}, []),
    "a contact": ("contact", {"email": "ana@acme.example"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("table", "texts", "domains"), DOMAINS.values(), ids=DOMAINS)
def test_by_which_domains_a_record_is_looked_up(table, texts, domains, ann):
    found = build_details_from_form(table, texts, ann).domains
    assert found == tuple(key for domain in domains for key in (domain, f"www.{domain}"))


def test_the_texts_of_a_form_as_they_are_compared(ann):
    texts = {
        "first_name": " Ána ", "last_name": "Pop\0", "company": "ACME SRL", "email": "Ana@A.example",
        "second_email": "office@a.example", "phone": "0722 123 456", "mobile": "+40 722 123 456", "birthday": date(2000, 1, 1),
    }  # fmt: skip
    found = build_details_from_form("lead", texts, ann)
    assert found == RecordDetails(("ana@a.example",), ("+40722123456",), (), "ana pop", "acme srl")


def test_a_longer_text_than_a_name_is_cut(ann):
    found = build_details_from_form("company", {"domain": "x" * LONGEST + ".example"}, ann)
    assert found.domains == ()


# The department of a form, in whose country a phone without a country code is.
COUNTRIES = {
    "the department in Romania": ("sales", "+40722123456"),
    "the department in Germany": ("export", "+49722123456"),
    "no department: that of the user": ("", "+40722123456"),
}


@pytest.mark.parametrize(("name", "phone"), COUNTRIES.values(), ids=COUNTRIES)
def test_in_which_country_a_phone_is(name, phone, ann, departments):
    department = str(getattr(departments, name).pk) if name else ""
    rows = [
        {"phone": "0722 123 456", "department": department},
        {"phone": "0722 123 456"},
        {"email": "a@a.example"},
    ]
    found = build_details_from_forms("lead", rows, ann)
    assert [details.phones for details in found] == [(phone,), ("+40722123456",), ()]


def test_a_user_without_a_department_has_no_country(db, departments):
    nowhere: Any = SimpleNamespace(department_ids=[])
    assert build_details_from_form("lead", {"phone": "0722 123 456"}, nowhere).phones == ()


def test_a_contact_is_compared_with_the_name_of_a_company_that_the_user_sees(
    bob, dan, departments, make_company
):
    acme, gone = make_company("Acme", owner=bob), make_company("Gone", owner=bob, deleted_at=timezone.now())
    hidden = make_company("Hidden", owner=dan, department=departments.export)
    assert Company.objects.count() == 3
    texts = [str(acme.pk), f"Acme (#{acme.pk})", str(gone.pk), str(hidden.pk), "Acme", ""]
    found = build_details_from_forms("contact", [{"company": text} for text in texts], bob)
    assert [details.company for details in found] == ["acme", "acme", "", "", "", ""]
