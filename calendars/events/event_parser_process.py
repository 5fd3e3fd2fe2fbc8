"""Reading and changing events in a process of their own (calendars/events/event_parser_child.py), which has limits on time and memory."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from calendars.events import parser_limits
from calendars.events.event_values import EventValues, ReadEvent, ReadTime, clean_place, clean_title
from crm.platform.server.reading_process import parse_answer, run_reading_process


class NotChanged(Exception):
    """The event can't be changed: it can't be read."""


def parse_events(events: Sequence[tuple[str, str, bytes]], zone: str, until: datetime) -> list[ReadEvent]:
    """Of paths, etags and texts. One at which the process ended can't be read, and the next ones follow."""
    asked = {"zone": zone, "now": datetime.now(UTC).isoformat(), "until": until.isoformat()}
    answers: list[Any] = []
    while len(answers) < len(events):
        answers += _run_parser(asked, [raw for _path, _etag, raw in events[len(answers) :]])
        answers += [{}] * (len(answers) < len(events))
    return [
        _build_event(path, etag, answer) for (path, etag, _raw), answer in zip(events, answers, strict=True)
    ]


def change_event(text: bytes, zone: str, recurrence: str, values: EventValues | None) -> bytes:
    """The text of the event with these values, or without one time of its series. Raises NotChanged."""
    written = values and {
        "title": values.title,
        "place": values.place,
        "begins": values.begins.astimezone(UTC).isoformat(),
        "ends": values.ends.astimezone(UTC).isoformat(),
        "description": values.description or None,
        "link": values.link or None,
    }
    change = {"recurrence": recurrence, "values": written, "zone": zone}
    answers = _run_parser({"change": change}, [text])
    if not answers or "text" not in answers[0]:
        raise NotChanged
    return answers[0]["text"].encode()


def _run_parser(asked: dict[str, Any], texts: Sequence[bytes]) -> list[Any]:
    """What the process said of each until it ended or was killed."""
    said = run_reading_process("calendars.events.event_parser_child", asked, texts, parser_limits.PATIENCE)
    return [answer for line in said.splitlines() if (answer := parse_answer(line)) is not None]


def _build_event(path: str, etag: str, answer: dict[str, Any]) -> ReadEvent:
    if "times" not in answer:
        return ReadEvent(path, etag, is_readable=False)
    times = {one["recurrence"]: _build_time(one) for one in answer["times"]}
    return ReadEvent(path, etag, answer["uid"], answer["recurring"], tuple(times.values()))


def _build_time(one: dict[str, Any]) -> ReadTime:
    begins, ends = datetime.fromisoformat(one["begins"]), datetime.fromisoformat(one["ends"])
    return ReadTime(
        recurrence=one["recurrence"],
        values=EventValues(clean_title(one["title"]), clean_place(one["place"]), begins, ends),
        busy=one["busy"],
        canceled=one["canceled"],
        private=one["private"],
        organizer=one["organizer"],
        people=tuple(one["people"]),
        declined=tuple(one["declined"]),
        modified=datetime.fromisoformat(one["modified"]) if one["modified"] else None,
    )
