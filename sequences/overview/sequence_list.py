"""The list of sequences: the steps of each in one line, who is in it, and how many replied in the last days."""

from dataclasses import dataclass
from typing import Any

from crm.records.editing.row_order import order_buttons
from crm.records.kinds.kind_registry import KINDS, Kind
from sequences.models import Sequence
from sequences.models.sequence import SEQUENCED
from sequences.overview.enrollment_counts import count_by_sequence
from sequences.step_words import describe_steps

# The days of which the list says how many replied.
DAYS = 30


@dataclass(frozen=True)
class SequenceLine:
    """`steps` are all its steps in words; `running` and `replied` count records that the reader sees. `order` are the buttons that move
    it."""

    sequence: Sequence
    kind: Kind
    order: Any
    steps: str
    running: int
    replied: int


def get_sequence_kinds(user: Any) -> list[Kind]:
    """The record types that can be in a sequence and that the user may view."""
    return [KINDS[name] for name in SEQUENCED if user.has_perm(KINDS[name].get_right("view"))]


def get_sequences_in_order() -> list[Sequence]:
    return list(Sequence.objects.active().in_order())


def get_shown_sequences(viewer: Any) -> list[Sequence]:
    """Those about records that the viewer may view, in order."""
    names = {kind.name for kind in get_sequence_kinds(viewer)}
    return [row for row in get_sequences_in_order() if row.table_of in names]


def build_lines(viewer: Any) -> list[SequenceLine]:
    """Those about records that the viewer may view."""
    rows = get_shown_sequences(viewer)
    last = len(rows) - 1
    counts = count_by_sequence(viewer, DAYS) if rows else {}
    return [
        SequenceLine(
            row,
            KINDS[row.table_of],
            order_buttons(row, first=place == 0, last=place == last),
            describe_steps(row.parsed_steps),
            *counts.get(row.pk, (0, 0)),
        )
        for place, row in enumerate(rows)
    ]
