"""The stored outcome of an operation: verdicts with their ids, and the counts."""

import time
from dataclasses import dataclass, field
from typing import Any

from crm.models import Operation, Verdict


@dataclass
class Outcome:
    """The result for a set of rows of one table: their ids by verdict and reason; `hidden` are those that the user may no
    longer see."""

    table: str = ""
    changed: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: dict[str, list[int]] = field(default_factory=dict)
    hidden: int = 0
    # An Operation; None if none was kept.
    operation: Any = None

    def refuse(self, code: str, ids: list[int]) -> None:
        """Refuse these of the rows that would change."""
        if refused := sorted(set(self.changed).intersection(ids)):
            self.changed = sorted(set(self.changed).difference(refused))
            self.refused[code] = sorted([*self.refused.get(code, []), *refused])

    @property
    def refused_count(self) -> int:
        return sum(map(len, self.refused.values())) + self.hidden

    @property
    def total(self) -> int:
        return len(self.changed) + len(self.unchanged) + self.refused_count


def write_operation_result(record: Operation, outcomes: list[Outcome], begun: float) -> None:
    """Store what an operation did to the records of each table; `begun` is its start by time.monotonic()."""
    for outcome in outcomes:
        write_verdicts(record, outcome)
    record.changed = sum(len(outcome.changed) for outcome in outcomes)
    record.unchanged = sum(len(outcome.unchanged) for outcome in outcomes)
    record.refused = sum(outcome.refused_count for outcome in outcomes)
    record.milliseconds = round((time.monotonic() - begun) * 1000)
    record.save(update_fields=["changed", "unchanged", "refused", "milliseconds"])


def write_verdicts(record: Operation, outcome: Outcome) -> None:
    """One Verdict for each verdict and reason, with the ids."""
    kept = [(Verdict.Word.CHANGED, "", outcome.changed), (Verdict.Word.UNCHANGED, "", outcome.unchanged)]
    kept += [(Verdict.Word.REFUSED, code, ids) for code, ids in outcome.refused.items()]
    verdicts = [
        Verdict(operation=record, table=outcome.table, word=word, reason=reason, ids=ids, count=len(ids))
        for word, reason, ids in kept
        if ids
    ]
    if outcome.hidden:
        refused, unseen = Verdict.Word.REFUSED, outcome.hidden
        verdicts.append(
            Verdict(operation=record, table=outcome.table, word=refused, reason="hidden", count=unseen)
        )
    Verdict.objects.bulk_create(verdicts)
