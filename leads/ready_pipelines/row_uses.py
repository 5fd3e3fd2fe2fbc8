"""Which statuses, sources and lost reasons are in use, whoever may see what uses them."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.record_uses import Requirement, Retirement, get_uses
from crm.records.listing.saved_view_replacement import get_views_using_value
from leads.models import Lead, Pipeline, SourceCost, Status
from leads.models.pipeline import KINDS_BY_PURPOSE
from leads.settings.usage import COLUMNS


def find_used_rows(table: str, rows: Sequence[Any], pipeline: Pipeline | None) -> set[int]:
    """The IDs of those that any record has, in Trash too, and of sources with costs: one query."""
    if not rows:
        return set()
    column = COLUMNS[table]
    everywhere: list[Any] = [KINDS[name].model for name in KINDS_BY_PURPOSE.values()]
    own: dict[str, list[Any]] = {
        "status": [pipeline.kind.model if pipeline else Lead],
        "source": [Lead],
    }
    uses: list[Any] = [
        model._default_manager.filter(**{column: OuterRef("pk")}) for model in own.get(table, everywhere)
    ]
    if table == "source":
        uses.append(SourceCost.objects.filter(source=OuterRef("pk")))
    found = type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows])
    condition = reduce(or_, (Q(Exists(rows)) for rows in uses))
    return set(found.filter(condition).values_list("pk", flat=True))


def is_named_elsewhere(row: Any, values: dict[str, Any], user: User) -> bool:
    """Whether a form, a webhook, a rule, a formula or a saved view would no longer fit: without `values`, if the row is retired,
    else if it gets them."""
    if not values:
        views = get_views_using_value(COLUMNS[row.table], row.pk)
        return bool(
            views or get_uses(row, user) or (isinstance(row, Status) and get_uses(Retirement(row), user))
        )
    if not isinstance(row, Status):
        return False
    kind = row.pipeline.kind
    new = [name for name in values.get("required_fields", []) if name not in row.required_fields]
    planned: list[Any] = [Requirement(kind.name, name, kind.get_heading(name), status=row.pk) for name in new]
    if row.is_open and values.get("kind", row.kind) not in Status.OPEN:
        planned.append(Retirement(row))
    return any(get_uses(change, user) for change in planned)
