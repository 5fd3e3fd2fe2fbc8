"""Entries of the audit log as people read them: the event in words, its details, and a link to its record."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import AuditEntry
from crm.platform.audit.event_kinds import DETAILS, EVENT_LABELS
from crm.platform.record_types import RECORD_TYPES, get_viewable_types


@dataclass(frozen=True)
class EntryLine:
    """One entry. `record` names what it is about; `link` opens it, if the reader may see it."""

    entry: AuditEntry
    words: str
    record: str
    link: str
    details: list[tuple[str, str]]


def build_entry_lines(entries: Iterable[AuditEntry], reader: Any) -> list[EntryLine]:
    rows = list(entries)
    links = get_visible_links(rows, reader)
    return [
        EntryLine(
            row,
            get_event_label(row),
            get_record_label(row),
            links.get((row.table, row.record), ""),
            get_detail_texts(row),
        )
        for row in rows
    ]


def get_event_label(entry: AuditEntry) -> str:
    """A kind of a newer version has no words here."""
    return capfirst(str(EVENT_LABELS.get(entry.kind, entry.kind)))


def get_record_label(entry: AuditEntry) -> str:
    """ "Lead 7"; '' if it is about none."""
    if entry.record is None:
        return capfirst(str(RECORD_TYPES[entry.table].words.many)) if entry.table in RECORD_TYPES else ""
    others = {"user": _("User"), "export": _("Export")}
    label = (
        RECORD_TYPES[entry.table].words.one if entry.table in RECORD_TYPES else others.get(entry.table, "")
    )
    return f"{capfirst(str(label))} {entry.record}"


def get_detail_texts(entry: AuditEntry) -> list[tuple[str, str]]:
    found = [(str(label), format_value(entry.details.get(name))) for name, label in DETAILS.items()]
    return [(label, value) for label, value in found if value]


def format_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def get_visible_links(rows: list[AuditEntry], reader: Any) -> dict[tuple[str, int | None], str]:
    """The pages of those records that the reader can see, in one query for each table."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.record is not None:
            wanted.setdefault(row.table, set()).add(row.record)
    links: dict[tuple[str, int | None], str] = {}
    for kind in get_viewable_types(reader):
        for pk in get_visible_ids(kind.model.objects, wanted.get(kind.name, set()), reader):
            links[kind.name, pk] = kind.get_url("record", pk)
    if reader.has_perm("accounts.view_user"):
        for pk in get_visible_ids(get_user_model()._default_manager, wanted.get("user", set()), reader):
            links["user", pk] = reverse("user", args=[pk])
    return links


def get_visible_ids(rows: Any, ids: set[int], reader: Any) -> list[int]:
    return list(rows.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True)) if ids else []
