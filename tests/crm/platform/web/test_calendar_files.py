"""The format of calendar files: any text can be written and read again, and lines are short."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, vCalAddress

from crm.platform.web.calendar_files import (
    build_calendar_file,
    build_event,
    build_parameter_text,
    remove_control_characters,
    render_calendar,
)
from tests.calendar_files import properties_of


def file_with(**values) -> str:
    calendar = build_calendar_file("REQUEST", "Tests")
    calendar.add_component(build_event(uid="1@example.com", **values))
    return render_calendar(calendar)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_any_text_stays_one_property_in_lines_of_75_bytes(words):
    file = file_with(summary=words)
    assert max(len(line.encode()) for line in file.split("\r\n")) <= 75
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert str(event.get("SUMMARY", "")) == remove_control_characters(words)
    assert [each.name for each in properties_of(file)][-1] == "END"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
@example("\\")
@example("Ann \\\\")
@example('Ann "Bee" Cee;ROLE=X')
def test_any_name_stays_one_parameter(name):
    person = vCalAddress("mailto:a@example.com")
    person.params["CN"], person.params["ROLE"] = build_parameter_text(name), "CHAIR"
    (found,) = [each for each in properties_of(file_with(organizer=person)) if each.name == "ORGANIZER"]
    assert found.value == "mailto:a@example.com"
    assert found.parameters["ROLE"] == "CHAIR"


def test_a_file_begins_with_what_the_format_asks_for():
    assert properties_of(file_with())[:5] == [
        ("BEGIN", {}, "VCALENDAR"),
        ("VERSION", {}, "2.0"),
        ("PRODID", {}, "-//Leadwell//Tests//EN"),
        ("CALSCALE", {}, "GREGORIAN"),
        ("METHOD", {}, "REQUEST"),
    ]


@pytest.mark.parametrize("value", ["", None])
def test_what_is_empty_is_no_property(value):
    assert "LOCATION" not in file_with(location=value)


def test_a_moment_is_written_in_utc():
    at = datetime(2026, 7, 1, 10, tzinfo=timezone(timedelta(hours=3)))
    assert "DTSTART:20260701T070000Z" in file_with(dtstart=at)
    assert "DTSTART:20260701T100000Z" in file_with(dtstart=at.replace(tzinfo=UTC))


def test_control_characters_are_dropped():
    assert remove_control_characters("a\0b\x07c\x7f\r\nd\te\r") == "abc\nd\te\n"
