"""What the next file with the same headers starts with: guesses are remembered once the user has confirmed them."""

from dataclasses import dataclass

import pytest

from crm.models import Import
from crm.transfer.imports.columns.file_columns import ASK, ColumnContent
from crm.transfer.imports.columns.saved_mappings import get_mapping_to_remember, is_unconfirmed_guess
from crm.transfer.imports.read.staging import _apply_saved_mapping


@dataclass(frozen=True)
class Case:
    """`guessed` is the field that only the values of the column show, `chosen` the one in the form, `sure` the box beside it."""

    chosen: str
    remembered: str
    guessed: str = ""
    sure: bool = False


CASES = {
    "a field that the header means": Case("phone", "phone"),
    "a guess that nobody has confirmed": Case("phone", ASK, "phone"),
    "a guess that the user has confirmed": Case("phone", "phone", "phone", sure=True),
    "another field than the guessed one": Case("mobile", "mobile", "phone"),
    "a guessed column that the user skips": Case("", "", "phone"),
    "a column without a field": Case("", ""),
    "a field that the import creates": Case("new_0", ""),
    "a line of the description": Case("notes", "notes"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_column_is_remembered(case):
    column = {"heading": "Reach", "by_values": case.guessed, "sure": case.sure}
    imported = Import(mapping=[case.chosen], columns=[column])
    assert get_mapping_to_remember(imported) == [case.remembered]
    assert is_unconfirmed_guess(column, case.chosen) == (case.remembered == ASK)


# The remembered fields of two columns, the present guesses for them, and what they get.
NEXT = {
    "remembered fields": (["phone", "email"], ["mobile", ""], ["phone", "email"]),
    "a skipped column stays skipped": (["", "email"], ["phone", "email"], ["", "email"]),
    "an unconfirmed guess is guessed again": ([ASK, "email"], ["phone", "email"], ["phone", "email"]),
    "an unconfirmed guess that these values don't show": ([ASK, "email"], ["", "email"], ["", "email"]),
    "an unconfirmed guess whose field another column has": ([ASK, "phone"], ["phone", ""], ["", "phone"]),
}


@pytest.mark.parametrize(("remembered", "guesses", "fields"), NEXT.values(), ids=NEXT)
def test_the_next_file_starts_with(remembered, guesses, fields):
    columns = [ColumnContent("Reach", guess=guess) for guess in guesses]
    assert _apply_saved_mapping(remembered, columns) == fields
    assert [column.sure for column in columns] == [name != ASK for name in remembered]
