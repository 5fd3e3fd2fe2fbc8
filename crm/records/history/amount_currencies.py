"""The currencies of recorded amounts: the history of an amount doesn't repeat the currency beside it."""

from collections.abc import Sequence
from typing import Any

from crm.fields.model_fields import MoneyField
from crm.models import Change


def get_currencies_at_changes(model: Any, changes: Sequence[Change]) -> dict[int, str]:
    """The currency that a record had at each of these changes of its amount, by the id of the change: that of the next change of
    the currency, otherwise the present one. Two queries, or none."""
    found: dict[int, str] = {}
    for field in [field for field in model._meta.local_concrete_fields if isinstance(field, MoneyField)]:
        own = [change for change in changes if field.column in change.diff]
        if own:
            found |= _get_currency_by_change(model, field.currency_field, own)
    return found


def _get_currency_by_change(model: Any, name: str, changes: Sequence[Change]) -> dict[int, str]:
    ids = sorted({change.row for change in changes})
    present = dict(model._default_manager.filter(pk__in=ids).values_list("pk", name))
    rows = Change.objects.of_rows(model.table, ids).filter(at__gte=min(change.at for change in changes))
    later: dict[int, list[Change]] = {}
    for change in rows.with_field(name).order_by("pk"):
        later.setdefault(change.row, []).append(change)
    found = {}
    for change in changes:
        behind = (other for other in later.get(change.row, []) if other.pk > change.pk)
        following = next(behind, None)
        found[change.pk] = following.diff[name][0] if following else present.get(change.row, "")
    return found
