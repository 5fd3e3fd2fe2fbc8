"""Files and emails are read within the process of a test: starting another one takes longer than reading the few rows of a test.

The tests of reading itself (tests/crm/platform/excel/reading, tests/mailboxes/messages/test_hostile.py) start it, as the product does,
and so does everything that runs a whole Leadwell.
"""

import io
import json
import subprocess
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest


class Here:
    """Stands for the process: what it is asked on one line, it answers at once and completely."""

    returncode = 0

    def __init__(self, _command: list[str], **_options: Any) -> None:
        self.stdin, self.stdout = Asked(self), io.BytesIO()

    def answer(self, asked: dict) -> None:
        from crm.platform.excel.reading import reader_process

        said: list[dict] = []
        # The limits of memory and time are those of a process.
        with (
            patch.object(reader_process, "write_message", said.append),
            patch.object(reader_process, "limit_memory", lambda _number: None),
        ):
            reader_process.answer_request(asked)
        self.stdout = io.BytesIO(b"".join(json.dumps(message).encode() + b"\n" for message in said))

    def kill(self) -> None:
        self.stdout.close()

    def wait(self) -> int:
        return self.returncode

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()


class Asked(io.BytesIO):
    def __init__(self, process: Here) -> None:
        super().__init__()
        self.process = process

    def flush(self) -> None:
        if not self.closed and (line := self.getvalue()):
            self.truncate(0)
            self.process.answer(json.loads(line))


@pytest.fixture(autouse=True, scope="session")
def files_read_here(django_test_environment):
    from crm.platform.excel.reading import reader

    with patch.object(reader, "subprocess", SimpleNamespace(**vars(subprocess) | {"Popen": Here})):
        yield


@pytest.fixture
def reading_process(files_read_here, monkeypatch):
    """The process that the product starts."""
    monkeypatch.setattr("crm.platform.excel.reading.reader.subprocess", subprocess)


def read_emails(asked: str, messages: Sequence[bytes]) -> bytes:
    """What the process of mailboxes/messages/parser_process.py answers, without its limits of memory and time."""
    from mailboxes.messages.parser_child import write_answers

    answer = io.BytesIO()
    write_answers(asked, messages, answer)
    return answer.getvalue()


@pytest.fixture(autouse=True, scope="session")
def emails_read_here(django_test_environment):
    from mailboxes.messages import parser_process

    run_parser = parser_process._run_parser
    with patch.object(parser_process, "_run_parser", read_emails):
        yield run_parser


@pytest.fixture
def email_process(emails_read_here):
    """The process that the product starts."""
    from mailboxes.messages import parser_process

    with patch.object(parser_process, "_run_parser", emails_read_here):
        yield
