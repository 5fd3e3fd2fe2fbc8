"""Which addresses a file adds to the suppression list: its columns, its opt-outs, its invalid rows, and what is on the list already."""

import csv
import io
from typing import NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.platform.excel.reading.reader import UnreadableFile
from crm.records.history.verb_execution import operation
from mailings.models import Suppression
from mailings.suppression import suppression_list
from mailings.suppression.suppression_list import import_file

pytestmark = pytest.mark.django_db
A, B = "a@lead.example", "b@lead.example"


class Case(NamedTuple):
    """The rows of a file, the addresses that are added with their notes, how many it has, and the rows of the invalid ones."""

    rows: list[list[str]]
    added: dict[str, str]
    found: int
    invalid: tuple[int, ...] = ()


CASES = {
    "one column without a header": Case([[A], [B]], {A: "", B: ""}, 2),
    "two columns without a header": Case([[A, "by phone"], [B, ""]], {A: "", B: ""}, 2),
    "one column with a header": Case([["Who"], [A]], {A: ""}, 1),
    "the column of emails": Case([["Name", "Email"], ["Ana", A]], {A: ""}, 1),
    "the first of two columns of emails": Case([["Email", "E-mail 2"], [A, B]], {A: ""}, 1),
    "a postal address isn't one": Case([["Mailing City", "Email"], ["Cluj", A]], {A: ""}, 1),
    "a postal address and nothing else": Case([["Name", "Mailing City"], ["Ana", A]], {A: ""}, 1),
    "an opt-out isn't one": Case([["Email opt out", "Email"], ["yes", A]], {A: ""}, 1),
    "with notes": Case([["Email", "Note"], [A, "by phone"], [B, ""]], {A: "by phone", B: ""}, 2),
    "notes before the emails": Case([["note", "Email"], ["by phone", A]], {A: "by phone"}, 1),
    "a long note is cut": Case([["Email", "Note"], [A, "x" * 301]], {A: "x" * 300}, 1),
    "a row that ends before its note": Case([["Email", "Note"], [A]], {A: ""}, 1),
    "a row that ends before its email": Case([["Name", "Email"], ["Ana"], ["Bo", B]], {B: ""}, 1),
    "only those who opted out": Case([["Email", "Email opt out"], [A, "yes"], [B, "no"]], {A: ""}, 1),
    "an empty opt-out": Case([["Email", "Email opt out"], [A, ""], [B, "1"]], {B: ""}, 1),
    "a row that ends before its opt-out": Case([["Email", "Email opt out"], [A], [B, "1"]], {B: ""}, 1),
    "opt-outs first": Case([["Email opt out", "Email"], ["", A], ["1", B]], {B: ""}, 1),
    "invalid addresses": Case([["Email"], ["ana@lead"], [A], ["x"]], {A: ""}, 3, (2, 4)),
    "an empty address": Case([["Name", "Email"], ["Ana", " "], ["Bo", B]], {B: ""}, 1),
    "spaces around": Case([["Email"], [f" {A} "]], {A: ""}, 1),
    "an address twice, in capitals": Case([["Email", "Note"], [A, "first"], [A.upper(), "second"]], {A: "first"}, 2),
}  # fmt: skip


def upload(rows: list[list[str]]) -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile("list.csv", text.getvalue().encode())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_addresses_a_file_adds(case, ada):
    result, _record = import_file(upload(case.rows), ada)
    assert (result.found, result.added, tuple(result.invalid)) == (case.found, len(case.added), case.invalid)
    assert dict(Suppression.objects.values_list("address", "note")) == case.added


def test_an_address_that_is_on_the_list_keeps_its_row(ada, monkeypatch):
    monkeypatch.setattr(suppression_list, "PORTION", 2)
    with operation("test", by=None):
        Suppression.objects.create(address=A, email_key=A, reason="bounced", note="old")
    names = [f"{name}@lead.example" for name in "cde"]
    result, _record = import_file(upload([["Email"], [A.upper()], *([name] for name in names)]), ada)
    assert (result.found, result.added) == (4, 3)
    assert Suppression.objects.get(email_key=A).note == "old"
    assert set(Suppression.objects.values_list("address", flat=True)) == {A, *names}


# Whether a file with so many rows, with a header or without one, is read if two is the most.
SIZES = {
    "as many with a header": ([["Email"], [A], [B]], True),
    "one more with a header": ([["Email"], [A], [B], [A]], False),
    "as many without a header": ([[A], [B]], True),
    "one more without a header": ([[A], [B], [A]], False),
}


@pytest.mark.parametrize(("rows", "is_read"), SIZES.values(), ids=SIZES)
def test_the_most_rows_of_a_file_are_counted_without_its_header(rows, is_read, ada, monkeypatch):
    monkeypatch.setattr(suppression_list, "MOST_ROWS", 2)
    if is_read:
        assert import_file(upload(rows), ada)[0].added == 2
    else:
        with pytest.raises(UnreadableFile, match="more than 2 rows"):
            import_file(upload(rows), ada)
        assert not Suppression.objects.exists()
