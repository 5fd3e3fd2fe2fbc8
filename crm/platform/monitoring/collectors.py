"""What is looked up whenever metrics are asked for: the queue, the worker, the database with its standbys, its pooler, and the disk.

It runs in a process without the apps, so it knows tables by name. The database role needs no more permissions; with
pg_monitor it also sees the standbys.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crm.platform.configuration.worker_lanes import LANES, WORKER_SILENT_AFTER
from crm.platform.monitoring import pgbouncer_stats

# They are reported even when they're empty.
QUEUES = [queue for lane in LANES for queue in lane.queues]
TIMEOUT, CONNECT_TIMEOUT = 2_000, 3  # milliseconds for each query, seconds

WAITING = """
    SELECT queue_name, count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
        count(*) FILTER (WHERE status = 'doing')
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY queue_name
"""
# IDs ascend with time, so the oldest job of a queue has the lowest one. Jobs with a time wait from that time on.
OLDEST = """
    SELECT waiting.queue_name, extract(epoch FROM now() - least(waiting.due, min(event.at)))
    FROM (
        SELECT queue_name, min(id) FILTER (WHERE scheduled_at IS NULL) AS oldest, min(scheduled_at) AS due
        FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
        GROUP BY queue_name
    ) waiting
    LEFT JOIN procrastinate_events event ON event.job_id = waiting.oldest
    GROUP BY waiting.queue_name, waiting.due
"""
HEARTBEAT = "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
CONNECTIONS = """
    SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1
"""
LIMIT = "SELECT current_setting('max_connections')::int, pg_database_size(current_database())"
# On the primary, one row for each standby. A role without pg_monitor sees their names without their state and positions,
# and a lag of zero would be wrong.
STANDBYS = """
    SELECT application_name, coalesce(extract(epoch FROM replay_lag), 0),
        pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(replay_lsn, flush_lsn, write_lsn))
    FROM pg_stat_replication WHERE state IS NOT NULL AND NOT pg_is_in_recovery()
"""
# Whether all standbys are seen here, and the archive of a server that has one.
SEEN = """
    SELECT seen, seen AND current_setting('archive_mode') <> 'off'
    FROM (SELECT NOT pg_is_in_recovery() AND pg_has_role('pg_monitor', 'USAGE') AS seen) primary_and_role
"""
FOLLOWING = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
# Since when the oldest finished file of the write-ahead log waits: it can't be archived, or archiving it hangs.
ARCHIVE = """
    SELECT coalesce(extract(epoch FROM now() - min(modification)), 0) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'
"""


class DatabaseCollector(Collector):
    """Asked once for each scrape. Without a database, only that, the pooler and the disk are reported."""

    def collect(self) -> Iterator[Metric]:
        yield from _collect_disk()
        yield _build_metric(
            "leadwell_web_threads", "Requests that this node can answer at once", _count_threads()
        )
        try:
            found = [*self._collect_database()]
        except psycopg.Error:
            found = []
        yield _build_metric("leadwell_database_up", "1 if the database can be reached", bool(found))
        yield from found
        yield from pgbouncer_stats.collect_pool_metrics()

    def _collect_database(self) -> Iterator[Metric]:
        """A connection for each scrape: it follows a failover, and none is left open in between."""
        asked = connections["default"].get_connection_params() | {"connect_timeout": CONNECT_TIMEOUT}
        with psycopg.connect(**asked, autocommit=True) as connection, connection.cursor() as cursor:
            yield from collect_database_metrics(cursor)


def collect_database_metrics(cursor: Any) -> Iterator[Metric]:
    """Each part by itself: if a query takes too long, the database can still be reached, and the other parts are reported.

    A pooler may give each part another connection, so its limit ends with its transaction.
    """
    connection, missing = cursor.connection, 0
    for part in (_collect_queue, _collect_worker, _collect_connections, _collect_standbys, _collect_archive):
        try:
            with connection.transaction():
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(TIMEOUT)])
                found = [*part(cursor)]
            yield from found
        except psycopg.Error:
            if connection.closed:
                raise
            missing += 1
    yield _build_metric(
        "leadwell_metrics_missing", "Parts of this page that the database didn't answer in time", missing
    )


def _collect_queue(cursor: Any) -> Iterator[Metric]:
    cursor.execute(WAITING)
    counts = dict.fromkeys(QUEUES, (0, 0)) | {row[0]: row[1:] for row in cursor.fetchall()}
    cursor.execute(OLDEST)
    ages = dict.fromkeys(counts, 0) | {queue: age for queue, age in cursor.fetchall() if age is not None}
    waiting = {queue: count[0] for queue, count in counts.items()}
    running = {queue: count[1] for queue, count in counts.items()}
    yield _build_labelled_gauge("leadwell_queue_jobs", "Jobs that are due and wait", "queue", waiting)
    yield _build_labelled_gauge("leadwell_queue_running", "Jobs that are running", "queue", running)
    yield _build_labelled_gauge(
        "leadwell_queue_oldest_seconds", "How long the oldest of them has waited", "queue", ages
    )


def _collect_worker(cursor: Any) -> Iterator[Metric]:
    cursor.execute(HEARTBEAT)
    silent = cursor.fetchone()[0]
    # A worker that is stopped forgets itself.
    is_up = silent is not None and silent < WORKER_SILENT_AFTER
    yield _build_metric("leadwell_worker_up", "1 if a worker was heard of a moment ago", is_up)
    if silent is not None:
        yield _build_metric(
            "leadwell_worker_silent_seconds", "Seconds since a worker was last heard of", silent
        )


def _collect_connections(cursor: Any) -> Iterator[Metric]:
    cursor.execute(CONNECTIONS)
    states = {"active": 0, "idle": 0, "idle in transaction": 0} | dict(cursor.fetchall())
    cursor.execute(LIMIT)
    most, size = cursor.fetchone()
    yield _build_labelled_gauge(
        "leadwell_database_connections", "Connections to this database", "state", states
    )
    yield _build_metric("leadwell_database_connections_limit", "max_connections of the server", most)
    yield _build_metric("leadwell_database_bytes", "Size of the database", size)


def _collect_standbys(cursor: Any) -> Iterator[Metric]:
    cursor.execute(STANDBYS)
    rows = cursor.fetchall()
    if rows:
        seconds, behind = {row[0]: row[1] for row in rows}, {row[0]: row[2] or 0 for row in rows}
        yield _build_labelled_gauge(
            "leadwell_replica_lag_seconds", "How late a standby replays", "replica", seconds
        )
        yield _build_labelled_gauge(
            "leadwell_replica_lag_bytes", "WAL that it has yet to replay", "replica", behind
        )
    cursor.execute(SEEN)
    if cursor.fetchone()[0]:
        cursor.execute(FOLLOWING)
        yield _build_metric("leadwell_replicas", "Standbys that follow the primary", cursor.fetchone()[0])


def _collect_archive(cursor: Any) -> Iterator[Metric]:
    cursor.execute(SEEN)
    if cursor.fetchone()[1]:
        cursor.execute(ARCHIVE)
        waits = cursor.fetchone()[0]
        yield _build_metric(
            "leadwell_wal_archive_waiting_seconds", "How long WAL has waited for its archive", waits
        )


def _collect_disk() -> Iterator[Metric]:
    room = shutil.disk_usage(Path(settings.DATA))
    yield _build_metric("leadwell_disk_free_bytes", "Room left on the disk of LEADWELL_DATA", room.free)
    yield _build_metric("leadwell_disk_bytes", "Size of the disk of LEADWELL_DATA", room.total)


def _count_threads() -> int:
    return settings.ENVIRONMENT.web_processes * settings.ENVIRONMENT.web_threads


def _build_metric(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=float(value))


def _build_labelled_gauge(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], float(value))
    return family
