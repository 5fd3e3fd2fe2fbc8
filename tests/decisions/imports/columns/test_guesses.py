"""Which field the values of a column show if its header says nothing, and what is never guessed."""

from dataclasses import dataclass

import pytest

from crm.transfer.imports.columns.value_suggestion import guess_field_by_values

ALL = ("email", "website", "phone")
PHONES = ("+40 722 111 001", "+40 722 111 002", "+40 264 555 601")


@dataclass(frozen=True)
class Case:
    """The values of a column with this header; `free` are the fields that no header means."""

    guessed: str
    values: tuple[str, ...]
    header: str = ""
    free: tuple[str, ...] = ALL
    kinds: str = "s"


CASES = {
    "emails": Case("email", ("a@example.com", "b@example.com", "c@example.com")),
    "an email in five isn't one": Case("email", ("a@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example", "-")),
    "four emails of five": Case("", ("a@x.example", "b@x.example", "c@x.example", "d@x.example", "-")),
    "four different emails of five": Case("email", ("a@x.example", "b@x.example", "c@x.example", "d@x.example", "A@x.example")),
    "three different emails of four": Case("", ("a@x.example", "b@x.example", "c@x.example", "c@x.example")),
    "emails, and as many other texts": Case("", ("a@example.com", "later")),
    "emails that repeat are those of colleagues": Case("", ("rep@firm.example", "rep@firm.example", "two@firm.example")),
    "emails of owners": Case("", ("a@example.com", "b@example.com"), "Record owner email"),
    "emails of users": Case("", ("a@example.com", "b@example.com"), "Assigned User Email"),
    "emails of users, in camel case": Case("", ("a@example.com", "b@example.com"), "assignedUserEmail"),
    "emails of those who added the records": Case("", ("a@example.com", "b@example.com"), "Created by email"),
    "emails of assistants": Case("", ("a@example.com", "b@example.com"), "Assistant's mail"),
    "emails with a header in Romanian": Case("email", ("a@example.com", "b@example.com"), "Adresa electronică"),
    "emails of owners, in Romanian": Case("", ("a@example.com", "b@example.com"), "Email responsabil"),
    "emails, if a header means the email": Case("", ("a@example.com", "b@example.com"), free=("phone",)),
    "one website": Case("website", ("www.one.example",)),
    "two pages of one site": Case("", ("https://one.example/a", "https://one.example/b")),
    "half of the websites on one site": Case(
        "", ("https://one.example/a", "https://one.example/b", "https://one.example/c", "https://two.example")
    ),
    "most websites without https": Case("website", ("www.one.example", "www.two.example/en", "www.three.example")),
    "websites": Case("website", ("https://one.example", "www.two.example/en", "https://three.example")),
    "profiles on LinkedIn": Case("", ("https://www.linkedin.com/in/ana", "https://linkedin.com/in/dan"), "Link"),
    "websites under the header of a social network": Case("", ("https://one.example", "https://two.example"), "Person Linkedin Url"),
    "pages of a campaign": Case("", ("https://offer.example/a", "https://offer.example/b", "https://offer.example/c"), "Seen"),
    "links with a query": Case("", ("https://one.example/?utm=1", "https://two.example/?utm=1"), "Seen"),
    "profiles in several networks": Case(
        "", ("https://x.com/ana", "https://www.facebook.com/dan", "https://instagram.com/eva"), "Link"
    ),
    "pages of portals": Case("", ("https://one.example/p/1", "https://two.example/p/2"), "Listing"),
    "photos": Case("", ("https://one.example/a.jpg", "https://two.example/b.jpg"), "Photo"),
    "phones with a calling code": Case("phone", PHONES),
    "phones with a calling code, without spaces": Case("phone", ("+40722111001", "+40722111002")),
    "phones after an apostrophe": Case("phone", ("'+40 722 111 001", "'+40 722 111 002")),
    "phones of seven digits": Case("phone", ("555-6011", "555-6012"), "Phone of the office"),
    "six digits": Case("", ("555-601", "555-602"), "Phone of the office"),
    "phones of fifteen digits": Case("phone", ("012345678901234", "012345678901235"), "Phone of the office"),
    "sixteen digits": Case("", ("0123456789012345", "0123456789012346"), "Phone of the office"),
    "phones of another country of the company": Case("phone", ("030 901820", "030 901821")),
    "phones of the country": Case("phone", ("0722 111 001", "0264-555-601", "(0264) 555 602")),
    "digits without separators": Case("", ("0722111001", "0722111002", "0722111003")),
    "digits without separators under a header of phones": Case("phone", ("0722111001", "0722111002"), "Telefonul de la birou"),
    "numbers of clients": Case("", ("00100231", "00100232", "00100233"), "Client no"),
    "faxes": Case("", PHONES, "Business Fax"),
    "faxes, in camel case": Case("", PHONES, "faxNumber"),
    "pagers": Case("", PHONES, "Pager"),
    "phones in a messenger": Case("", PHONES, "WhatsApp"),
    "phones of assistants": Case("", PHONES, "Asst Phone"),
    "types of phones": Case("", PHONES, "Phone type"),
    "dates with the day first": Case("", ("31.12.2026", "05.01.2027", "28.02.2027"), "Expirare contract"),
    "dates with the year first": Case("", ("2026-12-31", "2027-01-05"), "Ends"),
    "dates with slashes": Case("", ("01/02/1980", "03/04/1985"), "Born"),
    "dates of calls": Case("", ("31.12.2026", "05.01.2027"), "Last phone call"),
    "cells that are dates": Case("", ("2026-12-31", "2027-01-05"), kinds="d"),
    "years of a contract": Case("", ("2024-2025", "2025-2026"), "Period"),
    "amounts": Case("", ("1 250 000", "430 000"), "Turnover"),
    "amounts with decimals": Case("", ("1.250.000,00", "430.000,50")),
    "amounts below zero": Case("", ("(1 234 567)", "(430 000)")),
    "amounts with a sign": Case("", ("+1 250 000", "-430 000")),
    "numbers of cards": Case("", ("4242 4242 4242 4242", "4242 4242 4242 4243")),
    "numbers of SIM cards": Case("", ("8940 0101 2345 6789 012", "8940 0101 2345 6789 013"), "GSM SIM"),
    "serial numbers": Case("", ("012-345-671", "012-345-672"), "Device"),
    "phones, if a header means the phone": Case("", PHONES, free=("email",)),
    "texts": Case("", ("Ana", "Dan")),
    "no values": Case("", ()),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_field_that_values_show(case):
    cells = [(case.kinds, text) for text in case.values]
    assert guess_field_by_values(case.header, cells, case.free, ["RO", "DE"]) == case.guessed
