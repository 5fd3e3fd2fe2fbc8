"""Which field the header of a column means, in the spellings of people and programs."""

from dataclasses import dataclass

import pytest

from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.header_words import (
    HeaderCertainty,
    get_headers,
    get_headers_without_field,
)
from crm.transfer.imports.sheet_contents import ActivityImport, TaskImport, find_work_import
from tests.decisions.imports.on_paper import ann

pytestmark = pytest.mark.usefixtures("on_paper")
OWN, WORD, PART = HeaderCertainty.OWN, HeaderCertainty.WORD, HeaderCertainty.PART


@dataclass(frozen=True)
class Case:
    """`surely` is how sure the header is, `of` the record type."""

    header: str
    field: str
    surely: HeaderCertainty = WORD
    of: str = "lead"


CASES = {
    "our own header": Case("Postal code", "zip", OWN),
    "our own header in Romanian": Case("Prenume", "first_name", OWN),
    "another word": Case("Designation", "title"),
    "with marks": Case("E-Mail*", "email", OWN),
    "snake case": Case("job_title", "title"),
    "camel case": Case("jobTitle", "title"),
    "without spaces": Case("jobtitle", "title"),
    "camel case of two words": Case("emailAddress", "email"),
    "camel case of three words": Case("mobilePhoneNumber", "mobile"),
    "with a remark of a form": Case("Phone number (recommended)", "phone"),
    "without spaces, with a remark": Case("jobtitle (work)", "title", PART),
    "with a time zone": Case("Created (UTC)", "created_at"),
    "with the time zone of Bucharest": Case("Data creării (EET)", "created_at"),
    "with the time zone of New York": Case("Created (EDT)", "created_at"),
    "a number of a mobile phone": Case("Mobile no.", "mobile"),
    "a part of a name, as Gravity Forms writes it": Case("Name (First)", "first_name"),
    "the last part of a name, as Gravity Forms writes it": Case("Name (Last)", "last_name"),
    "a field of Contact Form 7": Case("your-email", "email", PART),
    "the message of Contact Form 7": Case("your-message", "description", PART),
    "the subject of Contact Form 7": Case("your-subject", ""),
    "an estimate with its sign": Case("Est. value (£)", "value"),
    "an estimate in Romanian": Case("Valoare estimată (RON)", "value", PART),
    "a mobile phone in German": Case("Mobiltelefon", "mobile"),
    "a business phone in German": Case("Telefon geschäftlich", "phone"),
    "a street of a business in German": Case("Straße geschäftlich", "address"),
    "a private phone in German": Case("Telefon privat", ""),
    "an email in French": Case("Courriel", "email"),
    "a postal code in French": Case("Code postal", "zip"),
    "an amount in Spanish": Case("Importe", "value"),
    "a last name in Hungarian": Case("Vezetéknév", "last_name"),
    "the owner of a contact in HubSpot in Romanian": Case("Proprietarul persoanei de contact", "owner"),
    "a company in French": Case("Raison sociale", "name", of="company"),
    "a tax ID in Italian": Case("Partita IVA", "tax_id", of="company"),
    "a probability of a deal": Case("Prob.", "probability", of="deal"),
    "with another remark": Case("Phone (assistant)", ""),
    "with the kind of phone": Case("Phone(office main)", "phone", PART),
    "another phone": Case("Phone (home)", ""),
    "the name beside an email": Case("Email name", ""),
    "with the type of the column": Case("Email (email)", "email", PART),
    "a date with a remark": Case("Status (date)", ""),
    "a name with a remark": Case("Name (company)", ""),
    "an amount with its currency": Case("Amount (EUR)", "value", PART),
    "an amount with another remark": Case("Amount (weighted)", ""),
    "the first of several": Case("Street Address 1", "address", PART),
    "the second of several": Case("Email Address 2", "second_email", PART),
    "the second line of an address": Case("Street Address 2", ""),
    "the first of several dates": Case("Date 1", ""),
    "a name of a list": Case("Stage name", "status", PART),
    "a label of a list": Case("source_label", "source", PART),
    "alternatives": Case("Town/City", "city", PART),
    "alternatives that mean different fields": Case("Email/Phone", ""),
    "of a person": Case("Attendee email", "email", PART),
    "of a person, in camel case": Case("customerCity", "city", PART),
    "of a company of a lead": Case("Company phone", ""),
    "of the owner": Case("Lead Owner Email", ""),
    "a part that isn't about a person": Case("Contact type", ""),
    "a date of a person": Case("Client date", ""),
    "the mobile phone of HubSpot": Case("Mobile Phone Number", "mobile"),
    "the company of Google Contacts": Case("Organization 1 - Name", "company"),
    "the email of Google Contacts": Case("E-mail 1 - Value", "email"),
    "the user of SuiteCRM": Case("assigned_user_name", "owner"),
    "the city of SuiteCRM": Case("primary_address_city", "city"),
    "a first name in Arabic": Case("الاسم الأول", "first_name"),
    "the owner of an account isn't that of a lead": Case("Account Owner", ""),
    "the owner of an account": Case("Account Owner", "owner", of="company"),
    "the name of an account": Case("Account Name", "name", of="company"),
    "the city of a company": Case("Company city", "city", PART, of="company"),
    "the company of a contact": Case("Account Name", "company", of="contact"),
    "the company of a deal": Case("Account Name", "company", of="deal"),
    "the contact of a deal": Case("Contact Name", "contact", of="deal"),
    "a potential": Case("Potential Name", "name", of="deal"),
    "the owner of a potential": Case("Potential Owner", "owner", of="deal"),
    "the owner of a deal": Case("Deal Owner", "owner", of="deal"),
    "the amount of a potential": Case("Potential Amount", "value", PART, of="deal"),
    "the website of a contact is no field": Case("Website", "", of="contact"),
    "nothing": Case("", ""),
    "marks alone": Case("#", ""),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_header_means(case):
    found, surely = get_headers(KINDS[case.of], ann(of=case.of)).find_meaning(case.header)
    assert found == case.field
    assert not found or surely == case.surely


# Headers of contacts, and what these lack.
LACKING = {
    "Website URL": "website",
    "websiteUrl": "website",
    "Mailing Street": "address",
    "Contact City": "city",
    "Cod poștal": "zip",
    "Notes": "description",
    "Email": "",
    "Fax": "",
}


@pytest.mark.parametrize(("header", "field"), LACKING.items(), ids=LACKING)
def test_a_header_means_what_contacts_lack(header, field):
    assert get_headers_without_field(KINDS["contact"]).find_field(header) == field


# The headers of a sheet, and whether it has tasks or activities.
SHEETS = {
    "leads": (["Last name", "Email", "City"], None),
    "tasks of ours": (["Task ID", "Version", "Record type", "Record", "Title"], TaskImport),
    "tasks of another program": (["Subject", "Due date", "Related to", "Status"], TaskImport),
    "activities of ours": (["Activity ID", "Type", "When", "Text", "Lead ID"], ActivityImport),
    "nothing": ([], None),
}


@pytest.mark.parametrize(("heads", "rules"), SHEETS.values(), ids=SHEETS)
def test_what_a_sheet_has(heads, rules):
    found = find_work_import(KINDS["lead"], ann(), heads)
    assert found is None if rules is None else type(found) is rules
