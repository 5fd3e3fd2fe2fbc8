"""Pages of the audit log, newest first: each continues behind the last entry that was read."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from crm.models import AuditEntry
from crm.platform.web.id_parsing import parse_number
from crm.records.history.audit_log.filters import (
    READ,
    AuditFilter,
    annotate_searched_text,
    build_words_condition,
)

PAGE = 50
MOMENT = "%Y%m%d%H%M%S%f"


def read_entry_page(filters: AuditFilter, data: Mapping[str, str]) -> tuple[list[AuditEntry], str]:
    """The entries of one page, and where the next one begins, or ''. With words, a page can be short, or even empty,
    and still have a next one."""
    rows = filter_entries_after(filters.qs, data.get("before", ""))
    if not filters.searched_words:
        found = list(rows[: PAGE + 1])
        return found[:PAGE], build_page_mark(found[PAGE - 1]) if len(found) > PAGE else ""
    read = rows[:READ]
    matching = annotate_searched_text(AuditEntry.objects.filter(pk__in=read.values("pk")))
    if last := rows[READ - 1 : READ].first():
        # The months outside those that were read needn't be looked at.
        matching = matching.since(last.at)
    found = list(matching.filter(build_words_condition(filters.searched_words)).newest_first()[: PAGE + 1])
    if len(found) > PAGE:
        return found[:PAGE], build_page_mark(found[PAGE - 1])
    return found, build_page_mark(last) if last else ""


def matching_entries_queryset(filters: AuditFilter) -> Any:
    """All entries that match, for a file."""
    rows = filters.qs.newest_first()
    return (
        annotate_searched_text(rows).filter(build_words_condition(filters.searched_words))
        if filters.searched_words
        else rows
    )


def filter_entries_after(rows: Any, place: str) -> Any:
    """Those after a place; all of them for a place that can't be read."""
    moment, _dash, digits = place.partition("-")
    number = parse_number(digits)
    with suppress(ValueError):
        if number is not None:
            at = datetime.strptime(moment, MOMENT).replace(tzinfo=UTC)
            return rows.behind(at, number).newest_first()
    return rows.newest_first()


def build_page_mark(entry: AuditEntry) -> str:
    return f"{entry.at.astimezone(UTC):{MOMENT}}-{entry.pk}"
