"""The limits of a request end with it, although the transaction of the test goes on around it."""

from unittest.mock import patch

import pytest
from django.db import connection
from psycopg.pq import TransactionStatus

# As in a transaction that has set none. Read-only needs no reset: PostgreSQL ends it with the savepoint.
RESET = """SELECT set_config(name, reset_val, true) FROM pg_settings
    WHERE name IN ('lock_timeout', 'statement_timeout', 'max_parallel_workers_per_gather')"""


@pytest.fixture(autouse=True, scope="session")
def limits_of_one_request(django_test_environment):
    """Each request of a test has the transaction that it has on a server: a GET that writes fails, and what waits too long is
    ended. What the test itself does afterwards has no limits."""
    from crm.web.transactions import TransactionMiddleware

    in_transaction = TransactionMiddleware._in_transaction

    def run(request, view, arguments, keywords):
        try:
            return in_transaction(request, view, arguments, keywords)
        finally:
            driver = connection.connection
            if driver and driver.info.transaction_status == TransactionStatus.INTRANS:
                driver.execute(RESET)

    with patch.object(TransactionMiddleware, "_in_transaction", staticmethod(run)):
        yield
