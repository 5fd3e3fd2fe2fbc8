"""The parts in which many records are written and read."""

from collections.abc import Iterator

ROWS_A_STATEMENT = 5_000


def in_chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), ROWS_A_STATEMENT):
        yield ids[start : start + ROWS_A_STATEMENT]
