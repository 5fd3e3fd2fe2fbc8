"""How busy a pgbouncer before the database is, as its own console says. It answers users that are in its `stats_users`.

The console is a database of the pooler, so it is at the address of DATABASE_URL. It knows only simple queries.
"""

from collections.abc import Iterator
from contextlib import suppress

import psycopg
from django.conf import settings
from django.db.utils import ConnectionHandler
from prometheus_client.core import GaugeMetricFamily, Metric
from psycopg.rows import DictRow, dict_row

from crm.platform.database.connection_settings import build_database_settings

CONSOLE, TIMEOUT = "pgbouncer", 3  # seconds
# The columns of SHOW POOLS, by what the connections to the server do.
STATES = {
    "active": "sv_active",
    "idle": "sv_idle",
    "used": "sv_used",
    "tested": "sv_tested",
    "login": "sv_login",
}


def collect_pool_metrics() -> Iterator[Metric]:
    """Nothing without a pooler, and nothing from one that doesn't answer or is another program."""
    if not settings.ENVIRONMENT.database_direct_url:
        return
    found: list[DictRow] = []
    with suppress(psycopg.Error):
        found = read_pools()
    if found:
        yield from build_pool_metrics(found)


def read_pools() -> list[DictRow]:
    """The rows of SHOW POOLS of our database, one for each user. Raises psycopg.Error."""
    asked = ConnectionHandler(build_database_settings(settings.ENVIRONMENT))[
        "default"
    ].get_connection_params()
    console = asked | {"dbname": CONSOLE, "connect_timeout": TIMEOUT, "autocommit": True}
    with psycopg.connect(**console) as connection, connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SHOW POOLS")
        return [row for row in cursor.fetchall() if row["database"] == asked["dbname"]]


def build_pool_metrics(rows: list[DictRow]) -> Iterator[Metric]:
    connections = GaugeMetricFamily(
        "leadwell_pool_connections", "Connections of the pooler to the database", labels=["state"]
    )
    for state, column in STATES.items():
        connections.add_metric([state], float(sum(row[column] for row in rows)))
    yield connections
    waiting = sum(row["cl_waiting"] for row in rows)
    yield GaugeMetricFamily(
        "leadwell_pool_waiting", "Transactions that wait for a connection", value=float(waiting)
    )
    longest = max(row["maxwait"] + row["maxwait_us"] / 1_000_000 for row in rows)
    yield GaugeMetricFamily(
        "leadwell_pool_wait_seconds", "How long the first of them has waited", value=float(longest)
    )
