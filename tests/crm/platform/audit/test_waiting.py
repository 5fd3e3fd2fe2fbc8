"""The entries that wait for a receiver: pauses, workers that are killed, late commits, and pages that don't wait."""

import logging
import socket
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.models import AuditEntry, AuditStream, AuditWaiting
from crm.platform.audit import receivers, stream_follower
from crm.platform.audit.entries import PendingEntry
from crm.platform.audit.stream_follower import delete_entries_without_receiver, send_waiting_audit_entries
from crm.platform.jobs.housekeeping import clean_up
from tests.crm.platform.audit.receiving import SyslogServer, WebServer, at_once, write
from tests.ports import get_free_port
from tests.waiting import until_set


def test_pauses_after_failures_grow_up_to_five_minutes(follow, stopped_clock):
    port = get_free_port()
    follow(f"syslog+tls://127.0.0.1:{port}")
    write(1)
    found = []
    for _time in range(6):
        send_waiting_audit_entries()
        found.append((AuditStream.objects.get().next_at - stopped_clock).total_seconds())
        before = AuditStream.objects.get().tries
        send_waiting_audit_entries()
        assert AuditStream.objects.get().tries == before
        at_once()
    assert found == [4, 16, 64, 300, 300, 300]


def test_a_batch_that_arrived_before_a_failure_is_not_sent_again(follow, authority, monkeypatch):
    monkeypatch.setattr(stream_follower, "BATCH", 4)
    with WebServer(authority.server()) as server:
        follow(server.url)
        ids = write(10)
        really, calls = receivers.deliver_lines, []

        def deliver(lines):
            calls.append(lines)
            server.status = 503 if len(calls) == 2 else 200
            really(lines)

        monkeypatch.setattr(stream_follower, "deliver_lines", deliver)
        assert send_waiting_audit_entries() == 4
        at_once()
        assert send_waiting_audit_entries() == 6
        assert server.ids == [*ids[:8], *ids[4:]]


def test_what_was_sent_when_the_worker_was_killed_is_sent_again(follow, authority, monkeypatch):
    with SyslogServer(authority.server()) as server:
        follow(server.url)
        ids = write(3)
        with transaction.atomic():
            send_waiting_audit_entries()
            transaction.set_rollback(True)
        assert send_waiting_audit_entries() == 3
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
            PendingEntry("signed_in").write()
            written.set()
            until_set(commit)
        connection.close()

    with SyslogServer(authority.server()) as server:
        follow(server.url)
        thread = threading.Thread(target=late)
        thread.start()
        until_set(written)
        PendingEntry("signed_out").write()
        clean_up([send_waiting_audit_entries])
        commit.set()
        thread.join()
        clean_up([send_waiting_audit_entries])
        assert [message.split(" - ")[1] for message in server.messages] == ["signed_out", "signed_in"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_send_at_once(follow, authority):
    results = []

    def other():
        results.append(clean_up([send_waiting_audit_entries])["send_waiting_audit_entries"])
        connection.close()

    with SyslogServer(authority.server()) as server:
        follow(server.url)
        PendingEntry("viewed").write()
        with transaction.atomic():
            assert send_waiting_audit_entries() == 1
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
        assert results == [0]
        assert len(server.ids) == 1


def test_a_page_does_not_wait_for_a_receiver_that_hangs(follow, sign_in, ada, make_lead):
    lead, browser = make_lead(), sign_in(ada)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        follow(f"syslog+tls://127.0.0.1:{silent.getsockname()[1]}")
        silent.setblocking(False)
        assert browser.get(f"/admin/leads/{lead.pk}").status_code == 200
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert AuditEntry.objects.get(kind="viewed").pk in AuditWaiting.objects.values_list("pk", flat=True)


@pytest.mark.parametrize("where", ["", "stdout", "syslog://127.0.0.1:9"])
def test_without_such_a_receiver_nothing_waits_and_what_waited_is_forgotten(follow, settings, where):
    follow("https://logs.example.com/")
    write(2)
    settings.AUDIT_LOG = where
    PendingEntry("viewed").write()
    assert send_waiting_audit_entries() == 0
    assert AuditWaiting.objects.count() == 2
    assert delete_entries_without_receiver() == 2


def test_what_waits_for_a_receiver_stays_unless_its_month_was_dropped(follow, authority):
    with SyslogServer(authority.server()) as server:
        follow(server.url)
        ids = write(1)
        old = timezone.now() - timezone.timedelta(days=600)
        AuditWaiting.objects.create(pk=10**12, at=old)
        assert delete_entries_without_receiver() == 1
        AuditWaiting.objects.create(pk=10**12, at=timezone.now())
        assert send_waiting_audit_entries() == 2
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
    port = get_free_port()
    follow(f"https://127.0.0.1:{port}/secret-path")
    write(1)
    with caplog.at_level(logging.WARNING):
        send_waiting_audit_entries()
    assert "secret-path" not in caplog.text
    assert f"https://127.0.0.1:{port}" in caplog.text
