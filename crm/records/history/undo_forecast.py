"""What an undo would do now, for whoever asks before they undo."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from crm.models import Operation
from crm.records.history.multi_part_changes import preview_undo_of_parts
from crm.records.history.undo.field_reversal import preview_undo
from crm.records.history.undo.undo_permission import get_unfinished_undo
from crm.records.history.undo.undo_result import UndoResult
from crm.records.history.undo.unreverted_rows import Remedy, get_remedy
from crm.records.history.visible_operations import get_verb
from crm.records.kinds.reasons import get_reason_sentence


class KeptRows(NamedTuple):
    """How many rows would keep a value for one reason, in a sentence, and what to do first."""

    reason: str
    sentence: str
    records: int
    remedy: Remedy | None


@dataclass(frozen=True)
class UndoForecast:
    """`looked` and `unlooked` are how many parts of the operation were and weren't looked at for it, `rest` the undo that it would
    continue, `lasting` what stays whatever goes back."""

    outcome: UndoResult
    kept: list[KeptRows]
    looked: int
    unlooked: int
    rest: Operation | None
    lasting: str
    nothing: bool


def build_undo_forecast(record: Operation, user: Any) -> UndoForecast:
    rest = get_unfinished_undo(record)
    outcome, looked = (
        preview_undo_of_parts(record, rest, user) if record.part_count else (preview_undo(record, user), 0)
    )
    kept = [
        KeptRows(code, str(get_reason_sentence(code)), number, get_remedy(code, record, user))
        for code, number in outcome.count_kept_by_reason()
    ]
    verb = get_verb(record) if not record.undoes_id else None
    return UndoForecast(
        outcome=outcome,
        kept=kept,
        looked=looked,
        unlooked=record.parts_done - looked - (rest.parts_done if rest else 0),
        rest=rest,
        lasting=str(verb.describe_lasting_parts(record)) if verb else "",
        nothing=not outcome.back_count and any(row.remedy for row in kept),
    )
