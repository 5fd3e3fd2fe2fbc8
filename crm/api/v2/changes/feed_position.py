"""How far a program has read the changes, as snapshots of the database.

Everything that was visible in the snapshot `since` was sent. A page sends what became visible from then until another snapshot,
`until`, in the order of transaction numbers, and the next page goes on behind `after`. So a transaction that takes long keeps no other
change waiting, and its own changes come when it has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from crm.platform.sql.transaction_numbers import TransactionSnapshot


@dataclass(frozen=True)
class FeedPosition:
    """`until` and `after`, a transaction number and the ID of a change, are only set between two pages of the same snapshots."""

    since: TransactionSnapshot
    until: TransactionSnapshot | None = None
    after: tuple[int, int] = (0, 0)

    def continue_after(self, until: TransactionSnapshot, after: tuple[int, int]) -> "FeedPosition":
        return replace(self, until=until, after=after)

    def build_values(self) -> list[Any]:
        """For a cursor, from which `parse_feed_position` reads it again."""
        until = _pack(self.until) if self.until else None
        return [_pack(self.since), until, list(self.after)]


def parse_feed_position(values: Sequence[Any]) -> FeedPosition:
    since, until, (number, pk) = values
    return FeedPosition(_unpack(since), _unpack(until) if until else None, (number, pk))


def _pack(snapshot: TransactionSnapshot) -> list[int]:
    """Short, because it stands in URLs: what is open by its distance from the next number."""
    distances = [snapshot.next - number for number in snapshot.open]
    return [int(snapshot.at.timestamp()), snapshot.next, *distances]


def _unpack(packed: list[int]) -> TransactionSnapshot:
    at, number, *distances = packed
    still_open = tuple(number - distance for distance in distances)
    return TransactionSnapshot(number, still_open, datetime.fromtimestamp(at, UTC))
