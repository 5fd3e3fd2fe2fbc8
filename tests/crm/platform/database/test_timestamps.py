"""Points in time are read as Django reads them."""

from datetime import UTC

import pytest
from django.db import DataError, connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader

from crm.platform.database.timestamp_parsing import Moments


class AsDjango(BaseTzLoader):
    timezone = UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 10:00:00+00",
        "2026-11-20 10:00:00.5+00",
        "2026-11-20 10:00:00.123456+00",
        "0001-01-01 00:00:00+00",
        "9999-12-31 23:59:59.999999+00",
    ],
)
def test_a_point_in_time_is_read_as_django_reads_it(text, db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        (read,) = cursor.fetchone()
        cursor.adapters.register_loader("timestamptz", AsDjango)
        cursor.execute("SELECT %s::timestamptz", [text])
        (expected,) = cursor.fetchone()
    assert (read, read.tzinfo) == (expected, UTC)


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 BC"])
def test_a_point_in_time_that_python_does_not_have_is_an_error(text, db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        with pytest.raises(DataError):
            cursor.fetchone()


def test_each_connection_reads_them_this_way(db):
    with connection.cursor() as cursor:
        loader = cursor.adapters.get_loader(cursor.adapters.types["timestamptz"].oid, 0)
    assert loader is Moments
