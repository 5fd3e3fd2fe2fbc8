"""Which column gets a field that several columns could have."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check import rules_by_kind
from crm.transfer.imports.columns.field_suggestion import suggest_fields
from crm.transfer.imports.columns.file_columns import ColumnContent
from tests.decisions.imports import on_paper

pytestmark = pytest.mark.usefixtures("on_paper", "rules_on_paper")

LEAD = KINDS["lead"]
EMAILS = ("ana@example.com", "dan@example.com", "eva@example.com")
PHONES = ("+40 722 111 001", "+40 722 111 002", "+40 722 111 003")
NAMES = ("Ana Pop", "Dan Rus", "Eva Nan")
LINKS = (
    "https://www.linkedin.com/in/ana",
    "https://www.linkedin.com/in/dan",
    "https://www.linkedin.com/in/eva",
)
SITES = ("https://one.example", "https://two.example", "https://three.example")


@pytest.fixture
def rules_on_paper(monkeypatch):
    """Import rules that read no database."""
    monkeypatch.setitem(rules_by_kind.RULES, "lead", on_paper.LeadRules)


@dataclass(frozen=True)
class Case:
    """`columns` are headers with their values, `fields` what they get. `guessed` are the fields that only values show, `meant` the
    headers of a recognized program."""

    columns: Mapping[str, tuple[str, ...]]
    fields: list[str]
    guessed: list[str] = field(default_factory=list)
    meant: Mapping[str, str] = field(default_factory=dict)


CASES = {
    "a known header": Case({"Email": EMAILS}, ["email"]),
    "values alone": Case({"Reach": EMAILS}, ["email"], ["email"]),
    "a known header comes before fuller values": Case({"Reach": PHONES, "Phone": PHONES[:1]}, ["", "phone"]),
    "a guess doesn't push the phone to the mobile": Case({"Reach": PHONES, "Phone": PHONES}, ["", "phone"]),
    "a guess isn't a second email": Case({"Reach": EMAILS, "Email": EMAILS[:1]}, ["", "email"]),
    "a guess for a field that no header means": Case({"Reach": PHONES, "Email": EMAILS}, ["phone", "email"], ["phone"]),
    "of two guesses, the fuller": Case({"Reach": PHONES[:2], "Call": PHONES}, ["", "phone"], ["phone"]),
    "two known phones": Case({"Phone": PHONES, "Work phone": PHONES}, ["phone", "mobile"]),
    "our own header comes before another word": Case({"Work email": EMAILS, "Email": EMAILS[:1]}, ["second_email", "email"]),
    "a column without values comes last": Case({"Email": (), "Work email": EMAILS}, ["second_email", "email"]),
    "of two words, the fuller": Case({"Lead source": NAMES[:1], "Origin": NAMES}, ["", "source"]),
    "a header of the program comes before our own": Case(
        {"Phone": PHONES, "Work": PHONES}, ["mobile", "phone"], meant={"work": "phone"}
    ),
    "a header that the program doesn't read isn't guessed": Case({"Reach": EMAILS}, [""], meant={"reach": ""}),
    "a header that the program doesn't read isn't our own either": Case({"Title": NAMES}, [""], meant={"title": ""}),
    "a field that the record type lacks": Case({"Reach": NAMES}, [""], meant={"reach": "unheard"}),
    "a title that is a salutation": Case({"Title": ("Mr.", "Mrs.", "Dr.")}, [""]),
    "a title that is a job": Case({"Title": ("Buyer", "CEO", "Dr.")}, ["title"]),
    "a website that is a profile": Case({"URL": LINKS}, [""]),
    "profiles beside websites": Case({"Website": SITES, "LinkedIn": LINKS}, ["website", ""]),
    "profiles without websites": Case({"LinkedIn": LINKS, "Email": EMAILS}, ["", "email"]),
    "departments that exist here": Case({"Department": ("Sales", "Purchasing")}, ["department"]),
    "departments of the companies of the people": Case({"Department": ("Purchasing", "Finance")}, [""]),
    "a name beside its parts": Case({"Name": NAMES, "First name": NAMES, "Last name": NAMES}, ["", "first_name", "last_name"]),
    "a name beside a first name": Case({"Name": NAMES, "First name": NAMES}, ["last_name", "first_name"]),
    "a first name that is called a name": Case({"Name": ("Ana", "Dan Ion"), "Surname": ("Pop", "Rus")}, ["first_name", "last_name"]),
    "a first name in Italian": Case({"Cognome": ("Pop", "Rus"), "Nome": ("Ana", "Dan")}, ["last_name", "first_name"]),
    "a whole name beside a last name": Case({"Name": NAMES, "Surname": ("Pop", "Rus", "Nan")}, ["", "last_name"]),
    "a whole name in Spanish": Case({"Nombre": NAMES, "Ciudad": NAMES}, ["name", "city"]),
    "a name beside an empty last name": Case({"Name": NAMES, "Surname": ()}, ["name", ""]),
    "a name whose parts are empty": Case({"Name": NAMES, "First name": (), "Last name": ()}, ["name", "", ""]),
    "two fields that two columns mean each": Case(
        {"City": NAMES, "Town": NAMES[:1], "Lead source": NAMES[:1], "Origin": NAMES}, ["city", "", "", "source"]
    ),
    "two columns that are added to the description": Case(
        {"Message": NAMES, "Note": NAMES, "Email": EMAILS}, ["notes", "notes", "email"], meant={"message": "notes", "note": "notes"}
    ),
    "three emails: the first two have a field": Case(
        {"Email": EMAILS, "Work email": EMAILS, "Mail": EMAILS}, ["email", "second_email", ""],
        meant={"email": "email", "work email": "email", "mail": "email"},
    ),
    "a last name without a whole one": Case({"Last name": ("Pop", "Rus"), "City": NAMES}, ["last_name", "city"]),
    "whole names under the header of the last name": Case({"Last name": NAMES, "City": NAMES}, ["name", "city"]),
    "a whole name alone": Case({"Name": NAMES, "City": NAMES}, ["name", "city"]),
    "IDs of another program": Case({"Lead ID": ("101", "102"), "Email": EMAILS}, ["", "email"]),
    "IDs of ours": Case({"Lead ID": ("#101", "#102"), "Email": EMAILS}, ["id", "email"]),
    "IDs of ours and of another program": Case({"Lead ID": ("#101", "102"), "Email": EMAILS}, ["", "email"]),
    "a whole name beside parts of which one is empty": Case(
        {"Name": NAMES, "First name": NAMES, "Last name": ()}, ["", "first_name", "last_name"]
    ),
    "a version without an ID": Case({"Version": ("1", "2"), "Email": EMAILS}, ["", "email"]),
}  # fmt: skip


def seen(header: str, values: tuple[str, ...]) -> ColumnContent:
    column = ColumnContent(header)
    for text in values:
        column.add_cell("s", text)
    return column


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_columns_get_their_fields(case):
    columns = [seen(header, values) for header, values in case.columns.items()]
    found = suggest_fields(LEAD, columns, on_paper.ann(), case.meant)
    assert found == case.fields
    assert [column.by_values for column in columns if column.by_values] == case.guessed


def test_without_headers_the_second_column_of_phones_is_the_mobile():
    columns = [seen("", PHONES), seen("", PHONES[:2])]
    assert suggest_fields(LEAD, columns, on_paper.ann()) == ["phone", "mobile"]


# The values of a column of parent companies: numbers of another program aren't ours.
PARENTS = {
    "names": (("Omnia", "Acme"), "parent"),
    "numbers": (("101", "102"), ""),
    "both": (("Omnia", "102"), "parent"),
}


@pytest.mark.parametrize(("values", "name"), PARENTS.values(), ids=PARENTS)
def test_numbers_of_another_program_are_no_links(values, name, monkeypatch):
    monkeypatch.setitem(rules_by_kind.RULES, "company", on_paper.CompanyRules)
    columns = [seen("Name", ("Alfa", "Beta")), seen("Parent company", values)]
    assert suggest_fields(KINDS["company"], columns, on_paper.ann(of="company")) == ["name", name]
