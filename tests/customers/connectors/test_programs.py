"""Exports of contacts, companies and deals of other programs: recognized, mapped, and imported with owners and stages."""

from datetime import date
from decimal import Decimal

import pytest

from crm.models import CustomField
from crm.transfer.imports.columns.program_exports import find_program
from customers.models import Company, Contact, Deal
from tests.crm.transfer.imports import importing
from tests.examples import one_in
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

PERSON = {"first_name", "last_name", "email", "phone", "title", "company", "owner"}
PLACE = {"name", "website", "phone", "address", "city", "zip", "country", "owner"}
DEAL = {"name", "status", "value", "expected_close", "company", "owner"}
CONTACTS = [
    ("HubSpot", {"Record ID": "50{n}", "First Name": "Ana{n}", "Last Name": "Popescu", "Email": "ana{n}@example.com",
                 "Phone Number": "+40 722 123 45{n}", "Job Title": "Buyer", "Contact owner": "bob@example.com",
                 "Associated Company": "Acme"}, PERSON),
    ("Pipedrive", {"Person - ID": "50{n}", "Person - Name": "Ana{n} Popescu", "Person - Organization": "Acme",
                   "Person - Email (Work)": "ana{n}@example.com", "Person - Phone (Work)": "+40 722 123 45{n}",
                   "Person - Owner": "Bob"}, {"name", "email", "phone", "company", "owner"}),
    ("Zoho CRM", {"Record Id": "zcrm_5{n}", "Contact Owner.id": "zcrm_1", "Contact Owner": "Bob",
                  "First Name": "Ana{n}", "Last Name": "Popescu", "Account Name.id": "zcrm_9", "Account Name": "Acme",
                  "Email": "ana{n}@example.com", "Phone": "+40 722 123 45{n}", "Title": "Buyer"}, PERSON),
    ("Salesforce", {"Contact ID": "0035g00000AB{n}", "First Name": "Ana{n}", "Last Name": "Popescu",
                    "Account Name": "Acme", "Title": "Buyer", "Email": "ana{n}@example.com",
                    "Phone": "+40 722 123 45{n}", "Contact Owner": "Bob"}, PERSON),
    ("EspoCRM", {"ID": "64f1a{n}", "First Name": "Ana{n}", "Last Name": "Popescu", "Account": "Acme",
                 "Title": "Buyer", "Email": "ana{n}@example.com", "Phone": "+40 722 123 45{n}",
                 "Assigned User": "Bob"}, PERSON),
    ("EspoCRM", {"id": "64f1a{n}", "firstName": "Ana{n}", "lastName": "Popescu", "accountName": "Acme",
                 "title": "Buyer", "emailAddress": "ana{n}@example.com", "phoneNumber": "+40 722 123 45{n}",
                 "assignedUserName": "Bob"}, PERSON),
    ("Twenty", {"Id": "c776ee49-f608-4a77-8cc8-6fe96ae1e43{n}", "Name / First Name": "Ana{n}",
                "Name / Last Name": "Popescu", "Emails / Primary Email": "ana{n}@example.com",
                "Phones / Primary Phone Number": "+40 722 123 45{n}", "Job Title": "Buyer",
                "Company / Name": "Acme"}, PERSON - {"owner"}),
    ("Django CRM", {"id": "10{n}", "first_name": "Ana{n}", "last_name": "Popescu", "title": "Buyer",
                    "email": "ana{n}@example.com", "secondary_email": "ana{n}@home.example",
                    "phone": "+40 722 123 45{n}", "company": "Acme", "owner": "Bob"}, PERSON | {"second_email"}),
    ("CRM Connect", {"id": "10{n}", "userid": "4", "firstname": "Ana{n}", "lastname": "Popescu", "title": "Buyer",
                     "email": "ana{n}@example.com", "phonenumber": "+40 722 123 45{n}",
                     "datecreated": "2026-03-0{n} 10:15:00"}, PERSON - {"owner", "company"} | {"created_at"}),
]  # fmt: skip
COMPANIES = [
    ("HubSpot", {"Record ID": "70{n}", "Company name": "Acme {n}", "Company Domain Name": "acme{n}.example",
                 "Company owner": "Bob", "Phone Number": "+40 722 123 45{n}", "Website URL": "https://acme{n}.example",
                 "Street Address": "Strada Lungă {n}", "City": "Cluj", "Postal Code": "40012{n}",
                 "Country/Region": "Romania"}, PLACE | {"domain"}),
    ("Pipedrive", {"Organization - ID": "70{n}", "Organization - Name": "Acme {n}", "Organization - Owner": "Bob",
                   "Organization - Address": "Strada Lungă {n}, Cluj",
                   "Organization - Website": "https://acme{n}.example"}, {"name", "address", "website", "owner"}),
    ("Zoho CRM", {"Record Id": "zcrm_7{n}", "Account Owner": "Bob", "Account Name": "Acme {n}",
                  "Phone": "+40 722 123 45{n}", "Website": "https://acme{n}.example",
                  "Billing Street": "Strada Lungă {n}", "Billing City": "Cluj", "Billing Code": "40012{n}",
                  "Billing Country": "Romania"}, PLACE),
    ("Salesforce", {"Id": "0015g00000AB{n}", "Name": "Acme {n}", "Phone": "+40 722 123 45{n}",
                    "Website": "https://acme{n}.example", "BillingStreet": "Strada Lungă {n}", "BillingCity": "Cluj",
                    "BillingPostalCode": "40012{n}", "BillingCountry": "Romania", "OwnerId": "0055g",
                    "Owner.Name": "Bob"}, PLACE),
    ("Salesforce", {"Account ID": "0015g00000AB{n}", "Account Owner": "Bob", "Account Name": "Acme {n}",
                    "Phone": "+40 722 123 45{n}", "Website": "https://acme{n}.example",
                    "Billing Street": "Strada Lungă {n}", "Billing City": "Cluj",
                    "Billing Zip/Postal Code": "40012{n}", "Billing Country": "Romania"}, PLACE),
    ("EspoCRM", {"ID": "64f2{n}", "Name": "Acme {n}", "Website": "https://acme{n}.example",
                 "Phone": "+40 722 123 45{n}", "Billing Address Street": "Strada Lungă {n}",
                 "Billing Address City": "Cluj", "Billing Address Postal Code": "40012{n}",
                 "Billing Address Country": "Romania", "Assigned User": "Bob"}, PLACE),
    ("EspoCRM", {"id": "64f2{n}", "name": "Acme {n}", "website": "https://acme{n}.example",
                 "phoneNumber": "+40 722 123 45{n}", "billingAddressStreet": "Strada Lungă {n}",
                 "billingAddressCity": "Cluj", "billingAddressPostalCode": "40012{n}",
                 "billingAddressCountry": "Romania", "assignedUserName": "Bob"}, PLACE),
    ("Twenty", {"Id": "d776ee49-f608-4a77-8cc8-6fe96ae1e43{n}", "Name": "Acme {n}",
                "Domain Name / Link URL": "https://acme{n}.example", "Address / Address 1": "Strada Lungă {n}",
                "Address / City": "Cluj", "Address / Post Code": "40012{n}", "Address / Country": "Romania"},
     PLACE - {"phone", "owner"}),
    ("Django CRM", {"id": "10{n}", "full_name": "Acme {n}", "registration_number": "RO12{n}",
                    "website": "https://acme{n}.example", "phone": "+40 722 123 45{n}",
                    "address": "Strada Lungă {n}", "city_name": "Cluj", "country": "Romania", "owner": "Bob"},
     PLACE - {"zip"} | {"tax_id"}),
    ("CRM Connect", {"userid": "10{n}", "company": "Acme {n}", "vat": "RO12{n}", "phonenumber": "+40 722 123 45{n}",
                     "website": "https://acme{n}.example", "address": "Strada Lungă {n}", "city": "Cluj",
                     "zip": "40012{n}", "country": "Romania"}, PLACE - {"owner"} | {"tax_id"}),
    ("CRM Connect", {"#": "10{n}", "Company": "Acme {n}", "Primary Contact": "Ana", "Primary Email": "ana@example.com",
                     "Phone": "+40 722 123 45{n}", "Groups": "Key account"}, {"name", "phone", "tags"}),
]  # fmt: skip
DEALS = [
    ("HubSpot", {"Record ID": "90{n}", "Deal Name": "Lifts {n}", "Deal Stage": "Qualification", "Amount": "1200.50",
                 "Close Date": "2027-03-0{n}", "Deal owner": "Bob", "Associated Company": "Acme"}, DEAL),
    ("Pipedrive", {"Deal - ID": "90{n}", "Deal - Title": "Lifts {n}", "Deal - Stage": "Qualification",
                   "Deal - Value": "1200.50", "Deal - Currency of Value": "EUR",
                   "Deal - Expected close date": "2027-03-0{n}", "Deal - Owner": "Bob", "Deal - Organization": "Acme",
                   "Deal - Status": "Open"}, DEAL | {"currency"}),
    ("Zoho CRM", {"Record Id": "zcrm_9{n}", "Deal Owner": "Bob", "Deal Name": "Lifts {n}", "Stage": "Qualification",
                  "Amount": "1200.50", "Closing Date": "2027-03-0{n}", "Account Name": "Acme"}, DEAL),
    ("Salesforce", {"Id": "0065g00000AB{n}", "Name": "Lifts {n}", "StageName": "Qualification", "Amount": "1200.50",
                    "CloseDate": "2027-03-0{n}", "Account.Name": "Acme", "Owner.Name": "Bob"}, DEAL),
    ("Salesforce", {"Opportunity ID": "0065g00000AB{n}", "Opportunity Owner": "Bob", "Account Name": "Acme",
                    "Opportunity Name": "Lifts {n}", "Stage": "Qualification", "Amount": "1200.50",
                    "Close Date": "3/{n}/2027"}, DEAL),
    ("EspoCRM", {"ID": "64f9{n}", "Name": "Lifts {n}", "Account": "Acme", "Stage": "Qualification",
                 "Amount": "1200.50", "Close Date": "2027-03-0{n}", "Assigned User": "Bob"}, DEAL),
    ("EspoCRM", {"id": "64f9{n}", "name": "Lifts {n}", "accountName": "Acme", "stage": "Qualification",
                 "amount": "1200.50", "amountCurrency": "EUR", "closeDate": "2027-03-0{n}",
                 "assignedUserName": "Bob"}, DEAL | {"currency"}),
    ("Twenty", {"Id": "e776ee49-f608-4a77-8cc8-6fe96ae1e43{n}", "Name": "Lifts {n}", "Stage": "Qualification",
                "Amount / Amount": "1200.50", "Amount / Currency": "EUR", "Close date": "2027-03-0{n}",
                "Company / Name": "Acme", "Owner": "Bob"}, DEAL | {"currency"}),
    ("Django CRM", {"id": "10{n}", "name": "Lifts {n}", "stage": "Qualification", "amount": "1200.50",
                    "currency": "EUR", "next_step": "Call", "closing_date": "2027-03-0{n}", "company": "Acme",
                    "owner": "Bob"}, DEAL | {"currency"}),
]  # fmt: skip
FILES = [(table, *shape) for table, all_ in (("contacts", CONTACTS), ("companies", COMPANIES), ("deals", DEALS)) for shape in all_]  # fmt: skip
MODELS = {"contacts": Contact, "companies": Company, "deals": Deal}


@pytest.fixture
def browser(sign_in, ada, cast, make_company):
    make_company("Acme")
    return sign_in(ada)


def rows_of(shape, *numbers, **changed) -> list:
    return [
        [*shape],
        *([changed.get(head, text).format(n=n) for head, text in shape.items()] for n in numbers),
    ]


def checked(browser, imported):
    imported = importing.choose(browser, imported, "columns")
    return importing.choose(browser, imported, "values") if imported.unknown else imported


@pytest.mark.parametrize(("table", "program", "shape", "fields"), one_in(7, FILES))
@pytest.mark.hard
def test_an_export_is_recognized_imported_and_unchanged_the_second_time(
    monkeypatch, browser, bob, table, program, shape, fields
):
    monkeypatch.setattr(importing, "NEW", f"/admin/{table}/import")
    rows = rows_of(shape, 1, 2, 3)
    imported = importing.upload(browser, rows)
    assert f"This looks like an export of {program}." in close_up(
        importing.shown(browser, imported, "columns").text
    )
    assert fields <= set(imported.mapping)
    assert imported.new_fields[str(imported.mapping.index("new_0"))]["name"] == f"{program} ID"
    imported = checked(browser, imported)
    assert importing.verdicts(imported) == {"new": 3}
    importing.apply(browser, imported)
    assert CustomField.objects.get().name == f"{program} ID"
    added = MODELS[table].objects.order_by("-pk")[:3]
    if "owner" in fields:
        assert {row.owner for row in added} == {bob}
    again = checked(browser, importing.upload(browser, rows, "later.xlsx"))
    page = close_up(importing.shown(browser, again, "plan").text)
    assert f"Compared with the last import from {program}: 0 new, 0 changed, 3 unchanged." in page


def test_deals_keep_their_stage_amount_and_day(monkeypatch, browser, statuses):
    monkeypatch.setattr(importing, "NEW", "/admin/deals/import")
    shape = DEALS[4][1]
    importing.apply(
        browser,
        checked(browser, importing.upload(browser, rows_of(shape, 1, 2, **{"Close Date": "3/2{n}/2027"}))),
    )
    deal = Deal.objects.get(name="Lifts 1")
    assert (deal.status, deal.value, deal.expected_close) == (
        statuses.qualification,
        Decimal("1200.50"),
        date(2027, 3, 21),
    )
    assert deal.company.name == "Acme"


@pytest.mark.parametrize(
    ("table", "headings", "program"),
    [
        # The headers of Zoho CRM and of HubSpot in one file.
        ("deal", ["Record ID", "Deal Name", "Deal Owner", "Stage", "Closing Date", "Deal Stage"], "Zoho CRM"),
        (
            "contact",
            [
                "Record ID",
                "First Name",
                "Last Name",
                "Contact owner",
                "Job Title",
                "Phone Number",
                "Account Name",
            ],
            "HubSpot",
        ),
    ],
)
def test_headers_of_two_programs_are_those_of_the_program_that_has_more_of_them(table, headings, program):
    assert find_program(table, headings).name == program


ACCOUNTS = {"Id": "0015g00000AB{n}", "Name": "Acme {n}", "BillingCity": "Cluj", "OwnerId": "0055g00000XY"}
PEOPLE = {
    "Id": "0035g00000AB{n}",
    "AccountId": "0015g00000AB{n}",
    "FirstName": "Ana{n}",
    "LastName": "Popescu",
    "OwnerId": "0055g00000XY",
}


def test_ids_of_users_and_companies_are_read_if_the_file_names_them_in_no_other_way(
    monkeypatch, browser, bob
):
    monkeypatch.setattr(importing, "NEW", "/admin/companies/import")
    imported = importing.choose(browser, importing.upload(browser, rows_of(ACCOUNTS, 1, 2)), "columns")
    # The ID of a user means nothing here: the importer says once who that is.
    assert imported.unknown == {"owner": [["0055g00000XY", 2]]}
    imported = importing.decide(browser, imported, owner={"0055g00000XY": str(bob.pk)})
    importing.apply(browser, imported)
    monkeypatch.setattr(importing, "NEW", "/admin/contacts/import")
    imported = importing.choose(browser, importing.upload(browser, rows_of(PEOPLE, 1, 2)), "columns")
    importing.apply(browser, importing.decide(browser, imported, owner={"0055g00000XY": str(bob.pk)}))
    found = Contact.objects.order_by("first_name").values_list("first_name", "company__name", "owner")
    assert list(found) == [("Ana1", "Acme 1", bob.pk), ("Ana2", "Acme 2", bob.pk)]


def test_ids_of_companies_are_skipped_before_the_companies_are_imported(monkeypatch, browser):
    monkeypatch.setattr(importing, "NEW", "/admin/contacts/import")
    imported = importing.upload(browser, rows_of(PEOPLE, 1, 2))
    assert "company" not in imported.mapping
    assert "owner" in imported.mapping


def test_one_id_in_two_record_types_means_two_records(monkeypatch, browser):
    shape = {"Record ID": "{n}", "Company name": "Acme {n}", "Company owner": "Bob"}
    monkeypatch.setattr(importing, "NEW", "/admin/companies/import")
    importing.apply(browser, checked(browser, importing.upload(browser, rows_of(shape, 1, 2))))
    shape = {"Record ID": "{n}", "First Name": "Ana{n}", "Last Name": "Popescu", "Contact owner": "Bob"}
    monkeypatch.setattr(importing, "NEW", "/admin/contacts/import")
    importing.apply(browser, checked(browser, importing.upload(browser, rows_of(shape, 1, 2))))
    fields = CustomField.objects.values_list("table_of", "name").order_by("table_of")
    assert list(fields) == [("company", "HubSpot ID"), ("contact", "HubSpot ID")]
    assert (Contact.objects.count(), Company.objects.count()) == (2, 3)


def test_the_status_of_a_deal_in_pipedrive_says_how_to_import_won_and_lost_deals(
    monkeypatch, browser, statuses
):
    monkeypatch.setattr(importing, "NEW", "/admin/deals/import")
    shape = DEALS[1][1]
    imported = importing.upload(browser, rows_of(shape, 1, 2))
    assert (
        "Import won and lost deals from a separate file" in importing.shown(browser, imported, "columns").text
    )
    place = list(shape).index("Deal - Status")
    closed = importing.upload(browser, rows_of(shape, 1, 2, **{"Deal - Status": "Won"}), "won.xlsx")
    stage = list(shape).index("Deal - Stage")
    closed = importing.choose(
        browser, closed, "columns", **{f"column_{place}": "status", f"column_{stage}": ""}
    )
    importing.apply(browser, importing.choose(browser, closed, "values") if closed.unknown else closed)
    assert {deal.status.kind for deal in Deal.objects.all()} == {"won"}
