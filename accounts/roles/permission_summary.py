"""What a user may do, area by area, in the words of the grid of a role; for administrators who view Leadwell as this user."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from accounts.models import Role
from accounts.roles.permissions import PERMISSION_COLUMNS, SCOPE_LABELS, PermissionRow, get_permission_rows
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import COUNT_AT_FIRST, RecordList


@dataclass(frozen=True)
class PermittedArea:
    """`allowed` and `denied` are the labels of the area's permissions."""

    label: str | Promise
    hint: str | Promise
    allowed: Sequence[str | Promise]
    denied: Sequence[str | Promise]


@dataclass(frozen=True)
class PermissionSummary:
    """`records` is the area of the record type that is viewed, `scope` the widest one, '' for no records."""

    roles: Sequence[str]
    scope: str | Promise
    records: PermittedArea | None
    others: Sequence[PermittedArea]


def build_permission_summary(user: Any, kind: Kind) -> PermissionSummary:
    meta, rows = kind.model._meta, get_permission_rows()
    own = next((row for row in rows if (row.app, row.model) == (meta.app_label, meta.model_name)), None)
    scopes = [label for name, label in SCOPE_LABELS if name in user.rights]
    return PermissionSummary(
        roles=[role.label for role in Role.objects.held_by(user).by_name()],
        scope=scopes[-1] if scopes else "",
        records=_build_area(own, user) if own else None,
        others=[_build_area(row, user) for row in rows if row is not own],
    )


def _build_area(row: PermissionRow, user: Any) -> PermittedArea:
    standard = [
        (row.get_permission_name(action), label)
        for action, label in PERMISSION_COLUMNS
        if action in row.standard
    ]
    allowed: list[str | Promise] = []
    denied: list[str | Promise] = []
    for name, label in (*standard, *row.special):
        (allowed if user.has_perm(name) else denied).append(label)
    return PermittedArea(row.label, row.hint, allowed, denied)


def count_changeable(listing: RecordList) -> int:
    """How many of the listed records its viewer may change; one more than COUNT_AT_FIRST means more. Records that are only shared
    with them can't be changed."""
    kind = listing.kind
    if not listing.viewer.has_perm(kind.get_right("change")):
        return 0
    rows = listing.visible.changeable_by(listing.viewer).order_by()
    return rows[: COUNT_AT_FIRST + 1].count()
