"""The format of calendar files: what is written can be read again, and its lines are short."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.web.icalendar import LONGEST_LINE, calendar, moment, parameter, properties_of, text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_any_text_stays_one_property_in_lines_of_75_bytes(words):
    file = calendar("REQUEST", "Tests", [f"SUMMARY:{text(words)}"])
    assert max(len(line.encode()) for line in file.split("\r\n")) <= LONGEST_LINE
    found = [each for each in properties_of(file) if each.name == "SUMMARY"]
    assert len(found) == 1
    assert [each.name for each in properties_of(file)][-1] == "END"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_name_stays_one_parameter(name):
    line = f"ORGANIZER;CN={parameter(name)};ROLE=CHAIR:mailto:a@example.com"
    (found,) = [
        each for each in properties_of(calendar("REQUEST", "Tests", [line])) if each.name == "ORGANIZER"
    ]
    assert found.value == "mailto:a@example.com"
    assert found.parameters["ROLE"] == "CHAIR"


@pytest.mark.parametrize(
    ("line", "name", "parameters", "value"),
    [
        ("summary:Lunch: now", "SUMMARY", {}, "Lunch: now"),
        (
            "DTSTART;TZID=Europe/Bucharest:20260101T100000",
            "DTSTART",
            {"TZID": "Europe/Bucharest"},
            "20260101T100000",
        ),
        (
            'ATTENDEE;CN="a:b;c";partstat=ACCEPTED:mailto:x@y.z',
            "ATTENDEE",
            {"CN": "a:b;c", "PARTSTAT": "ACCEPTED"},
            "mailto:x@y.z",
        ),
    ],
)
def test_a_line_is_read_into_its_name_its_parameters_and_its_value(line, name, parameters, value):
    (found,) = properties_of(line)
    assert (found.name, found.parameters, found.value) == (name, parameters, value)


def test_lines_that_were_folded_are_read_as_one():
    assert [each.value for each in properties_of("SUMMARY:one\r\n  two\n\tthree\r\nUID:1")] == [
        "one twothree",
        "1",
    ]


def test_a_moment_is_in_utc():
    assert moment(datetime(2026, 3, 29, 10, tzinfo=timezone(timedelta(hours=3)))) == "20260329T070000Z"
    assert moment(datetime(2026, 3, 29, 10, tzinfo=UTC)) == "20260329T100000Z"
