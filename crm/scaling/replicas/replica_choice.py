"""Which replica answers a request that only reads, and asking the primary where the replica can't."""

import logging
from binascii import crc32
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error, connection, connections
from django.http import Http404, HttpRequest

from crm.platform.database import log_positions
from crm.platform.database.read_routing import LONG_READS, ReplicaBehind, ReplicaPlace
from crm.platform.web.transactions import OPERATIONAL, QUERY_CANCELED, SAFE_METHODS, get_sqlstate
from crm.scaling.replicas.read_routing import move_commit_hooks_to_primary, read_from_replica
from crm.scaling.replicas.replica_monitor import get_watch

Outcome = TypeVar("Outcome")

log = logging.getLogger(__name__)

# These fail on the primary too: a query that takes too long, and a write where only reading is allowed.
THE_SAME_THERE = {QUERY_CANCELED, "25006"}


def choose_replica_for_page(request: HttpRequest, view: Any) -> ReplicaPlace | None:
    """The replica for this page. Who asks is always read from the primary, before (crm/scaling/replicas/position_middleware.py)."""
    if not settings.REPLICAS or connection.in_atomic_block or request.method not in SAFE_METHODS:
        return None
    if not request.user.is_authenticated:
        return None
    request.read_primary = True  # type: ignore[attr-defined]
    if getattr(view, "reads_primary", False):
        return None
    match = request.resolver_match
    long = bool(match and LONG_READS.intersection(match.namespaces))
    session: Any = request.session
    made = max(log_positions.get_browser_position(request), session.row.changed_until or 0)
    return choose_replica(made, session.row.primary, reader=session.session_key, long=long)


def choose_replica_for_call(request: HttpRequest, token: Any) -> ReplicaPlace | None:
    """The replica for a call of a program, with what its token has changed on any node."""
    if not settings.REPLICAS or connection.in_atomic_block or request.method not in SAFE_METHODS:
        return None
    made = max(log_positions.get_program_position(request), token.changed_until)
    return choose_replica(made, token.primary, reader=f"token {token.pk}")


def choose_replica(
    position: int, primary: datetime, *, reader: str, long: bool = False
) -> ReplicaPlace | None:
    """One of those that may be read from: for long reads, those that allow the primary to clean up come first. A reader keeps
    their replica, so what they read doesn't get older from page to page. `primary` is the server that the reader has just
    asked, which after a failover may not be the one that was seen last."""
    watch = get_watch()
    required, usable = watch.get_required_position(), watch.get_usable_replicas()
    if required is None or not usable or watch.get_primary() != primary:
        return None
    fitting = [alias for alias, for_pages in usable.items() if for_pages != long] or list(usable)
    alias = max(fitting, key=lambda alias: _rank_replica(alias, reader))
    return ReplicaPlace(alias, max(position, required), primary)


def choose_replica_for_export(position: int, primary: datetime, *, reader: str) -> ReplicaPlace | None:
    """The caller waits until it has replayed the position."""
    fitting = get_watch().get_replicas_for_exports()
    if not fitting or get_watch().get_primary() != primary:
        return None
    return ReplicaPlace(max(fitting, key=lambda alias: _rank_replica(alias, reader)), position, primary)


def _rank_replica(alias: str, reader: str) -> int:
    return crc32(f"{alias} {reader}".encode())


def run_on_replica(
    request: HttpRequest | None, place: ReplicaPlace | None, work: Callable[[], Outcome]
) -> Outcome:
    """`work` on the replica; on the primary if there is none, or if the replica is behind, fails, cancels the query because of
    what it replays, or doesn't have the record."""
    if place is None:
        return work()
    try:
        with read_from_replica(place) as left:
            result = work()
    except ReplicaBehind:
        return _repeat_on_primary(request, place, "behind", work)
    except (Error, *OPERATIONAL) as error:
        if get_sqlstate(error) in THE_SAME_THERE:
            raise
        close_replica_connection(place)
        log.warning("A read failed on %s, so the primary is asked: %s", place.alias, str(error).strip())
        return _repeat_on_primary(request, place, "failed", work)
    except Exception as error:
        if not _is_missing(error):
            raise
        return _repeat_on_primary(request, place, "missing", work)
    if getattr(result, "status_code", 0) == 404:
        return _repeat_on_primary(request, place, "missing", work)
    if request:
        request.read_primary = False  # type: ignore[attr-defined]
    _record_read(place.alias, "answered")
    move_commit_hooks_to_primary(left)
    return result


def close_replica_connection(place: ReplicaPlace) -> None:
    """A broken connection, or one of which it isn't known: the next page opens another."""
    connections[place.alias].close()


def _repeat_on_primary(
    request: HttpRequest | None, place: ReplicaPlace, why: str, work: Callable[[], Outcome]
) -> Outcome:
    _record_read(place.alias, why)
    # The first attempt may have noted that something was out of reach.
    if request:
        request.__dict__.pop("audit_before", None)
    return work()


def _is_missing(error: Exception) -> bool:
    return isinstance(error, Http404) or getattr(error, "status", None) == 404


def _record_read(alias: str, outcome: str) -> None:
    if settings.ENVIRONMENT.metrics:
        # Without metrics, no process loads their library.
        from crm.platform.monitoring.prometheus_metrics import REPLICA_READS

        REPLICA_READS.labels(alias, outcome).inc()
