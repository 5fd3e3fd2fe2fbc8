"""The indexes that nothing in a run of the benchmarks has used, with their size: PostgreSQL counts the use of each."""

from typing import Any

from django.db import connection

# Smaller ones cost too little to be worth a look.
MEGABYTES = 4


def use() -> list[tuple[int, int]]:
    """How often each index has been used until now. Only a superuser may reset the counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::bigint, idx_scan FROM pg_stat_user_indexes")
        return cursor.fetchall()


def unused(before: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Those of the product's tables that aren't constraints, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname, indexrelname, pg_relation_size(s.indexrelid) / 1048576 AS megabytes
               FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
               LEFT JOIN unnest(%s::bigint[], %s::bigint[]) AS b (id, scans) ON b.id = s.indexrelid
               WHERE idx_scan = coalesce(b.scans, 0) AND schemaname = 'public' AND NOT indisunique
               AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = s.indexrelid)
               AND pg_relation_size(s.indexrelid) >= %s::bigint * 1048576
               ORDER BY 3 DESC, 1, 2""",
            [[pk for pk, _scans in before], [scans for _pk, scans in before], MEGABYTES],
        )
        return [
            {"table": table, "index": index, "megabytes": megabytes}
            for table, index, megabytes in cursor.fetchall()
        ]


def sizes() -> dict[str, float]:
    """Gigabytes of the database, and of its largest tables with their indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1e9")
        found = {"database": float(cursor.fetchone()[0])}
        cursor.execute(
            """SELECT relname, pg_total_relation_size(oid) / 1e9 FROM pg_class
               WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC LIMIT 12"""
        )
        return found | {name: float(size) for name, size in cursor.fetchall()}
