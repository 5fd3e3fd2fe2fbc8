"""A worker that is killed between fetching a message and committing it: the next worker receives the message once."""

import signal
from contextlib import contextmanager

import psycopg
import pytest

from tests.hard.running import Leadwell, a_started_leadwell
from tests.mailboxes.serving import PASSWORD, an_imap_server

pytestmark = pytest.mark.hard

ADDRESS, LEAD = "sales@ours.example", "known@lead.example"
# What a worker writes for a message, in this order; each time it is killed while it waits for the first of these tables.
STEPS = ["mailboxes_message", "mailboxes_mailboxfolder", "customers_request", "crm_activity"]
ADD = f"""
from accounts.models import Department
from accounts.second_factor.secret_encryption import sealed
from leads.models import Lead
from crm.records.history.verb_execution import operation
from mailboxes.models import Mailbox
from mailboxes.receiving.mailbox_polling import check
department = Department.objects.order_by("pk").first()
box = Mailbox.objects.create(name="Sales", address="{ADDRESS}", department=department, imap_host="127.0.0.1",
    imap_port=%d, smtp_host="127.0.0.1", smtp_port=9, secret=sealed("{PASSWORD}"))
check(box)
assert box.problem == "", box.problem
with operation("test", by=None):
    lead = Lead.objects.filter(deleted_at=None, client=None, client_contact=None).order_by("pk").first()
    Lead.objects.filter(pk=lead.pk).update(email="{LEAD}")
"""
READ = """
from django.utils import timezone
from mailboxes.jobs import read_mailbox
from mailboxes.models import Mailbox
Mailbox.objects.update(busy_until=timezone.now(), next_check_at=timezone.now() + timezone.timedelta(days=1))
read_mailbox.defer(mailbox_id=Mailbox.objects.get().pk)
""".replace("timezone.timedelta", "__import__('datetime').timedelta")
WAITING = """
    SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = %s AND NOT l.granted"""


def ask(leadwell: Leadwell, query: str, *values: object):
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
        return connection.execute(query, values).fetchone()[0]


def run(leadwell: Leadwell, code: str) -> None:
    done = leadwell.manage("shell", "-c", code)
    assert done.returncode == 0, done.stderr


@contextmanager
def no_one_writes(leadwell: Leadwell, table: str):
    """Others can read the table, and wait before they write to it."""
    with psycopg.connect(**leadwell.server.get_connection_parameters()) as connection:
        connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        yield
        connection.rollback()


def an_email(sender: str, number: int) -> bytes:
    return (
        f"From: {sender}\r\nTo: {ADDRESS}\r\nSubject: Message {number}\r\n"
        f"Message-ID: <{number}@{sender.partition('@')[2]}>\r\n\r\nText of {number}.\r\n"
    ).encode()


def kill_while_waiting(leadwell: Leadwell, table: str) -> None:
    """Kill the worker while it waits to write to this table, with the message in its memory."""
    workers = leadwell.named("manage.py work")
    with no_one_writes(leadwell, table):
        run(leadwell, READ)
        leadwell.wait(lambda: ask(leadwell, WAITING, table))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        leadwell.wait(lambda: leadwell.named("manage.py work") not in ([], workers))


@pytest.mark.nightly
def test_a_message_whose_worker_is_killed_before_it_commits_is_received_once():
    with (
        an_imap_server() as (imap, authority),
        a_started_leadwell(SSL_CERT_FILE=str(authority.path)) as leadwell,
    ):
        leadwell.start()
        run(leadwell, ADD % imap.port)
        before = ask(leadwell, "SELECT count(*) FROM customers_request")
        for number, table in enumerate(STEPS):
            sender = LEAD if table == "crm_activity" else f"ana{number}@stranger.example"
            imap.deliver(ADDRESS, an_email(sender, number))
            kill_while_waiting(leadwell, table)
            assert ask(leadwell, "SELECT count(*) FROM mailboxes_message") == number
            run(leadwell, READ)
            rows = "SELECT count(*) FROM mailboxes_message"
            leadwell.wait(lambda rows=rows, number=number: ask(leadwell, rows) == number + 1)
            # A further visit finds nothing new.
            begun = ask(leadwell, "SELECT now()")
            run(leadwell, READ)
            at = "SELECT last_success_at > %s FROM mailboxes_mailbox"
            leadwell.wait(lambda at=at, begun=begun: ask(leadwell, at, begun))
        strangers = len(STEPS) - 1
        assert ask(leadwell, "SELECT count(*) FROM customers_request") == before + strangers
        subjects = "SELECT count(DISTINCT subject) FROM customers_request WHERE starts_with(subject, %s)"
        assert ask(leadwell, subjects, "Message ") == strangers
        added = "SELECT count(*) FROM crm_activity WHERE type = 'email' AND address = %s"
        assert ask(leadwell, added, LEAD) == 1
        assert ask(leadwell, "SELECT count(*) FROM mailboxes_message") == len(STEPS)
        assert leadwell.interrupt() == 0
