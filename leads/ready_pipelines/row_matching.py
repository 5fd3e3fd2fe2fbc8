"""Which existing row stands for which row of a ready-made pipeline: the one of its name, else the shipped one of its meaning."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from crm.platform.configuration.environment import LANGUAGES
from leads.models.lost_reason import SHIPPED as SHIPPED_REASONS
from leads.models.shipped_texts import SHIPPED_LABELS
from leads.models.source import SHIPPED as SHIPPED_SOURCES
from leads.ready_pipelines.catalog import READY_PIPELINES
from leads.ready_pipelines.ready_pipeline import ReadyRow
from leads.ready_pipelines.row_fate import Match

SHIPPED = {"status": SHIPPED_LABELS, "source": SHIPPED_SOURCES, "lost_reason": SHIPPED_REASONS}
Pair = tuple[Any, Match]


def match_rows(existing: Sequence[Any], wanted: Sequence[ReadyRow], language: str) -> list[Pair | None]:
    """For each wanted row the existing one that stands for it, and why; None for those that have to be added. Call it with that
    language active: shipped rows have their names in it."""
    left = list(existing)
    found: list[Pair | None] = [None] * len(wanted)
    for names in (_get_stored_name, _get_label):
        by_name = {names(row): row for row in reversed(left)}
        for place, one in enumerate(wanted):
            row = by_name.get(one.name.get_in(language).casefold())
            if found[place] is None and row in left:
                left.remove(row)
                found[place] = (row, Match.NAME)
    by_key = {row.key: row for row in left if row.key}
    for place, one in enumerate(wanted):
        if found[place] is None and (row := by_key.get(one.key)) and (not row.retired or is_ready_name(row)):
            found[place] = (row, Match.KEY)
    return found


def is_ready_name(row: Any) -> bool:
    """Whether the row is named as it was shipped, or by one of the ready-made pipelines."""
    if SHIPPED[row.table].get(row.key) == row.name:
        return True
    return row.name.casefold() in _get_ready_names(row.table)


@cache
def _get_ready_names(table: str) -> set[str]:
    """Folded, in every language."""
    codes = [code for code, _language in LANGUAGES]
    return {one.name.get_in(code).casefold() for one in _iterate_rows(table) for code in codes}


def _iterate_rows(table: str) -> Iterable[ReadyRow]:
    for ready in READY_PIPELINES.values():
        match table:
            case "status":
                yield from (*ready.statuses, *ready.stages)
            case "source":
                yield from ready.sources
            case _:
                yield from ready.reasons


def _get_stored_name(row: Any) -> str:
    return row.name.casefold()


def _get_label(row: Any) -> str:
    return row.label.casefold()
