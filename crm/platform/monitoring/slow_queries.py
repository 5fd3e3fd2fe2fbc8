"""Every query is counted and timed where Django sends it; those that take long are logged with the route or job that asked."""

import logging
import re
import threading
from time import perf_counter
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from crm.platform.monitoring.current_task import get_current_work
from crm.platform.web.middleware.request_ids import get_current_request

log = logging.getLogger("leadwell.slow")

# Routes that load balancers and monitors ask all the time. No user waits for them.
OF_MONITORS = {"health", "ready"}
LONGEST_SQL = 2_000
# Values are parameters and never in the text. Texts that were written into it all the same aren't logged.
COLUMNS = re.compile(r'("\w+"\."\w+", )(?:"\w+"\."\w+", )+')
LITERAL = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)


class QueryTally(threading.local):
    """The number of queries of this thread so far."""

    queries = 0


TALLY = QueryTally()


def is_on() -> bool:
    """Whether anyone wants to know: queries are watched for the slow ones and for the metrics."""
    return bool(settings.SLOW_MS or settings.ENVIRONMENT.metrics or settings.ENVIRONMENT.log == "json")


def watch_connection(connection: Any, **_signal: Any) -> None:
    """For a connection that was just made, perhaps again."""
    if measure_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(measure_query)


def measure_query(execute: Any, sql: Any, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
    """One query; also one that fails, because it may have failed after a long time."""
    TALLY.queries += 1
    begun = perf_counter()
    try:
        return execute(sql, parameters, many, context)
    finally:
        took = (perf_counter() - begun) * 1000
        if settings.SLOW_MS and took >= settings.SLOW_MS:
            _log_slow_query(sql, took)


def get_route_name(request: HttpRequest) -> str:
    """The name of the URL pattern, such as "lead": never the path, which may name a person. "none" if there is none."""
    match = request.resolver_match
    return match.view_name or "none" if match else "none"


def get_anonymous_sql(sql: str) -> str:
    """One line without values, and without the middle of long lists of columns."""
    return COLUMNS.sub(r"\1…, ", " ".join(LITERAL.sub("'…'", sql).split()))[:LONGEST_SQL]


def _get_route(request: HttpRequest) -> str:
    """Also while the request is in the middleware, such as for the query that reads its user."""
    if request.resolver_match:
        return get_route_name(request)
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return "none"


def _log_slow_query(sql: Any, milliseconds: float) -> None:
    request, work = get_current_request(), get_current_work()
    # Migrations, the demo and the cleanup take their time, and no one waits for them.
    if not (request or work):
        return
    by = f"route {_get_route(request)}" if request else f"job {work.kind if work else ''}"
    text = get_anonymous_sql(str(sql))
    log.warning(
        "%d ms, %s: %s",
        milliseconds,
        by,
        text,
        extra={"milliseconds": round(milliseconds), "sql": text},
    )
