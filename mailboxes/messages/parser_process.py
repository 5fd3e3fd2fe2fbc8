"""Reading received messages in a process of their own (mailboxes/messages/parser_child.py), which has limits on time and memory.

So the worker's threads never wait long for a message, and a message that fills the memory ends that process only.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm.platform.server.reading_process import parse_answer, run_reading_process
from crm.work.invitations.itip_replies import InvitationReply
from mailboxes.messages import limits
from mailboxes.messages.automatic_messages import Bounce, Complaint
from mailboxes.messages.received_message import MessageHead, ReceivedMessage


class NotRead(Exception):
    """A message that can't be read: the text is why, and `head` is what its headers say."""

    def __init__(self, why: str, head: MessageHead) -> None:
        super().__init__(why)
        self.head = head


class BeyondLimits(NotRead):
    """Reading it took too much time or memory."""


def read_letter(raw: bytes) -> ReceivedMessage:
    """Raises NotRead."""
    output = _run_parser("letter", [raw])
    first, _end, rest = output.partition(b"\n")
    second, end, content = rest.partition(b"\n")
    head = parse_answer(first) or {}
    answer = parse_answer(second) if end else None
    refused = head.get("refused") or (answer or {}).get("refused")
    head = MessageHead(**head) if "sender" in head else MessageHead()
    if refused == "MemoryError" or (not refused and answer is None):
        raise BeyondLimits("limits", head)
    if refused or answer is None:
        raise NotRead(str(refused), head)
    if len(content) != sum(size for _name, size in answer["files"]):
        raise BeyondLimits("limits", head)
    return _build_message(answer["letter"], answer["files"], content)


def parse_head_in_process(raw: bytes) -> MessageHead:
    """What the headers of a message say; nothing of one whose headers can't be read."""
    head = parse_answer(_run_parser("head", [raw])) or {}
    return MessageHead(**head) if "sender" in head else MessageHead()


def parse_addresses_in_process(messages: Sequence[bytes]) -> list[tuple[str, list[str], bool]]:
    """Of each message, as `addresses_in` has it. One at which the process ended has no addresses, and the next ones follow."""
    found: list[tuple[str, list[str], bool]] = []
    while len(found) < len(messages):
        lines = [parse_answer(line) for line in _run_parser("addresses", messages[len(found) :]).splitlines()]
        found += [(line[0], line[1], line[2]) for line in lines if isinstance(line, list)]
        found += [("", [], False)] * (len(found) < len(messages))
    return found


def _run_parser(asked: str, messages: Sequence[bytes]) -> bytes:
    return run_reading_process("mailboxes.messages.parser_child", {"read": asked}, messages, limits.SECONDS)


def _build_message(values: dict[str, Any], sizes: list[tuple[str, int]], content: bytes) -> ReceivedMessage:
    files, begin = [], 0
    for name, size in sizes:
        files.append((name, content[begin : begin + size]))
        begin += size
    for name in ("to", "written_to", "header_to", "header_cc", "references", "loops"):
        values[name] = tuple(values[name])
    values["at"] = _parse_moment(values["at"])
    values["replies"] = tuple(
        InvitationReply(**reply | {name: _parse_moment(reply[name]) for name in ("stamp", "begins", "ends")})
        for reply in values["replies"]
    )
    values["bounce"] = _build_bounce(values["bounce"]) if values["bounce"] else None
    values["complaint"] = Complaint(**values["complaint"]) if values["complaint"] else None
    return ReceivedMessage(files=tuple(files), **values)


def _build_bounce(values: dict[str, Any]) -> Bounce:
    return Bounce(**values | {"recipients": tuple(values["recipients"])})


def _parse_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
