"""What the next file with the same headers starts with: guesses are remembered once the user has confirmed them."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from crm.models import Import, ImportMapping
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.file_columns import ASK, ColumnContent
from crm.transfer.imports.columns.saved_mappings import (
    add_confirmations,
    apply_saved_mapping,
    find_mapping_by_headings,
    get_applied_mapping,
    get_chosen_mapping,
    get_confirmed_places,
    get_guessed_mapping,
    get_mapping_to_remember,
    get_offered_mappings,
    is_unconfirmed_guess,
    write_mapping,
)
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


# The headers of a remembered file with its fields, and of the next one; whether the next one starts with the same fields.
FOUND = {
    "the same headers": (["Email", "Town"], ["email", "city"], ["Email", "Town"], True),
    "in other letters": (["Email", "Town"], ["email", "city"], ["E-MAIL ", "town"], False),
    "in other capitals": (["Email", "Town"], ["email", "city"], ["EMAIL", "town"], True),
    "in another order": (["Email", "Town"], ["email", "city"], ["Town", "Email"], False),
    "one more": (["Email", "Town"], ["email", "city"], ["Email", "Town", "Zip"], False),
    "a column without a header": (["Email", ""], ["email", "city"], ["Email", ""], True),
    "no headers at all": (["", ""], ["email", "city"], ["", ""], False),
    "a mapping that is wrong by now": (["Email", "Town"], ["email", "email"], ["Email", "Town"], False),
}


def keep(imported: Import, headings: list[str], name: str = "Fair") -> None:
    imported.columns = [{"heading": heading} for heading in headings]
    write_mapping(imported, name)


@pytest.mark.parametrize(("headings", "mapping", "next_headings", "found"), FOUND.values(), ids=FOUND)
def test_the_mapping_of_a_file_with_the_same_headers_is_found(
    headings, mapping, next_headings, found, read, ann, bob
):
    keep(read(ann, mapping), headings)
    known = find_mapping_by_headings(KINDS["lead"], ann, next_headings)
    assert (known and known.mapping) == (mapping if found else None)
    assert find_mapping_by_headings(KINDS["lead"], bob, next_headings) is None
    assert find_mapping_by_headings(KINDS["company"], ann, next_headings) is None


def test_the_last_mapping_of_the_same_headers_is_found(read, ann):
    for name, field in (("Old", "email"), ("New", "second_email"), ("Other", "city")):
        keep(read(ann, [field]), ["Town"] if name == "Other" else ["Email"], name)
    found = find_mapping_by_headings(KINDS["lead"], ann, ["Email"])
    assert (found.name, found.mapping) == ("New", ["second_email"])
    # The same name replaces it.
    keep(read(ann, ["email"]), ["Email"], "New")
    assert find_mapping_by_headings(KINDS["lead"], ann, ["Email"]).mapping == ["email"]
    assert ImportMapping.objects.count() == 3


# The fields that were remembered for the headers Reach and Call, which of these columns only their values show, and which of
# them are confirmed.
CONFIRMED = {
    "the same field": (["phone", "email"], {"Reach": "phone"}, [0]),
    "another field": (["mobile", "email"], {"Reach": "phone"}, []),
    "the second column": (["phone", "email"], {"Call": "email"}, [1]),
    "an unconfirmed guess": ([ASK, "email"], {"Reach": "phone"}, []),
    "a column that isn't guessed": (["phone", "email"], {}, []),
    "a column that was skipped": (["", "email"], {"Reach": ""}, []),
}


@pytest.mark.parametrize(("mapping", "guesses", "places"), CONFIRMED.values(), ids=CONFIRMED)
def test_which_guesses_a_remembered_mapping_confirms(mapping, guesses, places):
    saved = ImportMapping(headings=["REACH", "Call"], mapping=mapping)
    columns = [{"heading": name, "by_values": guesses.get(name, "")} for name in ("Reach", "Call")]
    assert get_confirmed_places(saved, Import(columns=columns)) == places


# The headers and fields of a chosen mapping, those of a file with its guesses, and what the file gets.
CHOSEN = {
    "the same columns": (["A", "B"], ["email", "city"], ["A", "B"], ["", ""], ["email", "city"]),
    "in another order": (["A", "B"], ["email", "city"], ["B", "A"], ["", ""], ["city", "email"]),
    "a new column keeps its guess": (["A"], ["email"], ["A", "C"], ["", "zip"], ["email", "zip"]),
    "a guess that another column has now": (["A"], ["zip"], ["A", "C"], ["", "zip"], ["zip", ""]),
    "a line of the description beside another": (["A"], ["notes"], ["A", "C"], ["", "notes"], ["notes", "notes"]),
    "a skipped column": (["A"], [""], ["A"], ["email"], [""]),
    "a column that was only guessed": (["A"], [ASK], ["A"], ["email"], ["email"]),
    "two columns of one header": (["A", "A"], ["email", "city"], ["A", "A"], ["", ""], ["email", "city"]),
    "one more of the same header": (["A"], ["email"], ["A", "A"], ["", "city"], ["email", "city"]),
}  # fmt: skip


@pytest.mark.parametrize(("heads", "fields", "of_file", "guesses", "gets"), CHOSEN.values(), ids=CHOSEN)
def test_a_mapping_that_is_chosen_by_its_name(heads, fields, of_file, guesses, gets):
    imported = Import(columns=[{"heading": heading} for heading in of_file], mapping=guesses)
    assert apply_saved_mapping(ImportMapping(headings=heads, mapping=fields), imported) == gets


def test_a_mapping_is_applied_if_it_is_older_than_the_file(read, ann):
    """One that was saved for this file itself isn't one of an earlier file."""
    keep(read(ann, ["email"]), ["Email"])
    saved = ImportMapping.objects.get()
    imported = read(ann, ["email"])
    imported.columns = [{"heading": "Email"}]
    for at, applied in ((-1, False), (0, False), (1, True)):
        imported.at = saved.used_at + timedelta(seconds=at)
        assert (get_applied_mapping(imported) == saved) is applied
    imported.columns = [{"heading": "Town"}]
    assert get_applied_mapping(imported) is None


def test_the_last_thirty_mappings_are_offered_and_only_ones_own_can_be_chosen(read, ann, bob):
    for number in range(31):
        keep(read(ann, ["email"]), [f"Email {number}"], f"File {number}")
    offered = get_offered_mappings(KINDS["lead"], ann)
    assert [saved.name for saved in offered] == [f"File {number}" for number in range(30, 0, -1)]
    first = ImportMapping.objects.get(name="File 0")
    for number, found in ((str(first.pk), first), ("999999", None), ("x", None), ("", None)):
        assert get_chosen_mapping(KINDS["lead"], ann, number) == found
    assert get_chosen_mapping(KINDS["lead"], bob, str(first.pk)) is None


def test_the_boxes_beside_guesses_are_kept():
    imported = Import(columns=[{"heading": "Reach"}, {"heading": "Call", "sure": True}])
    assert add_confirmations(imported, {"sure_0": "on"}) == [
        {"heading": "Reach", "sure": True},
        {"heading": "Call", "sure": False},
    ]


def test_the_guesses_of_a_file_are_known_after_others_were_applied():
    imported = Import(columns=[{"guess": "email"}, {}], mapping=["city", "zip"])
    assert get_guessed_mapping(imported) == ["email", "zip"]
