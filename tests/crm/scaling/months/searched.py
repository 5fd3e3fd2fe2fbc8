"""Which statements look into a month long before: those that don't, don't even lock its partition."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCKED = """
    SELECT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'AccessShareLock'
                   AND relation = 'crm_change_2020_01'::regclass)"""


@contextmanager
def long_before() -> Iterator[list[str]]:
    """January 2020 gets a partition. The list has the first statement in this block that looks into it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, until FROM leadwell_partitions('crm_change') WHERE since = '-infinity'")
        first, until = cursor.fetchone()
        cursor.execute(f"ALTER TABLE crm_change DETACH PARTITION {first}")
        cursor.execute(
            f"ALTER TABLE crm_change ATTACH PARTITION {first} FOR VALUES FROM ('2020-02-01') TO (%s)", [until]
        )
        cursor.execute("SELECT leadwell_partition('crm_change', '2020-01-01')")
    found: list[str] = []

    def watch(execute, sql, parameters, many, context):
        result = execute(sql, parameters, many, context)
        with connection.connection.cursor() as cursor:
            cursor.execute(LOCKED)
            if cursor.fetchone()[0] and not found:
                found.append(str(sql))
        return result

    with connection.execute_wrapper(watch):
        yield found
