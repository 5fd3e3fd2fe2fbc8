"""What the database roles of BI tools may not do, and ending sessions of theirs that go on for too long.

A role can lift its own settings: PostgreSQL has no right to keep one from doing so. So what it could change or hold is taken
away from everyone but Leadwell, the views reject transactions that can write (reports/bi/database_views.py), and the worker ends sessions
that are over their limits.
"""

from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from crm.platform.jobs.housekeeping import every_minute_in_each_worker
from crm.platform.web.security_log import write_security_line
from reports.models import BiAccess

# Longer than any sensible question; a start of Leadwell that has to migrate waits longer.
SECONDS = 60
# A statement that is just being canceled by its own limit isn't over it.
GRACE = 15
# Vacuum keeps what the oldest transaction may still read.
LONGEST_TRANSACTION = 600
# Functions that write or hold something although they read no table: large objects, locks by a number, entries in the log of
# the server's changes, and messages to workers.
REVOKED = r"lo_.*|loread|lowrite|pg_(try_)?advisory_.*|pg_logical_emit_message|pg_notify"
REVOKED_NOW = f"""
    SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
        AND p.proname ~ '^({REVOKED})$' AND has_function_privilege('public', p.oid, 'EXECUTE')"""  # noqa: S608

OVER_THEIR_LIMITS = """
    SELECT a.pid, a.usename, CASE
        WHEN EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory') THEN 'lock'
        WHEN a.state = 'active' AND a.query_start < clock_timestamp() - %(limit)s * interval '1 second' THEN 'query'
        WHEN a.state LIKE 'idle in transaction%%' AND a.state_change < clock_timestamp() - %(limit)s * interval '1 second'
            THEN 'idle'
        WHEN a.xact_start < clock_timestamp() - %(longest)s * interval '1 second' THEN 'transaction' END AS why
    FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.usename = ANY(%(roles)s) AND pg_has_role(a.usesysid, 'USAGE')"""
LARGE_OBJECTS = """
    SELECT m.oid FROM pg_largeobject_metadata m JOIN pg_roles r ON r.oid = m.lomowner
    WHERE r.rolname = ANY(%s) AND pg_has_role(r.oid, 'USAGE')"""


@dataclass(frozen=True)
class BiSession:
    """A session of a BI tool that is over its limits: `why` is lock, query, idle or transaction."""

    pid: int
    role: str
    why: str


def get_sessions_over_limits() -> list[BiSession]:
    """Sessions of BI tools that hold a lock by a number, or whose statement, pause or transaction lasts longer."""
    limits = {"limit": SECONDS + GRACE, "longest": LONGEST_TRANSACTION}
    with connection.cursor() as cursor:
        cursor.execute(OVER_THEIR_LIMITS, {"roles": _get_roles(), **limits})
        return [BiSession(*row) for row in cursor.fetchall() if row[2]]


@every_minute_in_each_worker
def end_bi_sessions_over_limits() -> int:
    """End sessions that are over their limits, and remove large objects: a role that lifted its settings gains a minute.

    It runs without a lock, because such a session may hold that one.
    """
    roles = _get_roles()
    if not roles:
        return 0
    found = get_sessions_over_limits()
    with connection.cursor() as cursor:
        for session in found:
            cursor.execute("SELECT pg_terminate_backend(%s)", [session.pid])
            write_security_line("bi_session_ended", role=session.role, why=session.why)
        cursor.execute(LARGE_OBJECTS, [roles])
        for (number,) in cursor.fetchall():
            cursor.execute("SELECT lo_unlink(%s)", [number])
    return len(found)


def _get_roles() -> list[str]:
    return list(BiAccess.objects.values_list("role", flat=True))


def build_lockdown_statements(role: str) -> list[sql.Composed]:
    """What the owner of the database may run: its temporary tables and the schema of Leadwell's tables are Leadwell's alone,
    and Leadwell may end the sessions of this role."""
    owner, database = sql.Identifier(get_role_of_leadwell()), sql.Identifier(connection.settings_dict["NAME"])
    return [
        sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), owner),
        sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(database, owner),
        sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(owner),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC").format(),
    ]


def get_superuser_statements() -> list[str]:
    """What takes functions of PostgreSQL away from everyone but Leadwell, which only a superuser may do; [] if it is done."""
    with connection.cursor() as cursor:
        cursor.execute(REVOKED_NOW)
        if not cursor.rowcount:
            return []
    loop = (
        f"DO $do$ DECLARE f regprocedure; BEGIN FOR f IN {' '.join(REVOKED_NOW.split())} LOOP "
        "EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f, {}); "
        "EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f); END LOOP; END $do$"
    )
    return [loop.replace("{}", sql.Literal(get_role_of_leadwell()).as_string())]


def get_role_of_leadwell() -> str:
    """The database role that Leadwell itself connects as."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]
