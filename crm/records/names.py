"""The names behind ids, for texts and timelines; each small table is read once per page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from crm.records.folding import plain
from crm.web.once import once


def label_of_row(row: Any) -> str:
    return getattr(row, "label", None) or str(row)


def arranged(rows: Iterable) -> list[Any]:
    """Rows in order; those without a position by the label that the reader sees, because shipped ones are translated."""
    placed: list[Any] = []
    others: list[Any] = []
    for row in rows:
        (others if getattr(row, "position", 0) is None else placed).append(row)
    return placed + sorted(others, key=lambda row: plain(label_of_row(row)))


def rows_in_order(model: type[Model]) -> list[Any]:
    """All rows of a small table, in the order that people gave them, or else by label."""
    name = model._meta.label

    def read() -> list[Any]:
        rows = model._default_manager.all()
        if hasattr(rows, "in_order"):
            return arranged(rows.in_order())
        shown = getattr(model, "shown_by", ())
        rows = rows.only("pk", *shown) if shown else rows
        return sorted(rows, key=lambda row: plain(label_of_row(row)))

    return once(f"rows of {name}", read)


def labels_of(model: type[Model], reader: Any = None) -> dict[int, str]:
    """The labels by id, in order; only rows visible to the reader, if the table has a scope."""
    rows = model._default_manager.all()
    if reader is None or not hasattr(rows, "visible_to"):
        return once(
            f"labels of {model._meta.label}",
            lambda: {row.pk: label_of_row(row) for row in rows_in_order(model)},
        )

    def read() -> dict[int, str]:
        seen = set(rows.visible_to(reader).values_list("pk", flat=True))
        return {row.pk: label_of_row(row) for row in rows_in_order(model) if row.pk in seen}

    return once(f"labels of {model._meta.label} for {reader.pk}", read)
