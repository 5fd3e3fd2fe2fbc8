"""The audit log on its way to a receiver, by syslog over TLS or https: in order, at least once, and only to the right one."""

import hashlib
import hmac
import json
import re

import pytest
from django.utils import timezone

from crm.models import AuditEntry, AuditStream, AuditWaiting
from crm.platform.audit import receivers, stream_follower
from crm.platform.audit.entries import PendingEntry
from crm.platform.audit.stream_follower import send_waiting_audit_entries
from tests.crm.platform.audit.receiving import SECRET, Authority, SyslogServer, WebServer, at_once, write


def test_each_entry_is_one_syslog_message_with_its_length_before_it(follow, authority, ada):
    with SyslogServer(authority.server()) as server:
        follow(server.url)
        at = timezone.now().replace(microsecond=120)
        PendingEntry("viewed", ada, via="browser", at=at, details={"a": "é\n<1>", "name": "Șt"}).write()
        assert send_waiting_audit_entries() == 1
    (message,) = server.messages
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.000120+00:00")
    assert message.startswith(f"<38>1 {moment} 127.0.0.1 leadwell - viewed - {{")
    assert message.isascii()
    assert "\n" not in message
    sent = json.loads(message.split(" - ", 2)[2])
    entry = AuditEntry.objects.get()
    assert sent == {
        "id": entry.pk, "at": str(entry.at), "user": ada.pk, "name": "Ada", "via": "browser", "address": None,
        "request": "", "event": "viewed", "table": "", "record": None, "details": {"a": "é\n<1>", "name": "Șt"},
    }  # fmt: skip


@pytest.mark.parametrize("ends", ["politely", "abruptly"])
def test_many_entries_arrive_in_batches_once_and_in_order(follow, authority, monkeypatch, ends):
    monkeypatch.setattr(stream_follower, "BATCH", 40)
    with SyslogServer(authority.server(), ends=ends) as server:
        follow(server.url)
        ids = write(100)
        assert send_waiting_audit_entries() == 100
        assert send_waiting_audit_entries() == 0
        assert server.ids == ids
        assert len(server.streams) == 3
    assert not AuditWaiting.objects.exists()
    state = AuditStream.objects.get()
    assert (state.failing_since, state.tries, state.problem) == (None, 0, "")
    assert state.sent_at


@pytest.mark.parametrize("scheme", ["syslog+tls", "https"])
@pytest.mark.parametrize("wrong", ["authority", "host"])
def test_a_certificate_of_another_authority_or_host_is_refused(follow, authority, tmp_path, scheme, wrong):
    context = (
        Authority(tmp_path, "other").server()
        if wrong == "authority"
        else authority.server("logs.example.com")
    )
    with (SyslogServer if scheme == "syslog+tls" else WebServer)(context) as server:
        follow(server.url)
        write(3)
        assert send_waiting_audit_entries() == 0
        assert (server.messages if scheme == "syslog+tls" else server.heard) == []
    assert AuditStream.objects.get().problem == "The certificate or the encryption of the server is invalid."
    assert AuditWaiting.objects.count() == 3


def test_without_an_authority_of_its_own_those_of_the_machine_count(follow, authority, settings):
    with SyslogServer(authority.server()) as server:
        follow(server.url)
        settings.AUDIT_CA = ""
        write(1)
        assert send_waiting_audit_entries() == 0
        assert server.messages == []
    assert "certificate" in AuditStream.objects.get().problem


def test_a_server_without_encryption_gets_nothing_that_it_can_read(follow):
    with SyslogServer(None) as server:
        follow(server.url)
        write(1)
        assert send_waiting_audit_entries() == 0
    assert all(b"viewed" not in stream for stream in server.streams)
    assert AuditWaiting.objects.count() == 1


def test_a_receiver_that_was_down_gets_everything_once_and_in_order(follow, authority, caplog):
    server = SyslogServer(authority.server())
    follow(server.url)
    first = write(5)
    send_waiting_audit_entries()
    with server:
        pass
    second = write(5)
    for _time in range(3):
        assert send_waiting_audit_entries() == 0
        at_once()
    third = write(5)
    with SyslogServer(authority.server(), port=server.port) as again:
        assert send_waiting_audit_entries() == 10
        assert [*server.ids, *again.ids] == [*first, *second, *third]
    told = [
        record.getMessage()
        for record in caplog.records
        if record.name == "crm.platform.audit.stream_follower"
    ]
    assert len(told) == 2
    assert "can't be sent to" in told[0]
    assert "The connection was refused." in told[0]
    assert told[1].endswith("again")


@pytest.mark.parametrize("ends", ["early", "deaf"])
def test_a_receiver_that_has_not_read_everything_gets_the_whole_batch_again(follow, authority, ends):
    server = SyslogServer(authority.server(), ends=ends)
    with server:
        follow(server.url)
        ids = write(20)
        assert send_waiting_audit_entries() == 0
        assert AuditWaiting.objects.count() == 20
        server.ends = "politely"
        at_once()
        assert send_waiting_audit_entries() == 20
        assert server.ids == ids


def test_a_receiver_that_never_closes_has_not_confirmed_and_is_given_up_in_time(follow, authority):
    with SyslogServer(authority.server(), ends="never") as server:
        follow(server.url)
        write(1)
        assert send_waiting_audit_entries() == 0
    assert AuditStream.objects.get().problem == "The server didn’t respond in time."
    assert AuditWaiting.objects.count() == 1


def test_a_server_that_drips_is_cut_off(follow, authority, monkeypatch):
    monkeypatch.setattr(receivers, "LONGEST", 2)
    with SyslogServer(authority.server(), ends="dripping") as server:
        follow(server.url.replace("syslog+tls", "https"))
        write(1)
        assert send_waiting_audit_entries() == 0
    assert AuditWaiting.objects.count() == 1


def test_the_web_receiver_gets_a_signed_list(follow, authority):
    with WebServer(authority.server()) as server:
        follow(server.url)
        ids = write(3)
        assert send_waiting_audit_entries() == 3
        ((headers, body),) = server.heard
    assert [entry["id"] for entry in json.loads(body)] == ids
    assert headers["Content-Type"] == "application/json"
    assert headers["Leadwell-Delivery"] == f"audit-{ids[0]}-{ids[-1]}"
    moment, signature = re.fullmatch(r"t=(\d+),v1=(\w+)", headers["Leadwell-Signature"]).groups()
    expected = hmac.new(SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert signature == expected


@pytest.mark.parametrize("status", [301, 400, 404, 500])
def test_an_answer_other_than_success_keeps_the_entries_and_a_redirect_is_not_followed(
    follow, authority, status
):
    with WebServer(authority.server()) as server:
        server.status, server.location = status, server.url.replace("audit", "other")
        follow(server.url)
        write(2)
        assert send_waiting_audit_entries() == 0
        assert len(server.heard) == 1
    assert AuditStream.objects.get().problem == f"The server responded with {status}."
    assert AuditWaiting.objects.count() == 2
