"""The process that reads received messages: separately, with little memory and time.

    python -m mailboxes.messages.parser_child  <  {"read": …, "sizes": [bytes of each message]}, and the messages

It answers with JSON lines. "letter" is one message: first what its headers say, then the letter and the sizes of its files,
which follow as they are, or {"refused": the name of the error}. "head" is the first of these lines. "addresses" is one line
for each of many messages.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from crm.platform.server.process_limits import limit_this_process
from mailboxes.messages import limits
from mailboxes.messages.received_message import (
    parse_message_addresses,
    parse_message_head,
    parse_received_message,
)


def write_answer(into: IO[bytes], answer: Any) -> None:
    into.write(json.dumps(answer, default=_format_iso).encode("ascii") + b"\n")
    into.flush()


def _format_iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))


def write_parsed_letter(raw: bytes, into: IO[bytes]) -> None:
    write_answer(into, asdict(parse_message_head(raw)))
    letter = parse_received_message(raw)
    values = {name: value for name, value in vars(letter).items() if name != "files"}
    values |= {name: asdict(value) for name in ("bounce", "complaint") if (value := values[name])}
    values["replies"] = [asdict(reply) for reply in letter.replies]
    sizes = [(name, len(content)) for name, content in letter.files]
    write_answer(into, {"letter": values, "files": sizes})
    for _name, content in letter.files:
        into.write(content)
    into.flush()


def write_answers(asked: str, messages: Iterable[bytes], into: IO[bytes]) -> None:
    """`asked` is "letter" or "head" of one message, or "addresses" of all."""
    try:
        if asked == "letter":
            write_parsed_letter(next(iter(messages)), into)
        elif asked == "head":
            write_answer(into, asdict(parse_message_head(next(iter(messages)))))
        else:
            for raw in messages:
                write_answer(into, parse_message_addresses(raw))
    except Exception as error:
        # Whatever goes wrong here is the message's fault.
        write_answer(into, {"refused": type(error).__name__})


def main() -> None:
    asked = json.loads(sys.stdin.buffer.readline())
    limit_this_process(
        limits.FIRST_BYTES + limits.BYTES_A_BYTE * sum(asked["sizes"]), limits.PROCESSOR_SECONDS
    )
    messages = (sys.stdin.buffer.read(size) for size in asked["sizes"])
    write_answers(asked["read"], messages, sys.stdout.buffer)


if __name__ == "__main__":
    main()
