"""Several emails or phones in one cell: which ones it has, and where the second and the third go."""

from dataclasses import dataclass

import pytest

from crm.platform.excel.parsing.emails_and_phones import add_calling_code, split_emails, split_phones
from tests.decisions.imports.on_paper import added, changed

pytestmark = pytest.mark.usefixtures("on_paper")

PHONES = {
    "one phone": ("+40 722 111 001", ["+40 722 111 001"]),
    "three colons": ("+40722111001 ::: +40722111002", ["+40722111001", "+40722111002"]),
    "a slash between two phones": ("0722 111 003 / 0722 111 004", ["0722 111 003", "0722 111 004"]),
    "a slash within a phone": ("021/310 10 10", ["021/310 10 10"]),
    "a slash and the last digits of a second phone": ("0212345678/79", ["0212345678/79"]),
    "a semicolon": ("+40722111005; +40722111006", ["+40722111005", "+40722111006"]),
    "a comma": ("0722111007, 0722111008", ["0722111007", "0722111008"]),
    "a bar": ("0722111007|0722111008", ["0722111007", "0722111008"]),
    "a line for each": ("0722111007\n0722111008", ["0722111007", "0722111008"]),
    "three phones": ("0722111001;0722111002;0722111003", ["0722111001", "0722111002", "0722111003"]),
    "the same phone twice": ("0722111001; 0722111001", ["0722111001"]),
    "an extension": ("0213101010 int. 5", ["0213101010 int. 5"]),
    "a phone and a word": ("0722111001; ask for Ana", ["0722111001; ask for Ana"]),
    "the phone of a Meta form": ("p:+40722123456", ["+40722123456"]),
    "the link of a phone": ("tel:+40722123456", ["+40722123456"]),
    "the quote of a spreadsheet": ("'0722111020", ["0722111020"]),
    "the curly quote of a spreadsheet": ("’+40 722 111 020", ["+40 722 111 020"]),
    "a word before the phone": ("Tel.: 0722 111 020", ["0722 111 020"]),
    "a word and a space before the phone": ("tel 0722 111 020", ["0722 111 020"]),
    "a letter before each phone": ("T: 0264 555 001, M: 0722 111 020", ["0264 555 001", "0722 111 020"]),
    "a word before each phone": ("Tel. 0264 555 001 / Mobil 0722 111 020", ["0264 555 001", "0722 111 020"]),
    "a fax stays one": ("Fax: 0264 555 001", ["Fax: 0264 555 001"]),
    "a word within": ("0264 555 001 tel 2", ["0264 555 001 tel 2"]),
    "a phone that pandas wrote": ("407221110233.0", ["407221110233"]),
    "a short number with decimals": ("12.0", ["12.0"]),
    "a JSON list of texts": ('["0722111001", "0722111002"]', ["0722111001", "0722111002"]),
    "a JSON list of Twenty": (
        '[{"number": "612345678", "callingCode": "+33", "countryCode": "FR"}]',
        ["+33 6 12 34 56 78"],
    ),
    "a JSON list with phones that are empty": ('[{"number": ""}, "0722111001", ""]', ["0722111001"]),
    "phones of six digits": ("213101; 213102", ["213101", "213102"]),
    "numbers of five digits": ("21310; 21311", ["21310; 21311"]),
    "a word before the first phone": ("Ana 0722111001; 0722111002", ["Ana 0722111001; 0722111002"]),
    "two separators": ("0722111001;; 0722111002", ["0722111001", "0722111002"]),
    "a separator at the end": ("0722111001;", ["0722111001"]),
    "a separator at both ends": (", 0722111001, 0722111002,", ["0722111001", "0722111002"]),
    "a slash between two phones, and a separator at the end": (
        "0722 111 003 / 0722 111 004;",
        ["0722 111 003", "0722 111 004"],
    ),
    "an empty JSON list": ("[]", []),
    "brackets that are no JSON": ("[0722 111 001]", ["[0722 111 001]"]),
}


@pytest.mark.parametrize("name", PHONES)
def test_which_phones_a_cell_has(name):
    text, phones = PHONES[name]
    assert split_phones(text) == phones


EMAILS = {
    "one email": ("ana@example.com", ["ana@example.com"]),
    "a semicolon": ("ion@example.com; ion2@example.com", ["ion@example.com", "ion2@example.com"]),
    "a comma without a space": ("eva@example.com,eva2@example.com", ["eva@example.com", "eva2@example.com"]),
    "three colons": ("a@example.com ::: b@example.com", ["a@example.com", "b@example.com"]),
    "a space": ("a@example.com b@example.com", ["a@example.com", "b@example.com"]),
    "a line for each": ("a@example.com\nb@example.com", ["a@example.com", "b@example.com"]),
    "a slash": ("a@example.com / b@example.com", ["a@example.com", "b@example.com"]),
    "an email and a word": ("a@example.com office", ["a@example.com office"]),
    "a name before the email": ("Ana Pop <ana@example.com>", ["ana@example.com"]),
    "the link of an email": ("mailto:ana@example.com", ["ana@example.com"]),
    "a JSON list": ('["a@example.com","b@example.com"]', ["a@example.com", "b@example.com"]),
    "a JSON list with other values": (
        '["a@example.com", "", 5, " b@example.com "]',
        ["a@example.com", "b@example.com"],
    ),
    "two separators": ("a@example.com;; b@example.com", ["a@example.com", "b@example.com"]),
    "a separator at the end": ("a@example.com;", ["a@example.com"]),
    "a separator at both ends": (";a@example.com, b@example.com;", ["a@example.com", "b@example.com"]),
    "only separators": (";", [";"]),
    "an empty JSON list": ("[]", []),
    "no email": ("a@", ["a@"]),
}


@pytest.mark.parametrize("name", EMAILS)
def test_which_emails_a_cell_has(name):
    text, emails = EMAILS[name]
    assert split_emails(text) == emails


CODES = {
    "a number of France": ("612345678", "+33", "+33 6 12 34 56 78"),
    "with the zero for calls within the country": ("0612345678", "+33", "+33 6 12 34 56 78"),
    "a code without its plus": ("612345678", "33", "+33 6 12 34 56 78"),
    "Italy keeps the zero": ("06 1234 5678", "+39", "+39 06 1234 5678"),
    "a number that has a code": ("+40722111001", "+33", "+40722111001"),
    "a number with two zeros": ("0040722111001", "+33", "0040722111001"),
    "no code": ("612345678", "", "612345678"),
    "no number": ("", "+33", ""),
    "a code of no country": ("612345678", "+999", "+999 612345678"),
    "a code of too many digits": ("612345678", "+123456", "+1234 612345678"),
    "a country instead of a code": ("612345678", "FR", "612345678"),
    "a word instead of a number": ("none", "+33", "none"),
}


@pytest.mark.parametrize("name", CODES)
def test_a_number_whose_calling_code_is_in_another_column(name):
    number, code, whole = CODES[name]
    assert add_calling_code(number, code) == whole


@dataclass(frozen=True)
class Case:
    """The cells of a row, and what the record gets from them; `lines` are its description."""

    row: dict[str, str]
    gets: dict[str, str]
    lines: str = ""
    of: str = "lead"


TWO = "0722111001; 0722111002"
FURTHER = {
    "a second email has its own field": Case(
        {"email": "a@example.com, b@example.com"}, {"email": "a@example.com", "second_email": "b@example.com"}
    ),
    "a second phone is a mobile": Case({"phone": TWO}, {"phone": "0722111001", "mobile": "0722111002"}),
    "a third phone goes to the description": Case(
        {"phone": f"{TWO}; 0722111003"},
        {"phone": "0722111001", "mobile": "0722111002"},
        lines="Phone: 0722111003",
    ),
    "a second phone where the row has a mobile": Case(
        {"phone": TWO, "mobile": "0733111001"},
        {"phone": "0722111001", "mobile": "0733111001"},
        lines="Phone: 0722111002",
    ),
    "a second phone that is the mobile": Case(
        {"phone": TWO, "mobile": "0722111002"}, {"phone": "0722111001", "mobile": "0722111002"}
    ),
    "two mobiles": Case({"mobile": TWO}, {"mobile": "0722111001"}, lines="Mobile: 0722111002"),
    "a company has one phone": Case(
        {"name": "Acme", "phone": TWO}, {"phone": "0722111001"}, lines="Phone: 0722111002", of="company"
    ),
}


@pytest.mark.parametrize("case", FURTHER.values(), ids=FURTHER)
def test_where_further_values_of_a_new_record_go(case):
    found = added({**({"last_name": "Pop"} if case.of == "lead" else {}), **case.row}, of=case.of)
    assert found.errors == []
    assert {name: found.values[name] for name in case.gets} == case.gets
    assert found.values.get("description", "") == case.lines


def test_a_known_record_keeps_its_second_value():
    found = changed({"phone": TWO}, {"phone": "0722111001", "mobile": ""})
    assert found.values == {"mobile": "0722111002", "mobile_normal": "+40722111002"}
    found = changed({"phone": TWO}, {"phone": "0722111001", "mobile": "0733111001", "description": "Old"})
    assert found.values == {"description": "Old\nPhone: 0722111002"}
    found = changed({"phone": TWO}, {"phone": "0722111001", "mobile": "0722111002"})
    assert found.values == {}
    assert found.notes == []


def test_a_cell_as_it_was_exported_says_nothing_new():
    assert changed({"phone": TWO}, {"phone": TWO}).values == {}


def test_the_preview_names_all_values_of_the_cell():
    (note,) = added({"last_name": "Pop", "phone": TWO}).notes
    assert note == ("phone", "Several values in one cell", TWO, "0722111001, 0722111002")
