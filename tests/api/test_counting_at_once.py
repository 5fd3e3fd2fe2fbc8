"""Totals while several transactions write: the order in which they begin, take the numbers of their changes, and end is any."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from leads.api import exact_counts
from leads.models import Lead

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@contextmanager
def another_transaction() -> Iterator[Callable]:
    """do(work): on a separate connection, in a transaction that is committed at the end of the block."""
    asked, done = threading.Semaphore(0), threading.Semaphore(0)
    waiting: list[Callable] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with transaction.atomic():
                while asked.acquire() and (work := waiting.pop()):
                    work()
                    done.release()
        except BaseException as error:
            errors.append(error)
            done.release()
        finally:
            connections.close_all()

    def do(work) -> None:
        waiting.append(work)
        asked.release()
        if work:
            done.acquire()
        assert errors == []

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield do
    finally:
        do(None)
        thread.join()
    assert errors == []


def begin_to_write() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")


def rename() -> None:
    """A change without a savepoint, which would have its own transaction number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.strict', 'off', true)")
        cursor.execute("UPDATE leads_lead SET last_name = 'Longfield'")


def test_a_change_with_a_lower_number_in_a_later_transaction_is_counted_when_it_is_committed(ann, make_lead):
    rows = Lead.objects.present().visible_to(ann)
    make_lead("Jan Kettleworth")
    with another_transaction() as later:
        with another_transaction() as earlier:
            earlier(begin_to_write)
            later(lambda: make_lead("Ana Brightwater"))
            earlier(rename)
        # The later transaction is the oldest that is still writing, and nothing later has ended.
        for _time in range(2):
            assert exact_counts.count_leads(rows) == 1
    assert exact_counts.count_leads(rows) == rows.count() == 2


def test_what_one_transaction_counts_twice_does_not_hide_a_change_that_is_committed_later(ann, make_lead):
    rows = Lead.objects.present().visible_to(ann)
    with another_transaction() as slow:
        with transaction.atomic():
            assert exact_counts.count_leads(rows) == 0
            slow(lambda: make_lead("Ana Brightwater"))
            with another_transaction() as quick:
                quick(lambda: make_lead("Jan Kettleworth"))
            assert exact_counts.count_leads(rows) == 1
        for _time in range(2):
            assert exact_counts.count_leads(rows) == 1
    assert exact_counts.count_leads(rows) == rows.count() == 2


def test_a_transaction_that_writes_itself_says_nothing_about_the_next_one(ann, make_lead):
    with transaction.atomic():
        begin_to_write()
        assert exact_counts._read_commit_state().next is None
    assert exact_counts._read_commit_state().next is not None
