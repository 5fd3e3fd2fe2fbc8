"""What a typed day, point in time or time of day is read as, and how it is shown. It is half past eleven in the evening of Wednesday,
25 November 2026, in Bucharest."""

from copy import deepcopy
from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone, translation

from crm.platform.web.rendering.day_input import (
    DayInput,
    DayOrMomentInput,
    DayTimeInput,
    TimeInput,
    read_clock,
    read_day,
    read_moment,
    read_typed_day,
    read_typed_moment,
    replace_day_words,
    set_typed_widget,
)


@pytest.fixture(autouse=True)
def late(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 25, 21, 30, tzinfo=UTC))
    with timezone.override("Europe/Bucharest"):
        yield


def read_or_refuse(read, text: str) -> str:
    """In ISO; "" for nothing, or the sentence of the refusal."""
    try:
        found = read(text)
    except ValidationError as refused:
        return refused.messages[0]
    return found.isoformat() if found else ""


NO_DAY = "Enter a date like 25 Nov 2026."
NO_MOMENT = "Enter a date and a time like 25 Nov 2026, 14:30."
NO_CLOCK = "Enter a time like 14:30."
# What is typed, and what it is: as a day, as a point in time, and in a field for either.
TYPED = {
    "day, month and year": ("3.11.2026", "2026-11-03", NO_MOMENT, "2026-11-03"),
    "with slashes, the day first": ("03/11/2026", "2026-11-03", NO_MOMENT, "2026-11-03"),
    "in Romanian": ("3 noiembrie 2026", "2026-11-03", NO_MOMENT, "2026-11-03"),
    "the month first": ("Nov 3, 2026", "2026-11-03", NO_MOMENT, "2026-11-03"),
    "two digits of the year, and spaces": (" 3-11-26 ", "2026-11-03", NO_MOMENT, "2026-11-03"),
    "as stored": ("2026-11-03", "2026-11-03", NO_MOMENT, "2026-11-03"),
    "as stored, with spaces": (" 2026-11-03 ", "2026-11-03", NO_MOMENT, "2026-11-03"),
    "as stored, of another century": ("1850-01-02", "1850-01-02", NO_MOMENT, "1850-01-02"),
    "a day with a time": ("3 Nov 2026, 14:30", NO_DAY, "2026-11-03T14:30:00", "2026-11-03T14:30:00"),
    "a point in time as stored": (
        "2026-11-03T14:30:05", NO_DAY, "2026-11-03T14:30:05", "2026-11-03T14:30:05",
    ),
    "a point in time as stored, with spaces": (
        " 1850-01-02T14:30 ", NO_DAY, "1850-01-02T14:30:00", "1850-01-02T14:30:00",
    ),
    "with its time zone": (
        "2026-11-03T14:30:00Z", NO_DAY, "2026-11-03T14:30:00+00:00", "2026-11-03T14:30:00+00:00",
    ),
    "a point in time that no day has": ("2026-02-31T14:30", NO_DAY, NO_MOMENT, NO_DAY),
    "a word": ("tomorrow", "2026-11-26", NO_MOMENT, "2026-11-26"),
    "a word with a comma": ("tomorrow,", NO_DAY, NO_MOMENT, NO_DAY),
    "a word of two": ("next week", "2026-11-30", NO_MOMENT, "2026-11-30"),
    "a word with a time": ("tomorrow 14:30", NO_DAY, "2026-11-26T14:30:00", "2026-11-26T14:30:00"),
    "a word with a comma and a time": ("mâine, 9", NO_DAY, "2026-11-26T09:00:00", "2026-11-26T09:00:00"),
    "a word of two with a time of two": (
        "next week 2 pm", NO_DAY, "2026-11-30T14:00:00", "2026-11-30T14:00:00",
    ),
    "a number of days": ("+3 days", "2026-11-28", NO_MOMENT, "2026-11-28"),
    "a number of days with a time": ("+3 days 8:15", NO_DAY, "2026-11-28T08:15:00", "2026-11-28T08:15:00"),
    "a number that is a day rather than a time": ("+ 3", "2026-11-28", NO_MOMENT, "2026-11-28"),
    "some days from now": ("in 3 days", "2026-11-28", NO_MOMENT, "2026-11-28"),
    "some days from now with a time": ("in 3 days, 8:15", NO_DAY, "2026-11-28T08:15:00", "2026-11-28T08:15:00"),
    "some days ago with a time": ("3 days ago 14:30", NO_DAY, "2026-11-22T14:30:00", "2026-11-22T14:30:00"),
    "some days ago with a number for a time": ("acum 3 zile 9", NO_DAY, "2026-11-22T09:00:00", "2026-11-22T09:00:00"),
    "a last weekday with a time": ("last friday 9", NO_DAY, "2026-11-20T09:00:00", "2026-11-20T09:00:00"),
    "a next weekday with a time": ("lunea viitoare 9", NO_DAY, "2026-11-30T09:00:00", "2026-11-30T09:00:00"),
    "midnight": ("tomorrow 0:00", NO_DAY, "2026-11-26T00:00:00", "2026-11-26T00:00:00"),
    "a word with a word for a time": ("tomorrow noon", NO_DAY, NO_MOMENT, NO_DAY),
    "a word with a time that no day has": ("tomorrow 25:00", NO_DAY, NO_MOMENT, NO_DAY),
    "a time with a word before it that is none": ("soon 14:30", NO_DAY, NO_MOMENT, NO_DAY),
    "a word that is none": ("soon", NO_DAY, NO_MOMENT, NO_DAY),
    "a T alone": ("T", NO_DAY, NO_MOMENT, NO_DAY),
    "the month before the day": ("11/25/2026", NO_DAY, NO_MOMENT, NO_DAY),
    "a day that no month has": ("31.2.2026", NO_DAY, NO_MOMENT, NO_DAY),
    "a month that no year has": ("2026-13-01", NO_DAY, NO_MOMENT, NO_DAY),
    "a number": ("0", NO_DAY, NO_MOMENT, NO_DAY),
    "nothing": ("", "", "", ""),
    "spaces": ("  ", "", "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "day", "moment", "either"), TYPED.values(), ids=TYPED)
def test_what_a_typed_day_or_point_in_time_is(text, day, moment, either):
    assert read_or_refuse(read_typed_day, text) == day
    assert read_or_refuse(read_typed_moment, text) == moment
    assert read_or_refuse(DayOrMomentInput().read, text) == either


def test_a_word_means_a_day_on_the_clock_of_whoever_types_it():
    with timezone.override("Asia/Tokyo"):
        for widget, text, read in (
            (DayInput(), "today", "2026-11-26"),
            (DayTimeInput(), "today 9", "2026-11-26T09:00:00"),
            (DayOrMomentInput(), "today", "2026-11-26"),
        ):
            assert read_or_refuse(widget.read, text) == read


# What is typed on a Wednesday: as a day, as a point in time, and in a field for either, where people look back.
BACK = {
    "a weekday": ("friday", "2026-11-20", NO_MOMENT, "2026-11-20"),
    "the weekday of today": ("wed", "2026-11-25", NO_MOMENT, "2026-11-25"),
    "a weekday with a time": ("friday 14:30", NO_DAY, "2026-11-20T14:30:00", "2026-11-20T14:30:00"),
    "a day to come": ("tomorrow", "2026-11-26", NO_MOMENT, "2026-11-26"),
    "a day in digits": ("2026-12-24", "2026-12-24", NO_MOMENT, "2026-12-24"),
    "no day": ("soon", NO_DAY, NO_MOMENT, NO_DAY),
}


@pytest.mark.parametrize(("text", "day", "moment", "either"), BACK.values(), ids=BACK)
def test_what_is_typed_where_people_look_back(text, day, moment, either):
    for widget, read in ((DayInput, day), (DayTimeInput, moment), (DayOrMomentInput, either)):
        assert read_or_refuse(widget(looks_back=True).read, text) == read


@pytest.mark.parametrize(("looks_back", "day"), [(True, "2026-11-23"), (False, "2026-11-30")])
def test_a_link_has_the_day_that_a_word_means(looks_back, day):
    found = replace_day_words(
        QueryDict("from=monday&to=soon&q=monday"), ["from", "to"], looks_back=looks_back
    )
    assert found.urlencode() == f"from={day}&to=soon&q=monday"


CLOCKS = {
    "hours and minutes": ("14:30", "14:30:00"),
    "with a dot": ("14.30", "14:30:00"),
    "without anything between": ("1430", "14:30:00"),
    "three digits": ("930", "09:30:00"),
    "hours, with spaces": (" 9 ", "09:00:00"),
    "midnight": ("0:00", "00:00:00"),
    "in the afternoon": ("2:30 pm", "14:30:00"),
    "in the afternoon, with dots and capitals": ("2:30 P.M.", "14:30:00"),
    "in the morning": ("1am", "01:00:00"),
    "midnight by 12 hours": ("12 am", "00:00:00"),
    "noon by 12 hours": ("12pm", "12:00:00"),
    "as stored, with seconds": ("14:30:00", "14:30:00"),
    "nothing": ("", ""),
    "spaces": ("  ", ""),
    "a word": ("soon", NO_CLOCK),
    "an hour that no day has": ("24:00", NO_CLOCK),
    "a minute that no hour has": ("14:60", NO_CLOCK),
    "an afternoon of 13 hours": ("13 pm", NO_CLOCK),
    "a morning of 13 hours": ("13 am", NO_CLOCK),
    "a morning from 0": ("0 am", NO_CLOCK),
    "half a day alone": ("pm", NO_CLOCK),
    "five digits": ("12345", NO_CLOCK),
}


@pytest.mark.parametrize(("text", "clock"), CLOCKS.values(), ids=CLOCKS)
def test_what_a_typed_time_of_day_is(text, clock):
    assert read_or_refuse(read_clock, text) == clock
    assert read_or_refuse(TimeInput().read, text) == clock


# Whether a text is in words: in a field for a day, and in one for a point in time.
IN_WORDS = {
    "a word": ("tomorrow", True, False),
    "a weekday": ("Fri", True, False),
    "some days from now": ("+3", True, False),
    "some days ago": ("3 days ago", True, False),
    "a last weekday": ("last friday", True, False),
    "some weeks from now with a time": ("in 2 weeks 14:30", False, True),
    "a word with a time": ("tomorrow 14:30", False, True),
    "a day": ("2026-11-25", False, False),
    "a day as pages show it": ("25 Nov 2026", False, False),
    "a month before its day": ("Nov 25, 2026", False, False),
    "a day with a time": ("25 Nov 2026, 14:30", False, False),
    "nothing": ("", False, False),
    "what no one can read": ("someday", False, False),
}


@pytest.mark.parametrize(("text", "as_day", "as_moment"), IN_WORDS.values(), ids=IN_WORDS)
def test_only_what_people_write_is_a_day_in_words(text, as_day, as_moment):
    assert (DayInput().is_in_words(text), DayTimeInput().is_in_words(text)) == (as_day, as_moment)
    assert TimeInput().is_in_words(text) is False


def test_a_time_of_day_has_no_words():
    assert TimeInput().is_in_words("14:30") is False


@pytest.mark.parametrize(("text", "day"), [("25 Nov 2026", date(2026, 11, 25)), ("today", None)])
def test_a_day_without_words_is_read_the_same_way(text, day):
    assert (read_or_refuse(read_day, text) == NO_DAY) is (day is None)
    assert (read_or_refuse(read_moment, f"{text} 9:00") == NO_MOMENT) is (day is None)


# The field, its value, and the text in it.
SHOWN = {
    "a day": (DayInput, date(2026, 11, 3), "3 Nov 2026"),
    "the first year that is read in words": (DayInput, date(1900, 11, 3), "3 Nov 1900"),
    "a year before it": (DayInput, date(1899, 11, 3), "1899-11-03"),
    "a day as stored": (DayInput, "2026-11-03", "3 Nov 2026"),
    "a day in words": (DayInput, "tomorrow", "26 Nov 2026"),
    "what is no day, as typed": (DayInput, "soon", "soon"),
    "no day": (DayInput, None, ""),
    "an empty text": (DayInput, "", ""),
    "a point in time": (DayTimeInput, datetime(2026, 11, 3, 14, 30), "3 Nov 2026, 14:30"),
    "on the reader’s clock": (
        DayTimeInput, datetime(2026, 11, 3, 22, 30, tzinfo=UTC), "4 Nov 2026, 00:30",
    ),
    "with seconds": (DayTimeInput, datetime(2026, 11, 3, 14, 30, 5), "3 Nov 2026, 14:30:05"),
    "no point in time, as typed": (DayTimeInput, "tomorrow,", "tomorrow,"),
    "a day where there may be a time": (DayOrMomentInput, date(2026, 11, 3), "3 Nov 2026"),
    "a time where there may be one": (
        DayOrMomentInput, datetime(2026, 11, 3, 14, 30), "3 Nov 2026, 14:30",
    ),
    "a time of day": (TimeInput, time(9, 5), "09:05"),
    "midnight": (TimeInput, time(0), "00:00"),
    "a time of day as stored": (TimeInput, "16:05:00", "16:05"),
}  # fmt: skip


@pytest.mark.parametrize(("widget", "value", "text"), SHOWN.values(), ids=SHOWN)
def test_how_a_value_is_shown(widget, value, text):
    assert widget().format_value(value) == text


# The field, what was sent, and what the form is given.
SENT = {
    "a day": (DayInput, {"x": "3 Nov 2026"}, "2026-11-03"),
    "what is no day, as typed": (DayInput, {"x": "soon"}, "soon"),
    "an empty text": (DayInput, {"x": ""}, ""),
    "nothing": (DayInput, {}, None),
    "a day that is none of texts": (DayInput, {"x": date(2026, 11, 3)}, date(2026, 11, 3)),
    "a point in time": (DayTimeInput, {"x": "3 Nov 2026, 14:30"}, "2026-11-03T14:30:00"),
    "a time of day": (TimeInput, {"x": "2 pm"}, "14:00:00"),
    "midnight": (TimeInput, {"x": "12 am"}, "00:00:00"),
}


@pytest.mark.parametrize(("widget", "sent", "given"), SENT.values(), ids=SENT)
def test_what_a_form_is_given(widget, sent, given):
    assert widget().value_from_datadict(sent, {}, "x") == given


def test_a_field_shows_an_example_and_the_months_as_pages_name_them():
    drawn = DayInput({"placeholder": "by then"}).get_context("x", None, {"id": "id_x"})
    assert drawn["widget"]["attrs"] == {
        "autocomplete": "off",
        "placeholder": "by then",
        "data-picker": "date",
        "id": "id_x",
    }
    assert drawn["months"] == "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    with translation.override("ro"):
        drawn = TimeInput().get_context("x", None, None)
    assert drawn["widget"]["attrs"] == {"autocomplete": "off", "placeholder": "ex. 14:30"}


class OwnDate(forms.DateInput):
    """Such as the browser's own field."""


# The widget of a field before, its type afterwards, the formats that the form reads, and the sentence; None if it is left as it is.
WIDGETS = {
    "a day": (forms.DateField(), DayInput, ["%Y-%m-%d"], NO_DAY),
    "a day with another widget": (forms.DateField(widget=OwnDate), OwnDate, None, None),
    "a point in time": (
        forms.DateTimeField(widget=DayTimeInput), DayTimeInput, ["%Y-%m-%dT%H:%M:%S"], NO_MOMENT,
    ),
    "a time of day": (forms.TimeField(widget=TimeInput), TimeInput, None, NO_CLOCK),
    "a text": (forms.CharField(), forms.TextInput, None, None),
}  # fmt: skip


@pytest.mark.parametrize(("field", "widget", "formats", "sentence"), WIDGETS.values(), ids=WIDGETS)
def test_which_widget_and_sentence_a_field_gets(field, widget, formats, sentence):
    field = deepcopy(field)
    before = getattr(field, "input_formats", None), field.error_messages.get("invalid")
    set_typed_widget(field)
    assert type(field.widget) is widget
    assert getattr(field, "input_formats", None) == (formats or before[0])
    assert field.error_messages.get("invalid") == (sentence or before[1])


def test_a_day_keeps_what_its_field_has():
    field = forms.DateField(widget=forms.DateInput(attrs={"class": "input"}), required=True)
    set_typed_widget(field)
    assert field.widget.attrs == {"class": "input"}
    assert field.widget.is_required
