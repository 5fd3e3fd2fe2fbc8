"""The order of the rows of a report: by one of its numbers or by its first field, as the URL says. Rows without a value are last."""

from collections.abc import Iterable, Sequence
from typing import Any

from crm.platform.text.text_folding import fold_text
from reports.engine.dimensions import Dimension
from reports.engine.measures import MEASURE_PARTS, Measure


def parse_sort(text: str, measures: Sequence[Measure], by: Sequence[Dimension]) -> str:
    """The name of a column, after a “-” in descending order; '' for one that the report doesn't have."""
    names = {dimension.name for dimension in by[:1]} | {
        measure.name for measure in measures if is_sortable(measure, by)
    }
    return text if by and text.removeprefix("-") in names else ""


def is_sortable(measure: Measure, by: Sequence[Dimension]) -> bool:
    """With two fields, rows are sorted by what their groups are together, which a median isn't known for."""
    return len(by) == 1 or all(MEASURE_PARTS[part].adds_up for part in measure.parts if part in MEASURE_PARTS)


def get_usual_sort(measures: Sequence[Measure], by: Sequence[Dimension]) -> str:
    """How rows are sorted unless the reader asks for something else."""
    first = by[0]
    return first.name if first.step or first.by_key or first.in_order else f"-{measures[0].name}"


def sort_values(sort: str, question: Any, order: Sequence[Any], groups: Iterable[Any]) -> list[Any]:
    """The values of the first field, which come in their usual order. It decides between equal ones."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    of_key: dict[Any, list[Any]] = {}
    for group in groups:
        of_key.setdefault(group.keys[0], []).append(group)
    dimension = question.by[0]
    if name == dimension.name:
        values = _get_field_sort_keys(dimension, order, of_key)
    else:
        measure = next(measure for measure in question.measures if measure.name == name)
        values = {key: measure.compute(sum_parts(found)) for key, found in of_key.items()}
    known = [key for key in order if values[key] is not None]
    known.sort(key=lambda key: values[key], reverse=descending)
    return [*known, *(key for key in order if values[key] is None)]


def _get_field_sort_keys(
    dimension: Dimension, order: Sequence[Any], of_key: dict[Any, list[Any]]
) -> dict[Any, Any]:
    """Times and what the product orders in their order, others by their text."""
    ordered = dimension.step or dimension.by_key or dimension.in_order
    return {
        key: None
        if key in (None, "")
        else (place if ordered else (fold_text(of_key[key][0].texts[0]), place))
        for place, key in enumerate(order)
    }


def sum_parts(groups: Sequence[Any]) -> dict[str, Any]:
    """The parts of several groups, added up."""
    if len(groups) == 1:
        return dict(groups[0].parts)
    return {name: sum_part(groups, name) for name in groups[0].parts}


def sum_part(groups: Sequence[Any], part: str) -> Any:
    """None if no group has a value."""
    values = [group.parts[part] for group in groups if group.parts[part] is not None]
    return sum(values) if values else None
