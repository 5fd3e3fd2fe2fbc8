"""The security log: who signed in, was refused, changed permissions or exported data, one JSON object per line.

docs/logs.md lists the events. A line is written when its transaction is committed; a rolled-back event didn't
happen. Each event is an entry of the audit log too (crm/platform/audit/entries.py).
"""

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.platform.audit.entries import (
    PendingEntry,
    build_entry,
    get_acting_user,
    write_entry,
    write_entry_before_response,
    write_waiting,
)
from crm.platform.web.client_address import get_client_address
from crm.platform.web.middleware.request_ids import get_current_request, get_request_id
from crm.platform.web.transactions import SAFE_METHODS

log = logging.getLogger("leadwell.security")

REFUSED = (401, 403, 429)
# What no page of ours sends: values that can't be read, methods and sizes that aren't accepted.
INVALID = (400, 405, 413, 415)


def write_security_line(event: str, *, by: Any = None, **details: Any) -> None:
    """Write one line, and an entry of the audit log. `by` is who did it, if not the user of the request."""
    write_entry(_build_entry(event, by, details))
    line = _build_line(event, by, details)
    request = get_current_request()
    reads = request is not None and request.method in SAFE_METHODS
    if connection.in_atomic_block and not reads:
        transaction.on_commit(partial(_write_line, line))
    else:
        _write_line(line)


def _build_line(event: str, by: Any, details: dict[str, Any]) -> dict[str, Any]:
    at = timezone.now().isoformat(timespec="milliseconds")
    return {"at": at, "event": event, **_describe_user(get_current_request(), by), **details}


def _describe_user(request: HttpRequest | None, by: Any) -> dict[str, Any]:
    user = by or (get_acting_user(request) if request else None)
    return {
        "user": user.pk if user else None,
        "email": user.email if user else None,
        "address": get_client_address(request) if request else None,
        "request": get_request_id(request) or None,
    }


def _build_entry(event: str, by: Any, details: dict[str, Any]) -> PendingEntry:
    """The account that an event is about is the record of its entry; else it is the export."""
    rest = dict(details)
    of, table = rest.pop("of", None), rest.pop("table", "")
    if of is not None:
        return build_entry(event, by=by, table="user", record=of, **rest)
    if "export" in rest:
        return build_entry(event, by=by, table="export", record=rest.pop("export"), of=table, **rest)
    return build_entry(event, by=by, table=table, **rest)


def _write_line(line: dict[str, Any]) -> None:
    log.info(json.dumps(line, default=str))


class RefusalsMiddleware:
    """Logs every request that was refused because of its user or rejected because of its input, wherever that happened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        status = response.status_code
        # The request's own writes are already rolled back, and the refusal stays.
        details: dict[str, Any] = {"status": status, "method": request.method, "path": request.path[:200]}
        if status in REFUSED:
            self.log(request, _build_entry("refused", None, details), _build_line("refused", None, details))
        elif status in INVALID or hasattr(request, "not_offered"):
            details["fields"] = sorted(getattr(request, "not_offered", ()))[:20]
            self.log(request, _build_entry("rejected", None, details), _build_line("rejected", None, details))
        write_waiting(request, response)
        return response

    def log(self, request: HttpRequest, row: PendingEntry, line: dict[str, Any]) -> None:
        write_entry_before_response(request, row)
        _write_line(line)
