"""The audit log on its way to a receiver, by syslog over TLS or https: in order, at least once, and never in the way."""

import hashlib
import hmac
import json
import logging
import re
import socket
import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.audit import follower, receivers
from crm.audit.entries import Entry
from crm.audit.follower import entries_without_receiver, waiting_audit_entries
from crm.jobs.housekeeping import clean_up
from crm.models import AuditEntry, AuditStream, AuditWaiting
from tests.crm.receiving import Authority, SyslogServer, WebServer

SECRET = "a secret of the audit log"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def follow(settings, authority, db, monkeypatch):
    """follow(url) makes it the receiver, whose certificate is from our authority."""
    monkeypatch.setattr(receivers, "SECONDS", 1)
    monkeypatch.setattr(receivers, "RESET_WITHIN", 200)

    def to(url: str) -> None:
        settings.AUDIT_LOG, settings.AUDIT_CA, settings.AUDIT_SECRET = url, str(authority.path), SECRET

    return to


def write(number: int, **values) -> list[int]:
    """The ids of this many new entries."""
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    for count in range(number):
        Entry("viewed", table="lead", record=count, **values).write()
    return sorted(set(AuditEntry.objects.values_list("pk", flat=True)) - before)


def at_once() -> None:
    """As if the pause after a failure were over."""
    AuditStream.objects.update(next_at=None)


def test_each_entry_is_one_syslog_message_with_its_length_before_it(follow, authority, ada):
    with SyslogServer(authority.server()) as server:
        follow(server.url)
        at = timezone.now().replace(microsecond=120)
        Entry("viewed", ada, via="browser", at=at, details={"a": "é\n<1>", "name": "Șt"}).write()
        assert waiting_audit_entries() == 1
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
    monkeypatch.setattr(follower, "BATCH", 40)
    with SyslogServer(authority.server(), ends=ends) as server:
        follow(server.url)
        ids = write(100)
        assert waiting_audit_entries() == 100
        assert waiting_audit_entries() == 0
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
        assert waiting_audit_entries() == 0
        assert (server.messages if scheme == "syslog+tls" else server.heard) == []
    assert AuditStream.objects.get().problem == "The certificate or the encryption of the server is invalid."
    assert AuditWaiting.objects.count() == 3


def test_without_an_authority_of_its_own_those_of_the_machine_count(follow, authority, settings):
    with SyslogServer(authority.server()) as server:
        follow(server.url)
        settings.AUDIT_CA = ""
        write(1)
        assert waiting_audit_entries() == 0
        assert server.messages == []
    assert "certificate" in AuditStream.objects.get().problem


def test_a_server_without_encryption_gets_nothing_that_it_can_read(follow):
    with SyslogServer(None) as server:
        follow(server.url)
        write(1)
        assert waiting_audit_entries() == 0
    assert all(b"viewed" not in stream for stream in server.streams)
    assert AuditWaiting.objects.count() == 1


def test_a_receiver_that_was_down_gets_everything_once_and_in_order(follow, authority, caplog):
    server = SyslogServer(authority.server())
    follow(server.url)
    first = write(5)
    waiting_audit_entries()
    with server:
        pass
    second = write(5)
    for _time in range(3):
        assert waiting_audit_entries() == 0
        at_once()
    third = write(5)
    with SyslogServer(authority.server(), port=server.port) as again:
        assert waiting_audit_entries() == 10
        assert [*server.ids, *again.ids] == [*first, *second, *third]
    told = [record.getMessage() for record in caplog.records if record.name == "crm.audit.follower"]
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
        assert waiting_audit_entries() == 0
        assert AuditWaiting.objects.count() == 20
        server.ends = "politely"
        at_once()
        assert waiting_audit_entries() == 20
        assert server.ids == ids


def test_a_receiver_that_never_closes_has_not_confirmed_and_is_given_up_in_time(follow, authority):
    with SyslogServer(authority.server(), ends="never") as server:
        follow(server.url)
        write(1)
        begun = time.monotonic()
        assert waiting_audit_entries() == 0
        assert time.monotonic() - begun < 4
    assert AuditStream.objects.get().problem == "The server didn’t respond in time."
    assert AuditWaiting.objects.count() == 1


def test_a_server_that_drips_is_cut_off(follow, authority, monkeypatch):
    monkeypatch.setattr(receivers, "LONGEST", 2)
    with SyslogServer(authority.server(), ends="dripping") as server:
        follow(server.url.replace("syslog+tls", "https"))
        write(1)
        begun = time.monotonic()
        assert waiting_audit_entries() == 0
        assert 1.5 < time.monotonic() - begun < 5
    assert AuditWaiting.objects.count() == 1


def test_pauses_after_failures_grow_up_to_five_minutes(follow):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    follow(f"syslog+tls://127.0.0.1:{port}")
    write(1)
    found = []
    for _time in range(6):
        begun = timezone.now()
        waiting_audit_entries()
        found.append(round((AuditStream.objects.get().next_at - begun).total_seconds()))
        before = AuditStream.objects.get().tries
        waiting_audit_entries()
        assert AuditStream.objects.get().tries == before
        at_once()
    assert found == [4, 16, 64, 300, 300, 300]


def test_a_batch_that_arrived_before_a_failure_is_not_sent_again(follow, authority, monkeypatch):
    monkeypatch.setattr(follower, "BATCH", 4)
    with WebServer(authority.server()) as server:
        follow(server.url)
        ids = write(10)
        really, calls = receivers.deliver, []

        def deliver(lines):
            calls.append(lines)
            server.status = 503 if len(calls) == 2 else 200
            really(lines)

        monkeypatch.setattr(follower, "deliver", deliver)
        assert waiting_audit_entries() == 4
        at_once()
        assert waiting_audit_entries() == 6
        assert server.ids == [*ids[:8], *ids[4:]]


def test_the_web_receiver_gets_a_signed_list(follow, authority):
    with WebServer(authority.server()) as server:
        follow(server.url)
        ids = write(3)
        assert waiting_audit_entries() == 3
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
        assert waiting_audit_entries() == 0
        assert len(server.heard) == 1
    assert AuditStream.objects.get().problem == f"The server responded with {status}."
    assert AuditWaiting.objects.count() == 2


def test_what_was_sent_when_the_worker_was_killed_is_sent_again(follow, authority, monkeypatch):
    with SyslogServer(authority.server()) as server:
        follow(server.url)
        ids = write(3)
        with transaction.atomic():
            waiting_audit_entries()
            transaction.set_rollback(True)
        assert waiting_audit_entries() == 3
        assert server.ids == ids + ids


def test_a_rolled_back_entry_does_not_wait(follow):
    follow("https://logs.example.com/")
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert not AuditWaiting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_late_arrives_although_later_ones_were_sent(follow, authority):
    written, commit = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            Entry("signed_in").write()
            written.set()
            commit.wait(10)
        connection.close()

    with SyslogServer(authority.server()) as server:
        follow(server.url)
        thread = threading.Thread(target=late)
        thread.start()
        written.wait(10)
        Entry("signed_out").write()
        clean_up([waiting_audit_entries])
        commit.set()
        thread.join()
        clean_up([waiting_audit_entries])
        assert [message.split(" - ")[1] for message in server.messages] == ["signed_out", "signed_in"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_send_at_once(follow, authority):
    results = []

    def other():
        results.append(clean_up([waiting_audit_entries])["waiting_audit_entries"])
        connection.close()

    with SyslogServer(authority.server()) as server:
        follow(server.url)
        Entry("viewed").write()
        with transaction.atomic():
            assert waiting_audit_entries() == 1
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
        assert results == [0]
        assert len(server.ids) == 1


def test_a_page_does_not_wait_for_a_receiver_that_hangs(follow, sign_in, ada, make_lead):
    lead, browser = make_lead(), sign_in(ada)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        follow(f"syslog+tls://127.0.0.1:{silent.getsockname()[1]}")
        silent.settimeout(0.2)
        assert browser.get(f"/admin/leads/{lead.pk}").status_code == 200
        with pytest.raises(TimeoutError):
            silent.accept()
    assert AuditEntry.objects.get(kind="viewed").pk in AuditWaiting.objects.values_list("pk", flat=True)


@pytest.mark.parametrize("where", ["", "stdout", "syslog://127.0.0.1:9"])
def test_without_such_a_receiver_nothing_waits_and_what_waited_is_forgotten(follow, settings, where):
    follow("https://logs.example.com/")
    write(2)
    settings.AUDIT_LOG = where
    Entry("viewed").write()
    assert waiting_audit_entries() == 0
    assert AuditWaiting.objects.count() == 2
    assert entries_without_receiver() == 2


def test_what_waits_for_a_receiver_stays_unless_its_month_was_dropped(follow, authority):
    with SyslogServer(authority.server()) as server:
        follow(server.url)
        ids = write(1)
        old = timezone.now() - timezone.timedelta(days=600)
        AuditWaiting.objects.create(pk=10**12, at=old)
        assert entries_without_receiver() == 1
        AuditWaiting.objects.create(pk=10**12, at=timezone.now())
        assert waiting_audit_entries() == 2
        assert server.ids == ids


def test_the_page_of_the_audit_log_shows_how_the_stream_is_doing(follow, sign_in, ada, settings):
    browser = sign_in(ada)
    follow("https://logs.example.com:8443?key=secret-path")
    write(2)
    AuditStream.objects.create(pk=1, failing_since=timezone.now(), problem="The connection was refused.")
    page = browser.get("/admin/audit").text
    assert "https://logs.example.com:8443" in page
    assert "secret-path" not in page
    assert "The connection was refused." in page
    settings.AUDIT_LOG = ""
    assert "logs.example.com" not in browser.get("/admin/audit").text


def test_the_page_names_the_problem_in_the_language_of_its_reader(follow, sign_in, ada):
    follow("https://logs.example.com/")
    ada.language = "ro"
    ada.save()
    AuditStream.objects.create(pk=1, failing_since=timezone.now(), problem="The connection was refused.")
    assert "Conexiunea a fost refuzată." in sign_in(ada).get("/admin/audit").text


def test_a_failure_is_logged_without_the_path_of_the_address(follow, caplog):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    follow(f"https://127.0.0.1:{port}/secret-path")
    write(1)
    with caplog.at_level(logging.WARNING):
        waiting_audit_entries()
    assert "secret-path" not in caplog.text
    assert f"https://127.0.0.1:{port}" in caplog.text
