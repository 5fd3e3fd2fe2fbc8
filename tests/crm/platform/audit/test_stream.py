"""The stream of the audit log: a JSON line for each entry that is committed, and nothing that a receiver could hold up."""

import json
import logging
import socket
import stat

import pytest
from django.db import transaction

from crm.models import AuditEntry, AuditWaiting
from crm.platform.audit import audit_stream
from crm.platform.audit.entries import PendingEntry
from tests.api.conftest import Program, make_token
from tests.waiting import PATIENCE


@pytest.fixture
def streamed(settings, django_capture_on_commit_callbacks):
    """streamed("/a/file", act) writes what the act records to this place."""
    settings.AUDIT_LOG = "on"

    def written(where: str, act) -> None:
        handler = audit_stream.build_audit_handler(where)
        audit_stream.log.addHandler(handler)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                act()
        finally:
            audit_stream.log.removeHandler(handler)
            handler.close()

    return written


def test_the_stream_writes_a_line_by_syslog_and_into_a_private_file(bob, streamed, tmp_path):
    entry = PendingEntry(
        "viewed", bob, via="browser", address="203.0.113.9", table="lead", record=7, details={"a": "é\n"}
    )
    path = tmp_path / "logs" / "audit.jsonl"
    streamed(str(path), entry.write)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(PATIENCE)
        streamed(f"syslog://127.0.0.1:{receiver.getsockname()[1]}", entry.write)
        datagram = receiver.recv(65_536).decode().rstrip("\0")
    for line in (path.read_text().strip(), datagram.partition(">")[2]):
        found = json.loads(line)
        assert (found["event"], found["user"], found["name"]) == ("viewed", bob.pk, "Bob")
        assert (found["table"], found["record"], found["details"]) == ("lead", 7, {"a": "é\n"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def build_program(user) -> Program:
    return Program(make_token(user), "Authorization", "Bearer ")


def test_what_a_program_read_is_in_the_stream(bob, streamed, tmp_path):
    path, program = tmp_path / "audit.jsonl", build_program(bob)
    streamed(str(path), lambda: program.get("/api/v2/me"))
    found = json.loads(path.read_text())
    assert (found["event"], found["user"]) == ("read_by_program", bob.pk)
    assert found["details"] == {"token": "Bob's program", "path": "/api/v2/me"}


def test_what_a_program_read_waits_for_a_receiver(bob, settings):
    settings.AUDIT_LOG = "https://logs.example"
    build_program(bob).get("/api/v2/me")
    entry = AuditEntry.objects.get(kind="read_by_program")
    assert list(AuditWaiting.objects.values_list("pk", flat=True)) == [entry.pk]


def test_a_rolled_back_entry_is_not_in_the_stream(bob, streamed, tmp_path):
    path = tmp_path / "audit.jsonl"

    def act():
        with transaction.atomic():
            PendingEntry("viewed", bob).write()
            transaction.set_rollback(True)

    streamed(str(path), act)
    assert not path.exists()


def test_a_place_that_cannot_be_written_takes_back_neither_the_entry_nor_the_request(
    bob, streamed, monkeypatch
):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    streamed("/proc/not/here/audit.jsonl", PendingEntry("viewed", bob).write)
    streamed("syslog://127.0.0.1:9", PendingEntry("viewed", bob).write)
    assert AuditEntry.objects.count() == 2


def test_without_the_setting_there_is_no_stream(bob, settings, django_capture_on_commit_callbacks):
    settings.AUDIT_LOG = ""
    with django_capture_on_commit_callbacks() as callbacks:
        PendingEntry("viewed", bob).write()
    assert callbacks == []
