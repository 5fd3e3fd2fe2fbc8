"""What a ready-made pipeline does to one existing status, source or lost reason: the one place that decides it."""

from dataclasses import dataclass
from enum import Enum


class Match(Enum):
    """How an existing row was found for a row of the pipeline."""

    NONE = "none"
    NAME = "name"
    # The shipped row with the same meaning and another name.
    KEY = "key"


class Fate(Enum):
    ADDED = "added"
    RENAMED = "renamed"
    CHANGED = "changed"
    RESTORED = "restored"
    RETIRED = "retired"
    KEPT = "kept"
    UNCHANGED = "unchanged"
    # Retired before, and not asked for.
    LEFT_RETIRED = "left retired"


@dataclass(frozen=True)
class RowState:
    """What the decision depends on.

    is_used      records have it, or a form, webhook, rule, formula, saved view or cost names it
    is_ready     its name is as it was shipped, or from a ready-made pipeline, so nobody has thought of it here
    is_start     new records start in it
    differs      the pipeline's row has other values than its name
    renames      the pipeline's row has another name
    closes       the pipeline's row closes records, which the row where they start can't
    """

    match: Match = Match.NONE
    retired: bool = False
    is_used: bool = False
    is_ready: bool = True
    is_start: bool = False
    differs: bool = False
    renames: bool = False
    closes: bool = False


def decide_fate(row: RowState) -> Fate:
    """What is used, and what someone here has named, stays as it is. The rest follows the pipeline."""
    own = row.is_used or not row.is_ready
    if row.match is Match.NONE:
        if row.retired:
            return Fate.LEFT_RETIRED
        return Fate.KEPT if own or row.is_start else Fate.RETIRED
    if row.retired:
        return Fate.RESTORED
    if own or (row.is_start and row.closes):
        return Fate.KEPT
    if row.renames:
        return Fate.RENAMED
    return Fate.CHANGED if row.differs else Fate.UNCHANGED


def takes_values(row: RowState) -> bool:
    """Whether the row gets the values of the pipeline's row, and not only its place."""
    own = row.is_used or not row.is_ready
    return row.match is not Match.NONE and not own and not (row.is_start and row.closes)
