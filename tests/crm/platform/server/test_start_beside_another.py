"""Two servers start at once on one database that has to be migrated."""

import threading

import pytest
from django.db import connection, connections

from crm.platform.server.start_preparation import _wait_until_alone
from tests.waiting import until, until_ended

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_a_start_that_waits_for_another_one_does_not_keep_an_index_from_being_built():
    """Building an index while others write waits for all older statements, so both starts would wait forever."""
    said, ended = [], []

    def start() -> None:
        try:
            with _wait_until_alone(said.append):
                ended.append(True)
        finally:
            connections.close_all()

    second = threading.Thread(target=start)
    with _wait_until_alone(said.append):
        second.start()
        until(lambda: said)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '60s'")
            try:
                cursor.execute("CREATE INDEX CONCURRENTLY beside_a_start ON crm_tag (name)")
            finally:
                cursor.execute("RESET statement_timeout")
                cursor.execute("DROP INDEX IF EXISTS beside_a_start")
        assert not ended
    until_ended(second)
    assert ended == [True]
