"""The fields of companies: domains are tidied and validated everywhere, and everything that a form has is in files and
the API."""

import io
import re

import openpyxl
import pytest

from crm.models import Import
from customers.companies.kind import COMPANY
from customers.models import Company
from tests.api.conftest import Program, make_token
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, verdicts, work, workbook

LIST = "/admin/companies"
GIVEN = {
    "name": "Omnia",
    "domain": "omnia.example",
    "other_domains": "omnia.test, mail.omnia.example",
    "tax_id": "RO30400100",
    "website": "https://omnia.example",
    "address": "Strada Horea 1",
    "zip": "400174",
    "city": "Cluj-Napoca",
    "state": "Cluj",
    "description": "Makes steel.",
}


@pytest.fixture
def omnia(make_company):
    return make_company(**GIVEN)


def add(browser, departments, **values):
    return browser.post(f"{LIST}/new", {"name": "Omnia", "department": departments.sales.pk, **values})


def test_domains_are_stored_in_lower_case_without_the_rest_of_an_address(ann, departments, sign_in):
    add(
        sign_in(ann),
        departments,
        domain=" HTTPS://www.Omnia.Example/contact?x=1",
        other_domains="Omnia.TEST; www.mail.omnia.example\nomnia.test ,",
    )
    company = Company.objects.get()
    assert company.domain == "omnia.example"
    assert company.other_domains == "omnia.test, mail.omnia.example"
    assert company.domains == ["omnia.example", "omnia.test", "mail.omnia.example"]


def test_each_domain_is_validated(ann, departments, sign_in):
    browser = sign_in(ann)
    for name, text, sentence in [
        ("domain", "no domain", "Enter a domain like example.com."),
        ("domain", "a.example, b.example", "Enter a domain like example.com."),
        (
            "other_domains",
            "a.example, nodomain",
            "“nodomain” isn’t a domain. Enter domains like example.com, separated by commas.",
        ),
        (
            "other_domains",
            " ".join(f"a{number}.example" for number in range(31)),
            "Enter at most 30 domains.",
        ),
    ]:
        answer = add(browser, departments, **{name: text})
        assert answer.context["form"].errors == {name: [sentence]}
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("q=omnia.test", True),
        ("q=RO30400100", True),
        ("q=horea", True),
        ("other_domains.contains=OMNIA.TEST", True),
        ("other_domains.empty=yes", False),
        ("tax_id.is=ro30400100", True),
        ("city.is=CLUJ-NAPOCA", True),
        ("state.contains=luj", True),
        ("zip.starts=4001", True),
        ("website.contains=omnia", True),
        ("description.contains=steel", True),
        ("parent.empty=yes", True),
        ("parent.filled=yes", False),
        ("city.is=Iași", False),
    ],
)
def test_every_field_is_searched_or_filtered(omnia, ann, sign_in, query, matches):
    page = sign_in(ann).get(f"{LIST}?{query}").text
    assert (re.search(rf"{LIST}/{omnia.pk}\b", page) is not None) == matches


def test_the_page_shows_them(omnia, ann, sign_in):
    page = sign_in(ann).get(f"{LIST}/{omnia.pk}").text
    for text in GIVEN.values():
        assert text in page


def test_companies_are_found_by_any_of_their_domains(omnia, make_company):
    make_company("Alba", domain="alba.example")
    assert list(Company.objects.with_domains(["mail.omnia.example", "nothing.example"])) == [omnia]
    assert set(Company.objects.with_domains(["omnia.example", "alba.example"])) == set(Company.objects.all())


def test_programs_read_and_write_every_field(omnia, ada, make_company):
    program = Program(make_token(ada), "Authorization", "Bearer ")
    address = f"/api/v2/companies/{omnia.pk}"
    read = program.get(address)
    assert {name: read[name] for name in GIVEN} == GIVEN
    sent = {"other_domains": "New.Omnia.example", "city": "Iași", "parent": make_company("Holding").pk}
    program.patch(address, sent)
    read = program.get(address)
    assert (read["other_domains"], read["city"], read["parent"]) == (
        "new.omnia.example",
        "Iași",
        sent["parent"],
    )
    answer = program.patch(address, {"other_domains": "nodomain"}, expect=None)
    assert program.last.status_code == 422
    assert "isn’t a domain" in str(answer)


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_what_is_exported_is_imported_again(omnia, ann, sign_in):
    browser = sign_in(ann)
    data = b"".join(
        browser.post(f"{LIST}/export/write?all=1", {"columns": "all", "format": "xlsx"}).streaming_content
    )
    head, row = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    cells = dict(zip(head, row, strict=True))
    assert (cells["Other domains"], cells["Tax ID"]) == (GIVEN["other_domains"], GIVEN["tax_id"])
    cells |= {"Other domains": "WWW.Other.example", "City": "Iași"}
    wrong = dict.fromkeys(head) | {"Name": "Alba", "Other domains": "nodomain"}
    new = dict.fromkeys(head) | {"Name": "Boreal", "Domain": "https://Boreal.example", "Tax ID": "DE1"}
    file = io.BytesIO(workbook([head, *([one[name] for name in head] for one in (cells, wrong, new))]))
    file.name = "companies.xlsx"
    browser.post(f"{LIST}/import", {"file": file})
    work()
    imported = choose(browser, Import.objects.get(), "columns")
    assert verdicts(imported) == {"changed": 1, "new": 1, "error": 1}
    assert "isn’t a domain" in browser.get(f"/admin/imports/{imported.pk}/plan").text
    apply(browser, answer_plan(browser, imported))
    omnia.refresh_from_db()
    assert (omnia.other_domains, omnia.city, omnia.tax_id) == ("other.example", "Iași", GIVEN["tax_id"])
    boreal = Company.objects.get(name="Boreal")
    assert (boreal.domain, boreal.domains, boreal.tax_id) == ("boreal.example", ["boreal.example"], "DE1")


def test_a_lead_and_a_company_call_the_same_fields_the_same(db):
    from leads.kind import LEAD

    for name in ("phone", "website", "address", "zip", "city", "state", "country", "description", "tags"):
        assert COMPANY.get_label(name) == LEAD.get_label(name)
