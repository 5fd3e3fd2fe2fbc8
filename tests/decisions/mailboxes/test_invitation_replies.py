"""What a calendar file that someone sends back says about an invitation."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.work.invitations.itip_replies import parse_replies

EVENT = {
    "UID": "meeting-1@ours.example",
    "SEQUENCE": "2",
    "DTSTAMP": "20261122T100000Z",
    "DTSTART": "20261203T130000Z",
    "DTEND": "20261203T134500Z",
    "ATTENDEE;PARTSTAT=ACCEPTED": "mailto:jan@example.cz",
}


def file_with(method: str = "REPLY", **changed) -> str:
    """`changed` are other properties; None removes one."""
    event = EVENT | {name.replace("__", ";PARTSTAT="): value for name, value in changed.items()}
    lines = [f"{name}:{value}" for name, value in event.items() if value is not None]
    return "\r\n".join(
        ["BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    )


# The file and what is answered in it, by address.
ANSWERS = {
    "accepted": (file_with(), {"jan@example.cz": "accepted"}),
    "declined": (
        file_with(ATTENDEE__DECLINED="mailto:eva@example.com", ATTENDEE__ACCEPTED=None),
        {"eva@example.com": "declined"},
    ),
    "tentative": (
        file_with(ATTENDEE__TENTATIVE="mailto:a@b.example", ATTENDEE__ACCEPTED=None),
        {"a@b.example": "tentative"},
    ),
    "another time": (file_with("COUNTER"), {"jan@example.cz": "proposed"}),
    "the method in small letters": (file_with("reply"), {"jan@example.cz": "accepted"}),
    "an address in capitals": (
        file_with(ATTENDEE__ACCEPTED="MAILTO:Jan@Example.CZ"),
        {"jan@example.cz": "accepted"},
    ),
    "an address alone": (file_with(ATTENDEE__ACCEPTED="jan@example.cz"), {"jan@example.cz": "accepted"}),
    "two people": (
        file_with(ATTENDEE__DECLINED="mailto:eva@example.com"),
        {"jan@example.cz": "accepted", "eva@example.com": "declined"},
    ),
    "no answer yet": (
        file_with(**{"ATTENDEE__NEEDS-ACTION": "mailto:jan@example.cz", "ATTENDEE__ACCEPTED": None}),
        {},
    ),
    "delegated": (file_with(ATTENDEE__DELEGATED="mailto:jan@example.cz", ATTENDEE__ACCEPTED=None), {}),
    "an invitation": (file_with("REQUEST"), {}),
    "a cancellation": (file_with("CANCEL"), {}),
    "our own answer to a proposal": (file_with("DECLINECOUNTER"), {}),
    "no UID": (file_with(UID=None), {}),
    "no time stamp": (file_with(DTSTAMP=None), {}),
    "a time stamp without a zone": (file_with(DTSTAMP="20261122T100000"), {}),
    "a time stamp that can't be read": (file_with(DTSTAMP="yesterday"), {}),
    "no sequence": (file_with(SEQUENCE=None), {"jan@example.cz": "accepted"}),
    "a sequence that can't be read": (file_with(SEQUENCE="x"), {}),
    "a sequence below zero": (file_with(SEQUENCE="-1"), {}),
    "a text": ("Hello", {}),
    "nothing": ("", {}),
    "a file that breaks off": (file_with()[:120], {}),
}


@pytest.mark.parametrize(("file", "answers"), ANSWERS.values(), ids=ANSWERS)
def test_what_is_answered(file, answers):
    assert {reply.address: reply.answer for reply in parse_replies(file)} == answers


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=UTC)


# Properties of a proposal and the time in it.
TIMES = {
    "in UTC": ({}, at(13), at(13, 45)),
    "in a zone": (
        {"DTSTART": None, "DTEND": None, "DTSTART;TZID=Europe/Bucharest": "20261203T150000"},
        at(13),
        None,
    ),
    "in a zone of Windows": (
        {"DTSTART": None, "DTEND": None, "DTSTART;TZID=GTB Standard Time": "20261203T150000"},
        at(13),
        None,
    ),
    "with a length": ({"DTEND": None, "DURATION": "PT30M"}, at(13), at(13, 30)),
    "without a length": ({"DTEND": None, "DURATION": "PT0S"}, at(13), at(13)),
    "a length of almost a month": ({"DTEND": None, "DURATION": "P29D"}, at(13), at(13) + timedelta(days=29)),
    "a length of a month": ({"DTEND": None, "DURATION": "P30D"}, at(13), None),
    "a length below zero": ({"DTEND": None, "DURATION": "-PT5M"}, at(13), None),
    "an end at its beginning": ({"DTEND": "20261203T130000Z"}, at(13), at(13)),
    "an end before its beginning": ({"DTEND": "20261203T120000Z"}, at(13), None),
    "a day": ({"DTSTART": None, "DTSTART;VALUE=DATE": "20261203"}, None, None),
    "without a zone": ({"DTSTART": "20261203T150000"}, None, None),
    "no time": ({"DTSTART": None, "DTEND": None}, None, None),
    "a time that can't be read": ({"DTSTART": "soon"}, None, None),
}


@pytest.mark.parametrize(("changed", "begins", "ends"), TIMES.values(), ids=TIMES)
def test_which_time_is_proposed(changed, begins, ends):
    (reply,) = parse_replies(file_with("COUNTER", **changed))
    assert (reply.begins, reply.ends) == (begins, ends)


COMMENTS = {
    "none": ({}, ""),
    "a comment": ({"COMMENT": "I am on\\n holiday\\, sorry"}, "I am on holiday, sorry"),
    "that of Outlook": (
        {
            "ATTENDEE;X-RESPONSE-COMMENT=Later?;PARTSTAT=ACCEPTED": "mailto:jan@example.cz",
            "ATTENDEE__ACCEPTED": None,
        },
        "Later?",
    ),
    "a long one": ({"COMMENT": "x" * 5_000}, "x" * 1_000),
}


@pytest.mark.parametrize(("changed", "comment"), COMMENTS.values(), ids=COMMENTS)
def test_what_is_written_with_an_answer(changed, comment):
    (reply,) = parse_replies(file_with(**changed))
    assert reply.comment == comment


def test_times_count_only_in_proposals():
    (reply,) = parse_replies(file_with())
    assert (reply.begins, reply.ends) == (None, None)


@pytest.mark.parametrize(("written", "sequence"), [("2", 2), ("0", 0), (None, 0)], ids=str)
def test_an_answer_to_the_first_invitation_may_have_no_sequence(written, sequence):
    (reply,) = parse_replies(file_with(SEQUENCE=written))
    assert reply.sequence == sequence


def test_of_very_many_events_and_people_in_one_file_only_so_many_count():
    event = "BEGIN:VEVENT\r\nUID:{0}@ours.example\r\nDTSTAMP:20261122T100000Z\r\n{1}END:VEVENT\r\n"
    people = "".join(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:a{number}@x.example\r\n" for number in range(201))
    events = "".join(
        event.format(number, people if number == 0 else people.partition("\r\n")[0] + "\r\n")
        for number in range(21)
    )
    found = parse_replies(f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n{events}END:VCALENDAR\r\n")
    assert len({reply.uid for reply in found}) == 20
    assert len([reply for reply in found if reply.uid == "0@ours.example"]) == 200
