"""The rest of an undo that reverted only a part: which rows are through, why the others aren't, and what to do first."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from crm.models import Operation, Verdict
from crm.records.history.undo.undo_permission import PASSING, get_undoing_operations
from crm.records.history.undo.undo_result import UndoResult
from crm.records.kinds.reasons import get_reason_sentence


class Remedy(NamedTuple):
    """What to do so that the rest can be undone, in a sentence, and the page where the reader can do it, or ''."""

    text: str
    url: str = ""


# What helps against a reason, for a change and its reader; each app adds its own.
REMEDIES: dict[str, Callable[[Operation, Any], Remedy]] = {}


def get_remedy(code: str, record: Operation, user: Any) -> Remedy | None:
    if code in REMEDIES:
        return REMEDIES[code](record, user)
    return Remedy(_("The rest can be undone later, as soon as this changes.")) if code in PASSING else None


def get_undos_in_effect(record: Operation) -> list[Operation]:
    """The oldest first; without those of which something was undone again."""
    found = list(record.undone_by.order_by("pk"))
    undone = get_undoing_operations(found)
    return [one for one in found if one.pk not in undone.done and one.pk not in undone.partly]


def get_settled_rows(record: Operation) -> dict[str, set[int]]:
    """By table with earlier undos, the rows of which those in effect have kept nothing."""
    found: dict[str, set[int]] = {}
    for undo in get_undos_in_effect(record) if not record.part_of_id and not record.part_count else []:
        verdicts = list(undo.verdicts.all())
        for verdict in verdicts:
            settled = found.setdefault(verdict.table, set())
            if verdict.word == Verdict.Word.CHANGED:
                settled.update(verdict.ids)
        for verdict in verdicts:
            if verdict.word == Verdict.Word.REFUSED:
                found[verdict.table].difference_update(verdict.ids)
    return found


def get_nothing_reverted_sentence(record: Operation, outcome: UndoResult) -> str:
    """Why an undo that reverts nothing is refused, in a sentence; '' if it reverts something, or if all of it has changed
    since."""
    if outcome.back_count:
        return ""
    if outcome.out_of_reach:
        return _("You can’t change any of these records now.")
    if outcome.has_closed_fields:
        return _("Only other roles can edit the fields that it changed.")
    codes = [code for code, _count in outcome.count_kept_by_reason() if code in REMEDIES]
    if codes:
        return f"{get_reason_sentence(codes[0])} {REMEDIES[codes[0]](record, outcome.operation.by).text}"
    earlier = [one for one in get_undos_in_effect(record) if one != outcome.operation]
    return _("Nothing more of this change can be undone.") if earlier else ""
