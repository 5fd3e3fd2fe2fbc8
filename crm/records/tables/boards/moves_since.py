"""What has changed since a board was drawn: the verdicts of operations after those that it has seen.

An operation writes its verdicts at its end, so their ids follow the order of commits but for a few at the same moment. A
board remembers the newest id, and which of the ids just before it were there: one of the others may still be committed.
"""

from dataclasses import dataclass
from itertools import accumulate

from crm.models import Verdict

# The ids before the newest one that are looked at again.
WINDOW = 32
# Above these numbers of verdicts or records, the board is read as a whole again.
MOST_VERDICTS = 200
MOST_RECORDS = 200


@dataclass(frozen=True)
class SeenVerdicts:
    """The newest verdict that a board has seen, and a bit for each of the WINDOW ids up to it that it has seen too."""

    newest: int = 0
    bits: int = 0

    def __str__(self) -> str:
        return f"{self.newest}.{self.bits:x}"

    @classmethod
    def read(cls, text: str) -> "SeenVerdicts | None":
        """None for anything that no board says."""
        newest, _dot, bits = text.partition(".")
        if not (newest.isascii() and newest.isdecimal() and len(newest) < 19) or len(bits) > WINDOW // 4:
            return None
        try:
            return cls(int(newest), int(bits, 16))
        except ValueError:
            return None

    @classmethod
    def from_ids(cls, ids: list[int]) -> "SeenVerdicts":
        newest = max(ids, default=0)
        return cls(newest, sum(1 << (newest - pk) for pk in set(ids) if newest - pk < WINDOW))

    def has(self, pk: int) -> bool:
        return pk <= self.newest and bool(self.bits >> (self.newest - pk) & 1)


@dataclass(frozen=True)
class ChangedRecords:
    """The records of one table that have changed since, and what the board has seen now; `many` are too many to name."""

    seen: SeenVerdicts
    ids: list[int]
    many: bool = False


def parse_shown_ids(text: str) -> set[int]:
    """The records that a page says it shows: the steps between their sorted ids, to base 36. Anything else is skipped."""
    steps = [part for part in text.split(".") if part.isascii() and part.isalnum() and len(part) < 13]
    return set(accumulate(int(part, 36) for part in steps))


def get_seen_verdicts() -> SeenVerdicts:
    """What a board that is drawn after this has seen."""
    return SeenVerdicts.from_ids(list(Verdict.objects.newest_after(0).values_list("pk", flat=True)[:WINDOW]))


def get_changes_since(seen: SeenVerdicts, table: str) -> ChangedRecords:
    """One look along the primary key, however many records there are."""
    found = list(Verdict.objects.with_first_ids().newest_after(seen.newest - WINDOW)[:MOST_VERDICTS])
    fresh = [verdict for verdict in found if not seen.has(verdict.pk)]
    own = [verdict for verdict in fresh if verdict.table == table and verdict.word == Verdict.Word.CHANGED]
    many = len(found) == MOST_VERDICTS or sum(verdict.count for verdict in own) > MOST_RECORDS
    ids = sorted({pk for verdict in own for pk in verdict.first_ids})
    now = SeenVerdicts.from_ids([verdict.pk for verdict in found]) if found else seen
    return ChangedRecords(now, [] if many else ids, many)
