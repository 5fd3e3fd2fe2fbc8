"""The parts in which many records are written and read."""

from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")

ROWS_A_STATEMENT = 5_000


def split_into_chunks(ids: list[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(ids), ROWS_A_STATEMENT):
        yield ids[start : start + ROWS_A_STATEMENT]
