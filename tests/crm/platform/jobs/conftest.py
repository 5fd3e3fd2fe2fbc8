"""Clears the queue of jobs."""

import pytest
from django.db import connection, connections


@pytest.fixture
def empty_queue(monkeypatch):
    """No jobs and no workers. The threads of a worker end their connections with each task, so that the test database can be
    dropped."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    for alias in ("default", "progress"):
        monkeypatch.setitem(connections.settings[alias], "CONN_MAX_AGE", 0)
