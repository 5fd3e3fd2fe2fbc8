"""Log lines as JSON objects (LEADWELL_LOG=json): with the IDs of request, job, change and user, and without personal data.

Messages of exceptions are left out, because the database and libraries quote values in them. Their types and places stay.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from crm.platform.monitoring.current_task import get_current_work
from crm.platform.monitoring.slow_queries import get_route_name
from crm.platform.web.middleware.request_ids import get_current_request, get_request_id
from crm.platform.web.transactions import get_sqlstate

EMAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
# What callers add to a record with extra=…, besides the IDs.
ADDED = ("method", "route", "status", "kind", "state", "milliseconds", "queries", "sql")
MOST_PLACES = 30


class JsonLines(logging.Formatter):
    """One object per record; keys without a value are left out."""

    def format(self, record: logging.LogRecord) -> str:
        # Django logs its line about a response after the request has ended, and passes the request on.
        request = get_current_request() or getattr(record, "request", None)
        values: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _get_message(record, request),
            **_get_request_fields(request),
            **_get_work_fields(),
            **{name: getattr(record, name, None) for name in ADDED if hasattr(record, name)},
            "error": _get_error_fields(record),
        }
        return json.dumps({name: value for name, value in values.items() if value not in (None, "")})


def format_json_line(message: str, logger: str) -> str:
    """The same for a message that isn't logged, such as those of the start."""
    return JsonLines().format(logging.LogRecord(logger, logging.INFO, "", 0, message.strip(), None, None))


def _get_message(record: logging.LogRecord, request: HttpRequest | None) -> str:
    """Django names the path in its lines about responses; a path may contain a name or a secret, the route doesn't."""
    text = record.getMessage()
    if isinstance(request, HttpRequest):
        text = text.replace(request.path, get_route_name(request))
    return EMAIL.sub("…@…", text)


def _get_request_fields(request: Any) -> dict[str, Any]:
    if not isinstance(request, HttpRequest):
        return {}
    # Not request.user, which would read it from the database.
    user = getattr(request, "caller", None) or request.__dict__.get("_cached_user")
    return {
        "request": get_request_id(request),
        "route": get_route_name(request),
        "user": getattr(user, "pk", None),
        "operation": getattr(request, "operation_id", None),
    }


def _get_work_fields() -> dict[str, Any]:
    work = get_current_work()
    if work is None:
        return {}
    return {"kind": work.kind, "job": work.job, "user": work.user, "operation": work.operation}


def _get_error_fields(record: logging.LogRecord) -> dict[str, Any] | None:
    if not record.exc_info or record.exc_info[1] is None:
        return None
    error = record.exc_info[1]
    places = traceback.extract_tb(error.__traceback__)[-MOST_PLACES:]
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "sqlstate": get_sqlstate(error) or None,
        "stack": [f"{place.filename}:{place.lineno} {place.name}" for place in places],
    }
