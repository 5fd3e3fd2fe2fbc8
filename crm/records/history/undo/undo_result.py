"""The result of an undo: what was reverted, and what was kept and why."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from crm.models import Operation
from crm.records.history.operation_results import Outcome
from crm.records.kinds.kind_counts import describe_counts
from crm.records.kinds.kind_registry import get_kind

OUT_OF_REACH = {"hidden", "not_changeable"}
# Which of these rows that an undone operation created are in use by now and stay, by table; other floors and apps add theirs.
IN_USE: dict[str, Callable[[list[int]], set[int]]] = {}


@dataclass
class UndoResult:
    """The ids, by table, that were reverted wholly or in part, and those that kept at least one field, by reason.

    `table` is the operation's record type: the counts refer to its rows, or to those of the other tables if none of its
    rows is touched.
    """

    table: str = ""
    back: dict[str, list[int]] = field(default_factory=dict)
    kept: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    # Those among `back` that the operation added, and that therefore leave.
    created: dict[str, list[int]] = field(default_factory=dict)
    operation: Any = None  # an Operation, once it has begun

    def add_kept(self, table: str, reason: str, ids: Iterable[int]) -> None:
        if found := {*ids, *self.kept.get(table, {}).get(reason, [])}:
            self.kept.setdefault(table, {})[reason] = sorted(found)

    def build_outcome(self, table: str) -> Outcome:
        """Only the number is stored for records that the user can't see."""
        kept = dict(self.kept.get(table, {}))
        hidden = len(kept.pop("hidden", []))
        return Outcome(table, changed=self.back.get(table, []), refused=kept, hidden=hidden)

    @property
    def out_of_reach(self) -> bool:
        """Whether any record was kept because the user may not change it."""
        return any(OUT_OF_REACH.intersection(reasons) for reasons in self.kept.values())

    @property
    def has_closed_fields(self) -> bool:
        """Whether any value was kept because the user may not edit its field."""
        return any("not_editable" in reasons for reasons in self.kept.values())

    @property
    def tables(self) -> list[str]:
        """The tables that the counts refer to."""
        touched = [table for table in {**self.back, **self.kept} if self._touches(table)]
        return [self.table] if self.table in touched else touched

    @property
    def reported_tables(self) -> list[str]:
        """The tables that a user is told of: all touched kinds of records, their own first, else what is touched."""
        kinds = [table for table in {**self.back, **self.kept} if get_kind(table) and self._touches(table)]
        return sorted(kinds, key=lambda table: table != self.table) or self.tables

    def _touches(self, table: str) -> bool:
        return bool(self.back.get(table) or self.kept.get(table))

    @property
    def reverted_counts_text(self) -> str:
        """ "10 leads, 4 companies, 6 contacts"; '' for an operation on other things than records."""
        kinds = {table: kind for table in self.reported_tables if (kind := get_kind(table))}
        own = get_kind(self.table)
        words = describe_counts({kind: len(self.back.get(table, [])) for table, kind in kinds.items()})
        return words or (own.words.counted(0) if own else "")

    @property
    def created_counts_text(self) -> str:
        """The records that the operation added: "866 leads, 4 companies"."""
        return describe_counts({kind: len(self.created.get(kind.name, [])) for kind in self._reported_kinds})

    @property
    def created_count(self) -> int:
        return sum(len(self.created.get(kind.name, [])) for kind in self._reported_kinds)

    @property
    def changed_counts_text(self) -> str:
        """Those that it only changed, "0 leads" if it is about leads and none goes back; '' for other things than records."""
        numbers = {
            kind: len(set(self.back.get(kind.name, [])).difference(self.created.get(kind.name, [])))
            for kind in self._reported_kinds
        }
        own = get_kind(self.table)
        return describe_counts(numbers) or (own.words.counted(0) if own and not self.created_count else "")

    @property
    def _reported_kinds(self) -> list[Any]:
        return [kind for table in self.reported_tables if (kind := get_kind(table))]

    @property
    def back_count(self) -> int:
        return sum(len(self.back.get(table, [])) for table in self.tables)

    @property
    def kept_count(self) -> int:
        return sum(len(set().union(*self.kept.get(table, {}).values())) for table in self.tables)

    def count_kept_by_reason(self) -> list[tuple[str, int]]:
        """How many rows keep something, by reason code."""
        numbers: Counter[str] = Counter()
        for table in self.reported_tables:
            numbers.update({reason: len(ids) for reason, ids in self.kept.get(table, {}).items() if ids})
        return numbers.most_common()

    @property
    def matched_count(self) -> int:
        return sum(
            len({*self.back.get(table, [])}.union(*self.kept.get(table, {}).values()))
            for table in self.tables
        )


# Called within an undo after all rows went back, in this order: with the operation that is undone, the undo, and its outcome.
UNDO_FOLLOWERS: list[Callable[[Operation, Operation, UndoResult], None]] = []
