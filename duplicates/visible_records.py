"""What a user sees of these records: everything about duplicates that is shown to someone starts here, so records out of
their scope leave no trace."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.record_list import get_records_for_page
from duplicates.record_graph import COMPARED_TABLES, Node


def get_compared_kinds(user: User) -> list[Kind]:
    """The record types that are compared and that this user may view."""
    return [KINDS[table] for table in COMPARED_TABLES if user.has_perm(KINDS[table].get_right("view"))]


def visible_rows_queryset(kind: Kind, user: User) -> Any:
    """The records of a type that are compared and that the user sees."""
    return exclude_converted_leads(kind.model.objects.present().visible_to(user))


def exclude_converted_leads(rows: Any) -> Any:
    """Without converted leads: their contact and company are compared."""
    return rows.not_converted() if hasattr(rows, "not_converted") else rows


def build_visible_likenesses_condition(user: User) -> Q:
    """The rows of Likeness about records that this user sees."""
    found = Q(pk__in=[])
    for kind in get_compared_kinds(user):
        seen = visible_rows_queryset(kind, user).filter(pk=OuterRef("record"))
        found |= Q(Exists(seen), table=kind.name)
    return found


def get_visible_nodes(nodes: Iterable[Node], user: User, *, changeable: bool = False) -> set[Node]:
    """Those of these records that the user sees, or may change: one query for each record type."""
    by_table: dict[str, list[int]] = {}
    for table, pk in nodes:
        by_table.setdefault(table, []).append(pk)
    found = set()
    for kind in get_compared_kinds(user):
        if ids := by_table.get(kind.name):
            rows = visible_rows_queryset(kind, user).filter(pk__any=ids)
            if changeable:
                may = user.has_perm(kind.get_right("change"))
                rows = rows.changeable_by(user) if may else rows.none()
            found |= {(kind.name, pk) for pk in rows.values_list("pk", flat=True)}
    return found


def get_visible_records(
    nodes: Iterable[Node], user: User, columns: list[str] | None = None
) -> dict[Node, Any]:
    """The records with all that is shown of them, or only what these columns of their list show."""
    by_table: dict[str, list[int]] = {}
    for table, pk in nodes:
        by_table.setdefault(table, []).append(pk)
    return {
        (table, record.pk): record
        for table, ids in by_table.items()
        for record in _get_records_to_show(KINDS[table], ids, user, columns)
    }


def _get_records_to_show(kind: Kind, ids: list[int], user: User, columns: list[str] | None) -> list[Any]:
    if columns is None:
        return get_records_for_page(kind, ids, seen_by=user, viewer=user, whole=True)
    return get_records_for_page(kind, ids, columns, seen_by=user)
