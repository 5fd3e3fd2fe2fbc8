"""The names behind ids, for texts and timelines; each small table is read once per page."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model

from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.text.text_folding import fold_text
from crm.platform.web.request_cache import read_cached


def get_row_label(row: Any) -> str:
    return getattr(row, "label", None) or str(row)


def sort_by_position(rows: Iterable) -> list[Any]:
    """Rows in order; those without a position by the label that the reader sees, because shipped ones are translated."""
    placed: list[Any] = []
    others: list[Any] = []
    for row in rows:
        (others if getattr(row, "position", 0) is None else placed).append(row)
    return placed + sorted(others, key=lambda row: fold_text(get_row_label(row)))


def get_ordered_rows(model: type[Model]) -> list[Any]:
    """All rows of a small table, in the order that people gave them, or else by label."""
    return read_cached(
        f"rows of {model._meta.label}",
        lambda: _sort_rows(model, get_records_compiled_once(_all_rows_queryset, [], model)),
    )


def get_rows_for_field(field: Any) -> list[Any]:
    """Those of them that a record with this field can have. A table for several types of records says so in `is_for`."""
    rows = get_ordered_rows(field.related_model)
    return (
        [row for row in rows if row.is_for(field.model)] if hasattr(field.related_model, "is_for") else rows
    )


def get_labels_by_id(model: type[Model], reader: Any = None) -> dict[int, str]:
    """The labels by id, in order; only rows visible to the reader, if the table has a scope."""
    if reader is None or not hasattr(model._default_manager, "visible_to"):
        return read_cached(f"labels of {model._meta.label}", lambda: _get_labels(get_ordered_rows(model)))

    def read() -> dict[int, str]:
        return _get_labels(
            _sort_rows(
                model, get_records_compiled_once(_all_rows_queryset, [], model, Reader.from_user(reader))
            )
        )

    return read_cached(f"labels of {model._meta.label} for {reader.pk}", read)


def _all_rows_queryset(_ids: list[int], model: type[Model], reader: Reader | None = None) -> Any:
    """The query of all rows, or of those that the reader sees. It is kept (crm/platform/sql/compiled_querysets.py)."""
    rows: Any = model._default_manager.all()
    shown = getattr(model, "shown_by", ())
    rows = rows.only("pk", *shown) if shown else rows
    rows = rows.visible_to(reader) if reader else rows
    return rows.in_order() if hasattr(rows, "in_order") else rows


def _sort_rows(model: type[Model], rows: list[Any]) -> list[Any]:
    if hasattr(model._default_manager, "in_order"):
        return sort_by_position(rows)
    return sorted(rows, key=lambda row: fold_text(get_row_label(row)))


def _get_labels(rows: list[Any]) -> dict[int, str]:
    return {row.pk: get_row_label(row) for row in rows}


def get_choices_of_users(reader: Any) -> list[tuple[int, str]]:
    """The users that the reader sees, for a filter by user."""
    return list(get_labels_by_id(get_user_model(), reader).items())
