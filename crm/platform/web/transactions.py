"""Limits on waiting in a transaction, and what its errors mean."""

import errno
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import psycopg
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, connection

from crm.platform.database.log_positions import HAS_REPLAYED_SQL
from crm.platform.database.read_routing import ReplicaBehind, get_current_replica

Outcome = TypeVar("Outcome")

LOCK_MILLISECONDS = 2_000
WEB_MILLISECONDS = 10_000
COUNT_MILLISECONDS = 2_000

LOCK_NOT_AVAILABLE = "55P03"
QUERY_CANCELED = "57014"
DEADLOCK = "40P01"
SERIALIZATION_FAILURE = "40001"
UNIQUE_VIOLATION = "23505"
DISK_FULL = "53100"
READ_ONLY = "25006"
# Within COPY, Django passes the driver's own errors through.
OPERATIONAL = (OperationalError, psycopg.OperationalError)

# The state of the custom fields, with the user and among what is read once.
FIELDS = "custom_fields_stamp"
# That state: which rows there are, and by which transaction each was last written: it never returns to an earlier value.
STAMP = """(SELECT coalesce(md5(string_agg(part || id::text || ':' || xmin::text, ',' ORDER BY part, id)), '') FROM (
    SELECT 'c' AS part, id, xmin FROM crm_customfield UNION ALL SELECT 'b', id, xmin FROM crm_builtinfield) defined)"""

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


class Busy(Exception):
    """Another user's work has locked the rows, or changed the settings by which the request was judged: the same request succeeds
    when it's sent again. What stays wrong is said at its field instead. The screen answers 409."""


class CountedLater(Exception):
    """The query took longer than a page may; `defer` has the worker do it without that limit."""

    def __init__(self, defer: Callable[[], None]) -> None:
        super().__init__()
        self.defer = defer


def get_sqlstate(error: BaseException) -> str:
    return getattr(error.__cause__, "sqlstate", None) or getattr(error, "sqlstate", None) or ""


def is_locked(error: BaseException) -> bool:
    """Whether only other users' changes were in the way, so that the same request succeeds in a moment."""
    codes = (LOCK_NOT_AVAILABLE, DEADLOCK, SERIALIZATION_FAILURE)
    return isinstance(error, Busy) or (isinstance(error, OPERATIONAL) and get_sqlstate(error) in codes)


def is_connection_lost(error: BaseException) -> bool:
    """Whether the connection broke because the server stopped, crashed or can't be reached; not an error it
    reported."""
    if isinstance(error, InterfaceError | psycopg.InterfaceError):
        return True
    # A server that stops right after a commit gives two answers to it; the driver has no state for that.
    if isinstance(error, InternalError | psycopg.InternalError):
        return not get_sqlstate(error)
    # A pooler that has waited for a server too long reports 08P01.
    if not isinstance(error, OPERATIONAL):
        return False
    return not get_sqlstate(error) or get_sqlstate(error).startswith(("57P", "08"))


def is_database_away(error: BaseException | None, method: str | None) -> bool:
    """Whether a request with this method failed because there is no primary: the connection broke, or it reached a PostgreSQL
    that is a replica now. A GET that writes gets the same error from the database, but that is a bug of ours."""
    if error is None:
        return False
    return is_connection_lost(error) or (get_sqlstate(error) == READ_ONLY and method not in SAFE_METHODS)


def is_disk_full(error: BaseException) -> bool:
    """Whether the disk is full, for our files or for the database."""
    if isinstance(error, OPERATIONAL):
        return get_sqlstate(error) == DISK_FULL
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def set_transaction_limits(
    *,
    lock: int = LOCK_MILLISECONDS,
    statement: int = WEB_MILLISECONDS,
    read_only: bool = False,
    fields: str | None = None,
) -> None:
    """Set the limits of the current transaction, in milliseconds; 0 is none. They end with it, as a pooler requires. A replica
    is asked in the same statement whether it has replayed what the reader has to see, and whether its custom fields are in the
    state `fields`, because a field may have been hidden from the reader. Raises Behind if not.

    Web queries never run in parallel: the branches of a sorted page (crm/records/paging/keyset_pages.py) must come in order.
    """
    settings: list[tuple[str, object]] = [
        ("lock_timeout", lock),
        ("statement_timeout", statement),
        ("max_parallel_workers_per_gather", 0),
    ]
    if read_only:
        settings.append(("transaction_read_only", "on"))
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    values: list[Any] = [str(part) for setting in settings for part in setting]
    place = get_current_replica()
    if place:
        calls += f", {HAS_REPLAYED_SQL} AND coalesce({STAMP} = %s, true)"
        values += [*place.position_parameters, fields]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", values)
        if place and not cursor.fetchone()[-1]:
            raise ReplicaBehind


def forget_plans() -> None:
    """A connection caches how it checks foreign keys. A plan made for few leads reads all of them for each lead that an
    import adds, and the commit of 100,000 took minutes."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def get_values_read_with_user(user: Any) -> dict[str, Any]:
    """What the query for the user, on the primary, has read too, by the name under which it is read once."""
    stamp = getattr(user, FIELDS, None)
    return {} if stamp is None else {FIELDS: stamp}


def retry_once(work: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Try again once after a deadlock or a serialization failure, and after a value that another transaction has just
    written too: now it is there to be seen."""

    @wraps(work)
    def run_with_retry(*arguments, **keywords):
        try:
            return work(*arguments, **keywords)
        except (OperationalError, IntegrityError) as error:
            if get_sqlstate(error) not in (DEADLOCK, SERIALIZATION_FAILURE, UNIQUE_VIOLATION):
                raise
            return work(*arguments, **keywords)

    return run_with_retry
