"""The months of a year that is over become one partition, for a table that is kept forever.

A query without a time looks into every partition, and planning it takes about 0.03 ms for each: with a partition for each month of
ten years, an undo would take longer than what it undoes. The months are copied while everything goes on, and exchanged in one
short moment. Months that will be dropped aren't joined, because only whole partitions can be dropped.
"""

from datetime import UTC, date, datetime, timedelta
from logging import getLogger

from django.db import connection, transaction
from django.utils import timezone

from crm.jobs.housekeeping import every_hour
from crm.partitions.tables import CHANGES, Partitioned

log = getLogger(__name__)

# After the end of a year, so that its last changes are rarely undone any more.
QUIET = timedelta(days=60)
# The hours in which a year is joined: copying it keeps the disk busy.
NIGHT = range(1, 5)
# The night in which it failed in this process: nothing is copied twice in one night for nothing.
FAILED: set[date] = set()

# A row that is changed meanwhile, by erasing a person, waits. Writers of new rows wait only for the exchange at the end, which gives
# up after a second and tries again, because others would wait behind it. NULL says that the table is busy before anything is copied.
JOIN = """
CREATE OR REPLACE FUNCTION leadwell_join_year(parent text, "column" text, year integer) RETURNS integer
LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
DECLARE
    whole text = parent || '_' || year;
    first timestamptz;
    last timestamptz;
    parts text[];
    part text;
    definition text;
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
    -- Only the end of a block by an error gives a lock back.
    BEGIN
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
        RAISE EXCEPTION USING ERRCODE = 'LWFRE';
    EXCEPTION
        WHEN lock_not_available THEN RETURN NULL;
        WHEN SQLSTATE 'LWFRE' THEN NULL;
    END;
    FOREACH part IN ARRAY parts LOOP
        EXECUTE format('LOCK TABLE %I IN SHARE MODE', part);
    END LOOP;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', whole, parent);
    FOREACH part IN ARRAY parts LOOP
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', whole, part);
    END LOOP;
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id, %I)', whole, "column");
    FOR definition IN
        SELECT regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX \\S+ ON (ONLY )?\\S+ ', format(' INDEX ON %I ', whole))
        FROM pg_index i WHERE i.indrelid = parent::regclass AND NOT i.indisprimary LOOP
        EXECUTE definition;
    END LOOP;
    -- With it, no row is read again when the partition is attached.
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT joined CHECK (%I >= %L AND %I < %L)', whole, "column", first, "column", last);
    EXECUTE format('ANALYZE %I', whole);
    FOR attempt IN 1..20 LOOP
        BEGIN
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF attempt = 20 THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(3);
        END;
    END LOOP;
    FOREACH part IN ARRAY parts LOOP
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, part);
        EXECUTE format('DROP TABLE %I', part);
    END LOOP;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, whole, first, last);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT joined', whole);
    RETURN cardinality(parts);
END;
$$;
"""

YEARS = """
    SELECT DISTINCT extract(year FROM since AT TIME ZONE 'UTC')::integer FROM leadwell_partitions(%s)
    WHERE since > '-infinity' AND since < %s ORDER BY 1"""


@every_hour
def years_of_changes() -> int:
    now = timezone.localtime()
    if now.hour not in NIGHT or now.date() in FAILED:
        return 0
    try:
        return join_a_year(CHANGES)
    except Exception:
        FAILED.clear()
        FAILED.add(now.date())
        raise


def join_a_year(one: Partitioned) -> int:
    """Join the months of the first year that is over. Returns how many there were, or 0, also if the table is busy."""
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
            if joined:
                transaction.on_commit(one.analyze)
                return joined
    return 0
