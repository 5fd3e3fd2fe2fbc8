"""The months of a year that is over become one partition, for a table that is kept forever.

A query without a time looks into every partition, and planning it takes about 0.03 ms for each: with a partition for each month of
ten years, an undo would take longer than what it undoes. The months are copied while everything goes on, and exchanged in one
short moment (partition_exchange.py). Months that will be dropped aren't joined, because only whole partitions can be dropped.
"""

from datetime import UTC, date, datetime, timedelta
from logging import getLogger

from django.db import connection, transaction
from django.utils import timezone

from crm.platform.database.partitioned_tables import CHANGES_TABLE, PartitionedTable
from crm.platform.jobs.housekeeping import every_hour

log = getLogger(__name__)

# After the end of a year, so that its last changes are rarely undone any more.
QUIET = timedelta(days=60)
# The hours in which a year is joined: copying it keeps the disk busy.
NIGHT = range(1, 5)
# The night in which it failed in this process: nothing is copied twice in one night for nothing.
FAILED: set[date] = set()

# NULL says that the table is busy before anything is copied, and -1 that it was busy at the end, or that rows were changed meanwhile.
JOIN = """
CREATE OR REPLACE FUNCTION leadwell_join_year(parent text, "column" text, year integer) RETURNS integer
LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
DECLARE
    whole text = parent || '_' || year;
    first timestamptz;
    last timestamptz;
    parts text[];
    part text;
    quiet record;
BEGIN
    SELECT array_agg(p.name ORDER BY p.since), min(p.since), max(p.until) INTO parts, first, last
    FROM leadwell_partitions(parent) p
    WHERE p.since >= make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC')
        AND p.until <= make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC');
    -- The year in which the table was partitioned has fewer months.
    IF coalesce(cardinality(parts), 0) < 2 OR last < make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC')
        OR cardinality(parts) <> 13 - extract(month FROM first AT TIME ZONE 'UTC') THEN
        RETURN 0;
    END IF;
    SELECT * INTO quiet FROM leadwell_quiet(parent);
    IF quiet.id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM leadwell_copy(parent, "column", whole, parts, first, last, quiet.id, quiet.rewritten);
    PERFORM leadwell_stop(parent, parts || (parent || '_other'), quiet.rewritten, 20);
    FOREACH part IN ARRAY parts LOOP
        EXECUTE format('INSERT INTO %I SELECT * FROM %I WHERE id > %L', whole, part, quiet.id);
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, part);
        EXECUTE format('DROP TABLE %I', part);
    END LOOP;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, whole, first, last);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT copied', whole);
    RETURN cardinality(parts);
EXCEPTION WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN
    RETURN -1;
END;
$$;
"""

YEARS = """
    SELECT DISTINCT extract(year FROM since AT TIME ZONE 'UTC')::integer FROM leadwell_partitions(%s)
    WHERE since > '-infinity' AND since < %s ORDER BY 1"""


class CopyLost(Exception):
    """A year was copied, but couldn't take the place of its months."""


@every_hour
def join_finished_year() -> int:
    now = timezone.localtime()
    if now.hour not in NIGHT or now.date() in FAILED:
        return 0
    try:
        return join_a_year(CHANGES_TABLE)
    except CopyLost as lost:
        log.warning("%s", lost)
        _remember_failed_day(now.date())
        return 0
    except Exception:
        _remember_failed_day(now.date())
        raise


def _remember_failed_day(day: date) -> None:
    FAILED.clear()
    FAILED.add(day)


def join_a_year(one: PartitionedTable) -> int:
    """Join the months of the first year that is over. Returns how many there were, or 0, also if the table is busy. Raises CopyLost;
    then nothing has changed."""
    if one.over() is not None:
        return 0
    this = datetime((timezone.now() - QUIET).astimezone(UTC).year, 1, 1, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(YEARS, [one.table, this])
        for (year,) in cursor.fetchall():
            cursor.execute("SELECT leadwell_join_year(%s, %s, %s)", [one.table, one.column, year])
            (joined,) = cursor.fetchone()
            if joined is None:
                log.info("%s is busy: its months of %s are joined later", one.table, year)
                return 0
            if joined < 0:
                raise CopyLost(
                    f"The months of {year} of {one.table} are joined later: others used it, or changed rows, while they were copied"
                )
            if joined:
                transaction.on_commit(one.analyze)
                return joined
    return 0
