"""What cells with a day, a time, yes or no, or a person mean, and which are refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm.fields.widgets.lookup_widgets import LabelCell
from crm.fields.widgets.person_widgets import NameOnly, PersonCell
from crm.fields.widgets.value_widgets import DateCell, MomentCell, NumberCell, UnknownName, YesNoCell
from leads.models import Lead

DAYS: dict[str, tuple[Any, date | None]] = {
    "nothing": ("", None),
    "spaces": ("  ", None),
    "a cell without a value": (None, None),
    "a day": ("2026-05-31", date(2026, 5, 31)),
    "the day of a time, on the clock of the user": ("2026-05-31T22:30:00Z", date(2026, 6, 1)),
    "a cell that is a day": (date(2026, 5, 31), date(2026, 5, 31)),
    "a cell that is a time": (datetime(2026, 5, 31, 23, 30), date(2026, 5, 31)),
    "a number that was a day": (46173, date(2026, 5, 31)),
    "a number that was a day, as text of a CSV file": ("46173", date(2026, 5, 31)),
    "the first year": ("1900-01-01", date(1900, 1, 1)),
    "the last year": ("9999-12-31", date(9999, 12, 31)),
}


@pytest.mark.parametrize(("cell", "day"), DAYS.values(), ids=DAYS)
def test_a_day(cell, day):
    with timezone.override("Europe/Bucharest"):
        assert DateCell().clean(cell) == day


MOMENTS: dict[str, tuple[Any, datetime | None]] = {
    "nothing": ("", None),
    "spaces": ("  ", None),
    "a cell without a value": (None, None),
    "a day begins at midnight": ("2026-05-31", datetime(2026, 5, 30, 21, tzinfo=UTC)),
    "a time": ("2026-05-31 10:00", datetime(2026, 5, 31, 7, tzinfo=UTC)),
    "a number that was a time, as text of a CSV file": ("46173.5", datetime(2026, 5, 31, 9, tzinfo=UTC)),
    "the first year": ("1900-01-02 10:00", datetime(1900, 1, 2, 8, 15, 36, tzinfo=UTC)),
    "the last year": ("9998-12-31 23:30", datetime(9998, 12, 31, 21, 30, tzinfo=UTC)),
}


@pytest.mark.parametrize(("cell", "moment"), MOMENTS.values(), ids=MOMENTS)
def test_a_time(cell, moment):
    with timezone.override("Europe/Bucharest"):
        assert MomentCell().clean(cell) == moment


LATE = "Enter a year from 1900 to 9998."
REFUSED: dict[str, tuple[Any, Any, str]] = {
    "a time in the year after the last one": (MomentCell, "9999-01-01 00:00", LATE),
    "a day in the year before the first one": (DateCell, "1899-12-31", "Enter a year from 1900 on."),
    "a cell that is a day before the first year": (
        DateCell,
        date(1899, 12, 31),
        "Enter a year from 1900 on.",
    ),
    "a number of five digits that was no day": (
        DateCell,
        "90210",
        "This is a number, not a date. Enter a date like 2026-11-20.",
    ),
    "yes is no day": (DateCell, True, "This isn’t a date. Enter a date like 2026-11-20."),
}


@pytest.mark.parametrize(("widget", "cell", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_day(widget, cell, sentence):
    with pytest.raises(ValueError, match=r"date|year") as error:
        widget().clean(cell)
    assert str(error.value) == sentence


YES_OR_NO = {
    "nothing": ("", False),
    "spaces": ("  ", False),
    "yes": ("Yes", True),
    "no": ("no", False),
    "true": ("TRUE", True),
    "false": ("FALSE", False),
    "a cell that is true": (True, True),
    "a cell that is false": (False, False),
    "one": (1, True),
    "zero": (0, False),
    "yes in Romanian": ("Da", True),
    "no in German": ("nein", False),
    # Words of the user's language that the list of all languages doesn't have.
    "the word of the product": ("Certainly", True),
    "the other word of the product, in capitals": ("BY NO MEANS", False),
    "another word": ("perhaps", None),
    "two": (2, None),
}


@pytest.mark.parametrize(("cell", "said"), YES_OR_NO.values(), ids=YES_OR_NO)
def test_yes_or_no(cell, said):
    widget = YesNoCell()
    widget.words = {True: "certainly", False: "by no means"}
    if said is not None:
        assert widget.clean(cell) is said
        return
    with pytest.raises(ValueError, match="Enter yes or no"):
        widget.clean(cell)


def test_how_yes_and_no_are_written():
    widget = YesNoCell()
    widget.prepare(None)
    assert [widget.format_value(value) for value in (True, False, None)] == ["yes", "no", "no"]
    assert widget.choices == ("yes", "no")


# Two users are called Ann, and Carla is in a department that the importer doesn't see.
UNKNOWN = "No user with this name in your departments: “{}”."
TWO = "2 users are named {}. Enter the user’s email instead."
ELSEWHERE = "{} is in another department."
PEOPLE: dict[str, tuple[str, int | str]] = {
    "a name": ("Bob", 3),
    "a name in other letters": ("BÖB", 3),
    "an address": ("bob@example.com", 3),
    "a name with its address": ("Bob <bob@example.com>", 3),
    "a name with its address, as HubSpot writes it": ("Bob (bob@example.com)", 3),
    "another name with an address": ("Robert <bob@example.com>", 3),
    "an address with spaces around it": ("Bob < bob@example.com > ", 3),
    "a name that two users have": ("Ann", TWO),
    "the address of one of two": ("ann2@example.com", 2),
    "the name of two with the address of one": ("Ann <ann@example.com>", 1),
    "a name in brackets that two users have": ("the manager <ann>", "2 users are named ann. Enter the user’s email instead."),
    "a name elsewhere": ("Carla", ELSEWHERE),
    "an address elsewhere": ("Carla <carla@example.com>", ELSEWHERE),
    "an unknown name": ("Nemo", UNKNOWN),
    "a known name with an unknown address": ("Bob <nemo@example.com>", UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize(("text", "found"), PEOPLE.values(), ids=PEOPLE)
def test_a_person(text, found):
    widget = PersonCell()
    LabelCell.prepare(widget, None)
    for pk, (name, address) in {1: ("Ann", "ann"), 2: ("Ann", "ann2"), 3: ("Bob", "bob")}.items():
        email = f"{address}@example.com"
        widget.add_label(pk, f"{name} <{email}>", [name, email])
    widget.people_elsewhere = {"carla", "carla@example.com"}
    if isinstance(found, int):
        assert widget.clean(text) == found
        return
    with pytest.raises(UnknownName) as error:
        widget.clean(text)
    assert str(error.value) == found.format(text)


def test_all_people_are_written_and_only_colleagues_in_reach_can_be_named(cast):
    """Those whom the user sees with their addresses."""
    cell = PersonCell()
    cell.prepare(cast.bob)
    assert cell.get_label(cast.ann.pk) == "Ann <ann@example.com>"
    assert cell.get_label(cast.dan.pk) == "Dan"
    assert cell.has_label("Dan") is cell.has_label("dan@example.com") is False
    with pytest.raises(UnknownName, match="is in another department"):
        cell.clean("dan@example.com")


def test_no_person_is_elsewhere_for_cells_without_a_reader():
    assert PersonCell().people_elsewhere == set()


def test_a_number_of_a_form():
    """Unlike a cell of a file, it is refused if it has too many decimals."""
    cell = NumberCell(Lead._meta.get_field("value"))
    cell.prepare(None, decimal=",")
    assert [cell.clean(text) for text in ("", "  ", "12,50", 12.5)] == [
        None,
        None,
        Decimal("12.50"),
        Decimal("12.5"),
    ]
    with pytest.raises(ValueError, match="decimal places"):
        cell.clean("12,505")


def test_only_the_name_of_a_person_is_written():
    cell = NameOnly()
    cell.names = {1: "Ann"}
    assert [cell.get_name(pk) for pk in (1, 2, None)] == ["Ann", "", ""]
