"""Entries about reading: views of records, searches, reads by programs, and records that are out of reach."""

import secrets
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest

from crm.models import Token
from crm.platform.audit.entries import (
    PendingEntry,
    build_entry,
    write_entry_after_response,
    write_entry_before_response,
)
from crm.platform.web.middleware.request_ids import get_current_request
from crm.platform.web.transactions import SAFE_METHODS


def record_view(table: str, pk: int) -> None:
    """The user was shown this record. A change of it is recorded as a change."""
    request = get_current_request()
    if request is not None and request.method in SAFE_METHODS:
        write_entry_after_response(request, mark_as_loose(build_entry("viewed", table=table, record=pk)))


def record_search(table: str, text: str) -> None:
    """The user searched with these words."""
    request = get_current_request()
    if request is not None and text.strip():
        write_entry_after_response(
            request, mark_as_loose(build_entry("searched", table=table, text=text.strip()))
        )


def write_out_of_reach_entry(rows: Any, table: str, pk: int) -> None:
    """If the record exists, the user asked for one that they can't see; else it is just a wrong number. The answer is
    the same."""
    write_out_of_reach_entries(rows, table, [pk])


def write_out_of_reach_entries(rows: Any, table: str, ids: list[int]) -> None:
    """The same for several records."""
    request = get_current_request()
    if request is not None and ids:
        for pk in rows.filter(pk__any=ids).order_by("pk").values_list("pk", flat=True):
            write_entry_before_response(request, build_entry("out_of_reach", table=table, record=pk))


def build_program_read_entry(request: HttpRequest, token: Token, status: int) -> PendingEntry | None:
    """One of the calls that read, if it is among those that are recorded (LEADWELL_AUDIT_READS); the caller writes it."""
    if request.method not in SAFE_METHODS or status >= 400 or secrets.randbelow(100) >= settings.AUDIT_READS:
        return None
    return mark_as_loose(build_entry("read_by_program", token=token.name, path=unquote(request.path)))


def mark_as_loose(found: PendingEntry) -> PendingEntry:
    return replace(found, loose=True)
