"""The process that reads events of calendars: separately, with little memory and time.

    python -m calendars.events.event_parser_child  <  {"zone": …, "now": …, "until": …, "sizes": [bytes of each]}, and the events

It answers with one JSON line for each event, {"refused": the name of the error} for one that can't be read.
"""

import json
import signal
import sys
from datetime import datetime
from typing import Any

from calendars.events import parser_limits
from calendars.events.event_parser import parse_event
from calendars.events.event_writer import change_text
from crm.platform.server.process_limits import limit_this_process


class TooSlow(Exception):
    """Reading one event took too long."""


def stop_reading(_number: int, _frame: Any) -> None:
    raise TooSlow


def answer_one(raw: bytes, asked: dict[str, Any]) -> Any:
    """What the event has; or with "change", its text with the change."""
    signal.setitimer(signal.ITIMER_VIRTUAL, parser_limits.SECONDS_AN_EVENT)
    try:
        text = raw.decode(errors="replace").replace("\0", "")
        if asked.get("change"):
            return {"text": change_text(text, asked["change"])}
        now, until = datetime.fromisoformat(asked["now"]), datetime.fromisoformat(asked["until"])
        return parse_event(text, asked["zone"], now, until)
    except Exception as error:
        # Whatever goes wrong here is the event's fault.
        return {"refused": type(error).__name__}
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main() -> None:
    asked = json.loads(sys.stdin.buffer.readline())
    memory = parser_limits.FIRST_BYTES + parser_limits.BYTES_A_BYTE * sum(asked["sizes"])
    limit_this_process(memory, parser_limits.SECONDS)
    signal.signal(signal.SIGVTALRM, stop_reading)
    for size in asked["sizes"]:
        answer = answer_one(sys.stdin.buffer.read(size), asked)
        sys.stdout.buffer.write(json.dumps(answer).encode("ascii") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
