"""Records of several kinds, counted: "10 leads, 4 companies, 6 contacts"."""

from collections.abc import Mapping

from crm.records.kinds.kind_registry import Kind


def describe_counts(numbers: Mapping[Kind, int]) -> str:
    """In their order, without the kinds that have none."""
    return ", ".join(kind.words.counted(number) for kind, number in numbers.items() if number)
