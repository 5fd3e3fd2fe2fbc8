"""Writing entries of the audit log, from wherever something happens.

What changes something is written in its own transaction. What happens in a transaction that can't write, or that may be
rolled back, waits in the request and is written before the response is sent (denials, downloads) or right after it
(views, searches). Each entry is one statement; those of views and searches don't wait for the disk.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.platform.audit.audit_stream import is_receiver, send_line_on_commit
from crm.platform.server.current_job import is_running
from crm.platform.web.after_response import call_when_sent
from crm.platform.web.client_address import get_storable_address
from crm.platform.web.middleware.request_ids import get_current_request, get_request_id
from crm.platform.web.transactions import SAFE_METHODS

log = logging.getLogger(__name__)

LONGEST = 500
INSERT = """
    INSERT INTO crm_auditentry (at, user_id, user_name, via, address, request, kind, "table", record, details)
    SELECT %(entry_at)s, %(entry_user)s::bigint, %(entry_name)s, %(entry_via)s, %(entry_address)s::inet, %(entry_request)s,
        %(entry_event)s, %(entry_table)s, %(entry_record)s::bigint, %(entry_details)s::jsonb
"""
INSERT_LOOSE = (
    "WITH at_once AS (SELECT set_config('synchronous_commit', 'off', true))" + INSERT + "FROM at_once"
)
# For a receiver, the same statement says that the entry waits.
WAITS = "WITH entry AS ({} RETURNING id, at) INSERT INTO crm_auditwaiting (id, at) SELECT id, at FROM entry"


@dataclass(frozen=True)
class PendingEntry:
    """What is known when it happens. `loose` entries may be lost if the process is killed at that moment."""

    kind: str
    user: Any = None
    via: str = "system"
    address: str | None = None
    request: str = ""
    table: str = ""
    record: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: timezone.now())
    loose: bool = False

    def write(self) -> None:
        """Into the table and, once it is committed, into the stream."""
        statement, parameters = self.build_statement()
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
        self.send_line_on_commit()

    def build_statement(self) -> tuple[str, dict[str, Any]]:
        """What writes it into the table, and its parameters, whose names begin with "entry_", so that another statement can be sent
        along."""
        insert = INSERT_LOOSE if self.loose else INSERT
        statement = WAITS.format(insert) if is_receiver(settings.AUDIT_LOG) else insert
        values = self._values | {"details": json.dumps(self._values["details"], default=str)}
        return statement, {f"entry_{name}": value for name, value in values.items()}

    def send_line_on_commit(self) -> None:
        send_line_on_commit(self._values)

    @cached_property
    def _values(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "user": self.user.pk if self.user else None,
            "name": clean_value(self.user.name)[:150] if self.user else "",
            "via": self.via,
            "address": self.address,
            "request": self.request,
            "event": self.kind,
            "table": self.table,
            "record": self.record,
            "details": clean_value(self.details),
        }


def clean_value(value: Any) -> Any:
    """What PostgreSQL can store as text and JSON, cut to a reasonable length."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "")[:LONGEST]
    if isinstance(value, Mapping):
        return {name: clean_value(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean_value(part) for part in value]
    return value


def build_entry(
    kind: str, *, by: Any = None, table: str = "", record: int | None = None, **details: Any
) -> PendingEntry:
    """An entry about the present request, job or command."""
    request = get_current_request()
    user = by or (get_acting_user(request) if request else None)
    return PendingEntry(
        kind,
        user,
        via=_get_channel(request),
        address=get_storable_address(request) if request else None,
        request=get_request_id(request),
        table=table,
        record=record,
        details=details,
    )


def get_acting_user(request: HttpRequest) -> Any:
    """The signed-in user, or the user whose token a program uses (crm/api/api_view.py). Whoever views pages as another user
    acts in their own name."""
    acting = (getattr(request, name, None) for name in ("caller", "viewed_by", "user"))
    user = next(filter(None, acting), None)
    return user if user is not None and user.is_authenticated else None


def _get_channel(request: HttpRequest | None) -> str:
    if request is None:
        return "job" if is_running() else "system"
    return "token" if getattr(request, "caller", None) else "browser"


def write_entry(found: PendingEntry) -> None:
    """Write it in the transaction of what happened, or before the response if that can only read."""
    request = get_current_request()
    if request is not None and request.method in SAFE_METHODS and connection.in_atomic_block:
        write_entry_before_response(request, found)
    else:
        found.write()


def write_entry_before_response(request: HttpRequest, found: PendingEntry) -> None:
    """Write it when the transaction of the request has ended, whatever its result."""
    request.__dict__.setdefault("audit_before", []).append(found)


def write_entry_after_response(request: HttpRequest, found: PendingEntry) -> None:
    """Write it when the response has been sent; the same record or search once per request."""
    waiting = request.__dict__.setdefault("audit_after", {})
    waiting[found.kind, found.table, found.record, str(found.details)] = found


def write_waiting(request: HttpRequest, response: HttpResponse) -> None:
    """Called when the response is ready. A database that is lost or full doesn't take back the response."""
    _write_all(request.__dict__.pop("audit_before", []))
    waiting = request.__dict__.pop("audit_after", {})
    if waiting and response.status_code < 400:
        call_when_sent(response, partial(_write_all, list(waiting.values())))


def _write_all(waiting: list[PendingEntry]) -> None:
    for found in waiting:
        try:
            found.write()
        except Error:
            log.warning("An entry of the audit log was lost: %s", found.kind, exc_info=True)
