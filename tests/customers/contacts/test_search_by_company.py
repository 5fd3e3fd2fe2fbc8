"""Search finds contacts by the name of their company."""

import pytest

from crm.records.history.verb_execution import operation
from crm.records.listing.search import linked_name_search, search
from customers.models import Company

LIST = "/admin/contacts"


@pytest.fixture
def people(make_company, make_contact):
    """Ana and Vera work at Omnia, Ana Novák elsewhere."""
    omnia = make_company("Omnia Steel SRL", domain="quark.example", city="Brașov")
    make_contact("Ana Albu", company=omnia)
    make_contact("Vera Ion", company=omnia)
    make_contact("Ana Novák", company=make_company("Alba"))
    return omnia


def found(browser, text: str) -> set[str]:
    page = browser.get(LIST, {"q": text}).text
    return {name for name in ("Ana Albu", "Vera Ion", "Ana Novák") if name in page}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Omnia", {"Ana Albu", "Vera Ion"}),
        ("omn", {"Ana Albu", "Vera Ion"}),
        ("Omnia Steel SRL", {"Ana Albu", "Vera Ion"}),
        ("Ana Omnia", {"Ana Albu"}),
        ("omnia steel vera", {"Vera Ion"}),
        ("Ana Albu Omnia SRL", {"Ana Albu"}),
        ("Ana", {"Ana Albu", "Ana Novák"}),
        ("Omnia Novák", set()),
        # Only by its name: people aren’t found by the domain or the city of their company.
        ("quark", set()),
        ("Brasov", set()),
    ],
)
def test_contacts_are_found_by_the_name_of_their_company(people, ann, sign_in, text, names):
    assert found(sign_in(ann), text) == names


def test_a_new_name_of_the_company_counts_at_once(people, ann, sign_in):
    browser = sign_in(ann)
    with operation("test", by=None):
        Company.objects.filter(pk=people.pk).update(name="Boreal")
    assert found(browser, "Omnia") == set()
    assert found(browser, "Boreal") == {"Ana Albu", "Vera Ion"}


def test_the_palette_finds_them_too(people, ann, sign_in):
    assert "Vera Ion" in sign_in(ann).get("/admin/jump?q=omnia").text


def test_many_people_of_one_company_are_found(people, ann, sign_in, monkeypatch):
    monkeypatch.setattr(search, "MOST_LOOKED_UP_RECORDS", 1)
    assert found(sign_in(ann), "Omnia") == {"Ana Albu", "Vera Ion"}
    assert found(sign_in(ann), "Omnia Vera") == {"Vera Ion"}


def test_a_name_of_too_many_companies_finds_no_people(people, make_company, ann, sign_in, monkeypatch):
    monkeypatch.setattr(linked_name_search, "MOST", 1)
    make_company("Delta SRL")
    assert found(sign_in(ann), "SRL") == set()
    assert found(sign_in(ann), "Omnia SRL") == {"Ana Albu", "Vera Ion"}


def test_people_of_a_company_that_a_user_does_not_see_are_found_by_its_name(
    people, ann, departments, sign_in
):
    """Its name is on the pages of its people anyway."""
    with operation("test", by=None):
        Company.objects.filter(pk=people.pk).update(department=departments.export)
    assert found(sign_in(ann), "Omnia") == {"Ana Albu", "Vera Ion"}
