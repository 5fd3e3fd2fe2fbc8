"""The number of the transaction that wrote a change: it says which changes were there at a moment, and which came later.

IDs of changes are given out before their transactions end, so a row with a lower ID may appear after one with a higher ID. Two
snapshots of PostgreSQL say exactly what became visible between them. Their transaction IDs start again in a database that was restored
from a dump, and may be used twice after a failover that lost some. So a number is made of an era and the ID: each timeline of
PostgreSQL begins an era, and so does each restore.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

# PostgreSQL would take 500,000 years to use so many transaction IDs at a million a second.
ID_BITS = 44

# plpgsql, because it is installed before the table that it reads has its column. Some servers refuse to name their timeline: they
# have only one.
ERA = """
CREATE OR REPLACE FUNCTION leadwell_era() RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    earlier bigint = coalesce((SELECT max(earlier_eras) FROM crm_installation), 0);
BEGIN
    RETURN earlier + ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint;
EXCEPTION WHEN feature_not_supported OR object_not_in_prerequisite_state OR insufficient_privilege THEN
    RETURN earlier + 1;
END
$$;
"""

NUMBER = f"""
CREATE OR REPLACE FUNCTION leadwell_transaction_number() RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (leadwell_era() << {ID_BITS}) + pg_current_xact_id()::text::bigint;
END
$$;
"""

FUNCTIONS = [ERA, NUMBER]

# For INSERT … SELECT: without a reference to a row, it is computed once for the statement.
CURRENT_NUMBER_SQL = "(SELECT leadwell_transaction_number())"

SNAPSHOT = f"""
    SELECT (era << {ID_BITS}) + pg_snapshot_xmax(snapshot)::text::bigint,
        ARRAY(SELECT (era << {ID_BITS}) + open::text::bigint FROM pg_snapshot_xip(snapshot) AS open ORDER BY 1),
        clock_timestamp(), coalesce((SELECT earlier_eras FROM crm_installation), 0)
    FROM leadwell_era() AS era, pg_current_snapshot() AS snapshot"""

# The last changes of a dump have higher IDs than any transaction of the database that it was restored into.
RESTORED = f"""
    UPDATE crm_installation SET earlier_eras = (newest.number >> {ID_BITS})
    FROM (SELECT max(transaction_number) AS number
          FROM (SELECT transaction_number FROM crm_change ORDER BY id DESC LIMIT 1000) AS last) AS newest
    WHERE newest.number >= (leadwell_era() << {ID_BITS}) + pg_snapshot_xmax(pg_current_snapshot())::text::bigint"""


@dataclass(frozen=True)
class TransactionSnapshot:
    """What is visible at the moment `at`: the changes of the transactions with a number below `next`, except of those that are `open`.
    `earlier_eras` is the last era before the database was restored from a backup, 0 if it never was; a kept snapshot doesn't have it."""

    next: int
    open: tuple[int, ...]
    at: datetime
    earlier_eras: int = field(default=0, compare=False)

    @property
    def era(self) -> int:
        return self.next >> ID_BITS

    def does_show(self, number: int) -> bool:
        return number < self.next and number not in self.open


def get_current_snapshot() -> TransactionSnapshot:
    """Only on the primary: a standby doesn't know all that are open."""
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        number, still_open, at, earlier_eras = cursor.fetchone()
    return TransactionSnapshot(number, tuple(still_open), at, earlier_eras)


def start_era_if_restored(**_signal: Any) -> None:
    """After the migrations, which are run before a restored database is written to."""
    with connection.cursor() as cursor:
        cursor.execute(RESTORED)
