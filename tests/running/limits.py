"""The limits of a request end with it, although the transaction of the test goes on around it; and on a busy machine, no request
meets them by accident."""

from unittest.mock import patch

import pytest
from django.db import connection
from psycopg.pq import TransactionStatus

from tests.waiting import PATIENCE

# Read-only needs no reset: PostgreSQL ends it with the savepoint.
LIMITS = ("lock_timeout", "statement_timeout", "max_parallel_workers_per_gather")


@pytest.fixture(autouse=True, scope="session")
def limits_of_one_request(django_test_environment):
    """Each request of a test has the transaction that it has on a server: a GET that writes fails, and what waits too long is
    ended. What the test itself does afterwards has no limits."""
    from crm.platform.web.middleware.request_transactions import TransactionMiddleware

    in_transaction = TransactionMiddleware._run_in_transaction
    resets: list[str] = []

    def reset(driver) -> str:
        """As in a transaction that has set none. PostgreSQL takes a millisecond to list its settings, so they are read once."""
        if not resets:
            found = driver.execute(
                "SELECT name, reset_val FROM pg_settings WHERE name = ANY(%s)", [[*LIMITS]]
            ).fetchall()
            resets.append(
                "SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in found)
            )
        return resets[0]

    def run(request, view, arguments, keywords):
        try:
            return in_transaction(request, view, arguments, keywords)
        finally:
            driver = connection.connection
            if driver and driver.info.transaction_status == TransactionStatus.INTRANS:
                driver.execute(reset(driver))

    with patch.object(TransactionMiddleware, "_run_in_transaction", staticmethod(run)):
        yield


@pytest.fixture(autouse=True, scope="session")
def patience_of_requests(django_test_environment):
    """A request or a short job waits for locks, and an export is no job, for as long as a test waits for anything. Tests of these
    limits set small ones, or the real ones, which this returns."""
    from crm.platform.jobs import job_runner
    from crm.platform.web.transactions import set_transaction_limits
    from crm.transfer.exports import export_response, file_writing

    real = dict(set_transaction_limits.__kwdefaults__)
    with (
        patch.dict(set_transaction_limits.__kwdefaults__, lock=PATIENCE * 1_000, statement=PATIENCE * 1_000),
        patch.object(job_runner, "LOCK_MILLISECONDS", PATIENCE * 1_000),
        patch.object(export_response, "PATIENCE", PATIENCE),
        patch.object(file_writing, "PATIENCE", PATIENCE),
    ):
        yield real


@pytest.fixture
def waits_for_no_lock(monkeypatch):
    """A request that meets a lock of another transaction is told so at once."""
    from crm.platform.web.transactions import set_transaction_limits as limit

    monkeypatch.setitem(limit.__kwdefaults__, "lock", 20)
