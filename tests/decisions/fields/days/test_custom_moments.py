"""Points in time of custom fields: what a cell or a form means, and the one form in which all of them are stored."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone as zones

from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.custom.values.stored_values import fits_field_type, get_json_value
from crm.fields.widgets.value_widgets import MomentCell
from crm.transfer.imports.check.cell_comparison import is_same_cell_value
from crm.transfer.imports.check.row_judgment import get_json_cell_value
from tests.decisions.imports.on_paper import custom

BUCHAREST = ZoneInfo("Europe/Bucharest")
# On this night in October, clocks show 03:30 twice.
FIRST, SECOND = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_bucharest():
    with zones.override(BUCHAREST):
        yield


# What is typed, in local time, and what is stored
TYPED = {
    "a time in winter": ("2025-02-06 14:54", "2025-02-06T12:54:00+00:00"),
    "a time in summer": ("2025-07-15 17:03", "2025-07-15T14:03:00+00:00"),
    "half an hour before the year ends": ("2025-12-31 23:30", "2025-12-31T21:30:00+00:00"),
    "half an hour after the year begins": ("2026-01-01 00:30", "2025-12-31T22:30:00+00:00"),
    "the last second before clocks are set forward": ("2026-03-29 02:59:59", "2026-03-29T00:59:59+00:00"),
    "a time that clocks skip is an hour later": ("2026-03-29 03:30", "2026-03-29T01:30:00+00:00"),
    "the first second after clocks were set forward": ("2026-03-29 04:00:00", "2026-03-29T01:00:00+00:00"),
    "before the hour that comes twice": ("2026-10-25 02:59", "2026-10-24T23:59:00+00:00"),
    "a time that comes twice is the first one": ("2026-10-25 03:30", "2026-10-25T00:30:00+00:00"),
    "after the hour that comes twice": ("2026-10-25 04:00", "2026-10-25T02:00:00+00:00"),
    "a time that says its zone": ("2026-10-25T03:30:00+02:00", "2026-10-25T01:30:00+00:00"),
    "a time in UTC": ("2026-07-15T14:03:00Z", "2026-07-15T14:03:00+00:00"),
    "a time with parts of a second": ("2026-07-15T14:03:09.987Z", "2026-07-15T14:03:09+00:00"),
}


def field():
    return build_model_field(custom("Moment", "moment"))


@pytest.mark.parametrize(("typed", "stored"), TYPED.values(), ids=TYPED)
def test_a_cell_and_a_form_mean_the_same_time_and_both_are_stored_in_utc(typed, stored):
    cell, sent = MomentCell().clean(typed), field().formfield().clean(typed)
    assert get_json_value(cell) == get_json_value(sent) == get_json_cell_value(cell) == stored
    # A cell that is read again is equal to the value that it became.
    assert is_same_cell_value(field().to_python(stored), cell)
    assert fits_field_type(field(), stored)


# The values that code may have, and what is stored
KEPT = {
    "in UTC": (datetime(2026, 7, 1, 9, tzinfo=UTC), "2026-07-01T09:00:00+00:00"),
    "in the zone of the importer": (datetime(2026, 7, 1, 12, tzinfo=BUCHAREST), "2026-07-01T09:00:00+00:00"),
    "with an offset to the west": (
        datetime(2026, 7, 1, 4, tzinfo=timezone(timedelta(hours=-5))),
        "2026-07-01T09:00:00+00:00",
    ),
    "the second of two": (datetime(2026, 10, 25, 3, 30, fold=1, tzinfo=BUCHAREST), "2026-10-25T01:30:00+00:00"),
    "without a zone": (datetime(2026, 7, 1, 12), "2026-07-01T09:00:00+00:00"),
    "with parts of a second": (datetime(2026, 7, 1, 9, 0, 0, 5, tzinfo=UTC), "2026-07-01T09:00:00+00:00"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "stored"), KEPT.values(), ids=KEPT)
def test_a_time_has_one_form(value, stored):
    assert get_json_value(value) == get_json_cell_value(value) == stored


WRONG = {
    "an offset": "2026-07-01T12:00:00+03:00",
    "a letter for UTC": "2026-07-01T09:00:00Z",
    "parts of a second": "2026-07-01T09:00:00.5+00:00",
    "no zone": "2026-07-01T09:00:00",
    "a space": "2026-07-01 09:00:00+00:00",
    "no time": "2026-07-01",
}


@pytest.mark.parametrize("stored", WRONG.values(), ids=WRONG)
def test_another_form_is_never_written(stored):
    assert not fits_field_type(field(), stored)


# The value of the record, what its form sends, and what the record then has
@dataclass(frozen=True)
class Held:
    value: datetime | None
    sent: str
    becomes: datetime


HELD = {
    "the first of two stays": Held(FIRST, "2026-10-25T03:30", FIRST),
    "the second of two stays": Held(SECOND, "2026-10-25T03:30:00", SECOND),
    "another time of that hour": Held(SECOND, "2026-10-25T03:31:00", FIRST + timedelta(minutes=1)),
    "a time with its zone is taken as it is": Held(SECOND, "2026-10-25T03:30:00+03:00", FIRST),
    "no time before": Held(None, "2026-10-25T03:30:00", FIRST),
}


@pytest.mark.parametrize("case", HELD.values(), ids=HELD)
def test_a_form_that_is_saved_as_it_was_shown_changes_nothing(case):
    asked = field().formfield()
    asked.held = case.value
    found = asked.clean(case.sent)
    assert found == case.becomes
    assert get_json_value(found) == get_json_value(case.becomes)


# The value of the record, the cell of the file, and whether the cell is as it was exported
CELLS = {
    "the second of two, as exported": (SECOND, "2026-10-25 03:30:00", True),
    "the first of two, as exported": (FIRST, "2026-10-25 03:30:00", True),
    "another minute": (SECOND, "2026-10-25 03:31:00", False),
    "with its zone": (SECOND, "2026-10-25T03:30:00+03:00", False),
    "a time that comes once is compared as a value": (SECOND + timedelta(hours=1), "2026-10-25 04:30:00", False),
    "no value": (None, "2026-10-25 03:30:00", False),
    "no time": (SECOND, "soon", False),
}  # fmt: skip


@pytest.mark.parametrize(("now", "shown", "untouched"), CELLS.values(), ids=CELLS)
def test_a_cell_in_the_hour_that_comes_twice_changes_nothing_if_it_is_as_exported(now, shown, untouched):
    assert MomentCell().is_only_reformatted(now, shown) is untouched


@pytest.mark.parametrize("text", ["9999-12-31 23:30", "1899-12-31 10:00"])
def test_a_year_that_no_zone_can_be_applied_to_is_refused(text):
    with pytest.raises(ValueError, match="year"):
        MomentCell().clean(text)
    with pytest.raises(ValidationError, match="year"):
        field().formfield().clean(text)
