"""Positions in the log of the database (LSN): how far the primary was after a change, kept for whoever made the change.

A position is the number of bytes from the beginning of the log. That of the last change is in the row of the session or token. Browsers
also keep that of the last page from the primary in a signed cookie, and programs may send one in a header. They are needed for a moment
only: every replica that is read from has everything that is older than a few seconds (crm/scaling/replicas/replica_monitor.py).

A position of one server means nothing on another: after a failover, the new primary writes something else at positions that the
former one has used, and standbys of the former one may have replayed. So each is compared within one server, which the time of
its start identifies. The first process that meets a new primary writes this time into the table of the installation: a standby has the
same time there only if it follows this primary.
"""

from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import Error, connection
from django.db.models import DateTimeField, Func, QuerySet
from django.http import HttpRequest

HEADER = "X-Leadwell-State"
# Seconds. After a failover, positions of the former primary may never be reached, so they are forgotten soon.
LASTS = 60
# When a change was made and the database can't be asked for the position: no replica has it.
UNKNOWN = 2**63 - 1
# A commit that was waited for is on the disk. Without waiting, it may only be inserted so far.
PRIMARY_POSITION_SQL = """(CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
          ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint"""
REPLAYED_POSITION_SQL = "(pg_last_wal_replay_lsn() - '0/0')::bigint"
SERVER_START_SQL = "pg_postmaster_start_time()"
FOLLOWED_PRIMARY_SQL = "(SELECT primary_started_at FROM crm_installation)"
# Whether a replica follows the primary and has replayed what its reader has to see; the parameters are those of a Place.
HAS_REPLAYED_SQL = f"pg_is_in_recovery() AND {REPLAYED_POSITION_SQL} >= %s AND {FOLLOWED_PRIMARY_SQL} = %s"

_signer = TimestampSigner(salt="crm.replicas")


def get_primary_position() -> int:
    """The present position of the primary: everything that is committed comes before it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {PRIMARY_POSITION_SQL}")
            return int(cursor.fetchone()[0])
    except Error:
        return UNKNOWN


def clear_unreached_positions(kept: QuerySet, nothing: int | None) -> int:
    """A restored database, or another primary, may be behind a position in `changed_until` of these rows; then it becomes `nothing`.
    What is changed meanwhile has another position, which has been reached. Nothing is kept without replicas."""
    if not settings.REPLICAS:
        return 0
    found = dict(kept.filter(changed_until__gt=get_primary_position()).values_list("pk", "changed_until"))
    reached = get_primary_position() if found else 0
    unreached = {pk: position for pk, position in found.items() if position > reached}
    return kept.filter(pk__in=unreached, changed_until__in=set(unreached.values())).update(
        changed_until=nothing
    )


def get_position_and_server() -> tuple[int, datetime]:
    """The present position, and the server that it belongs to."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {PRIMARY_POSITION_SQL}, {SERVER_START_SQL}")
        return cursor.fetchone()


def build_server_expression() -> Func:
    """For a query that reads something else from the primary anyway."""
    return Func(function="pg_postmaster_start_time", output_field=DateTimeField())


def sign_position(position: int) -> str:
    return _signer.sign(str(position))


def read_signed_position(text: str | None) -> int:
    """The position; 0 if there is none, or if it is forged or old."""
    try:
        return int(_signer.unsign(text or "", max_age=LASTS))
    except BadSignature:
        return 0


def get_browser_position(request: HttpRequest) -> int:
    return read_signed_position(request.COOKIES.get(settings.STATE_COOKIE_NAME))


def get_program_position(request: HttpRequest) -> int:
    return read_signed_position(request.headers.get(HEADER))
