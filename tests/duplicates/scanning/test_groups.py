"""The scan for duplicates: what counts as the same, and who sees which groups."""

import pytest

from duplicates.models import Scan
from tests.duplicates.conftest import groups_of

NO = {"company": "", "email": "", "phone": ""}
PHONE = "+40722123456"


def test_leads_and_contacts_with_the_same_email_are_one_group(make_lead, make_contact, scanned, ada):
    make_lead("Ana", **NO | {"email": "Ana@Omnia.example"})
    make_lead("Anna", **NO | {"email": "ana@omnia.example"})
    make_contact("Ana Pop", email="other@omnia.example", second_email="ANA@omnia.example")
    make_lead("Else", **NO | {"email": "else@omnia.example"})
    assert scanned(ada) == [["Ana", "Anna", "Ana Pop"]]
    assert Scan.objects.get().records == 4


def test_the_second_email_of_a_role_says_nothing_about_who_it_is(make_lead, scanned, ada):
    make_lead("Ana", **NO | {"email": "ana@omnia.example", "second_email": "office@omnia.example"})
    make_lead("Dora", **NO | {"email": "dora@omnia.example", "second_email": "Office@omnia.example"})
    assert scanned(ada) == []
    make_lead("Else", **NO | {"email": "info@omnia.example"})
    make_lead("Elsa", **NO | {"email": "info@omnia.example"})
    assert scanned(ada) == [["Else", "Elsa"]]


def test_a_user_sees_no_trace_of_records_out_of_their_scope(make_lead, scanned, departments, ann, carla, ada):
    """The hidden one shares an email with one visible lead and a phone with another: they aren't duplicates of each other."""
    make_lead("Ana", **NO | {"email": "ana@omnia.example"})
    make_lead("Dora", **NO | {"phone_normal": PHONE})
    hidden = {"email": "ana@omnia.example", "phone_normal": PHONE, "department": departments.export}
    make_lead("Hidden", **NO | hidden)
    assert scanned(ada) == [["Ana", "Dora", "Hidden"]]
    assert groups_of(ann) == groups_of(carla) == []


def test_records_in_trash_and_converted_leads_take_no_part(make_lead, make_contact, scanned, ada, in_trash):
    contact = make_contact("Ana Pop", email="ana@omnia.example")
    make_lead("Ana Pop", **NO | {"email": "ana@omnia.example", "client_contact": contact})
    in_trash(make_lead("Ana P", **NO | {"email": "ana@omnia.example"}))
    assert scanned(ada) == []


def test_a_record_that_went_to_trash_since_the_scan_is_not_shown(make_lead, scanned, ada, in_trash):
    make_lead("Ana", **NO | {"email": "ana@omnia.example"})
    gone = make_lead("Anna", **NO | {"email": "ana@omnia.example"})
    assert scanned(ada) == [["Ana", "Anna"]]
    in_trash(gone)
    assert groups_of(ada) == []


def test_a_phone_of_a_switchboard_joins_no_one(make_lead, scanned, ada, monkeypatch):
    monkeypatch.setattr("duplicates.scanning.scan.PARTS", _with_most(2))
    for name in ("Ana", "Dora", "Else"):
        make_lead(name, **NO | {"phone_normal": PHONE})
    assert scanned(ada) == []
    assert Scan.objects.get().large == 1


def _with_most(most: int):
    from dataclasses import replace

    from duplicates.scanning.exact_matches import PARTS

    return [replace(part, most=most) for part in PARTS]


@pytest.mark.parametrize("free", [True, False])
def test_companies_share_a_domain_unless_it_is_one_of_free_mailboxes(make_company, scanned, ada, free):
    domain = "gmail.com" if free else "omnia.example"
    make_company("Omnia", domain=domain)
    make_company("Zeta", domain=f"www.{domain}")
    assert scanned(ada) == ([] if free else [["Omnia", "Zeta"]])


def test_a_company_is_no_duplicate_of_its_people(make_company, make_contact, scanned, ada):
    company = make_company("Omnia", phone_normal=PHONE)
    make_contact("Ana Pop", company=company, phone_normal=PHONE)
    assert scanned(ada) == []
