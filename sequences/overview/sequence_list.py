"""The list of sequences: the steps of each in one line, who is in it, and how many replied in the last days."""

from dataclasses import dataclass
from typing import Any

from crm.records.kinds.kind_registry import KINDS, Kind
from sequences.models import Sequence
from sequences.models.sequence import SEQUENCED
from sequences.overview.enrollment_counts import count_by_sequence
from sequences.step_words import describe_steps

# The days of which the list says how many replied.
DAYS = 30


@dataclass(frozen=True)
class SequenceLine:
    """`steps` are all its steps in words; `running` and `replied` count records that the reader sees."""

    sequence: Sequence
    kind: Kind
    steps: str
    running: int
    replied: int


def get_sequence_kinds(user: Any) -> list[Kind]:
    """The record types that can be in a sequence and that the user may view."""
    return [KINDS[name] for name in SEQUENCED if user.has_perm(KINDS[name].get_right("view"))]


def build_lines(viewer: Any) -> list[SequenceLine]:
    """Those about records that the viewer may view."""
    kinds = {kind.name: kind for kind in get_sequence_kinds(viewer)}
    rows = [row for row in Sequence.objects.active().in_order() if row.table_of in kinds]
    counts = count_by_sequence(viewer, DAYS) if rows else {}
    return [
        SequenceLine(row, kinds[row.table_of], describe_steps(row.parsed_steps), *counts.get(row.pk, (0, 0)))
        for row in rows
    ]
