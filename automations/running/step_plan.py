"""What an automation would do with records: its steps as verbs, with the permissions that its owner has now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied

from automations.definition.action_types import UnusableStep, build_step_verb, get_step_right
from automations.definition.wait_step import Wait
from automations.models import Automation
from crm.models import MergedRecord
from crm.platform.sql.chunks import split_into_chunks
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import Verb, carry_out, check_right, judge
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.stored_conditions import (
    RecordConditions,
    annotate_met,
    parse_conditions,
)


class NotReady(Exception):
    """An automation that can't act as it is. `reason` is one of Automation.OffReason, the text says more."""

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(text)
        self.reason = reason


@dataclass
class JudgedRecords:
    """The woken records: those that meet the conditions, those that don't, those that the owner doesn't see, and those that are in Trash, on
    their own or because they were merged into others."""

    met: list[int] = field(default_factory=list)
    unmet: list[int] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    trashed: list[int] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)


def get_conditions(automation: Automation) -> RecordConditions:
    """Raises NotReady if they can't be read: without them, the automation would be for more records."""
    found = parse_conditions(KINDS[automation.table_of], automation.parameters)
    if found.problem:
        raise NotReady(Automation.OffReason.CONDITIONS, found.problem)
    return found


def judge_records(automation: Automation, ids: Sequence[int], owner: Any) -> JudgedRecords:
    """Which of these records the automation is for now, one query for each 5,000. Raises NotReady."""
    kind, conditions, found = KINDS[automation.table_of], get_conditions(automation), JudgedRecords()
    rows = annotate_met(kind.model.objects.present().visible_to(owner), conditions)
    for chunk in split_into_chunks(sorted(ids)):
        answers = dict(rows.filter(pk__any=chunk).order_by().values_list("pk", "meets"))
        for pk in chunk:
            place = found.unseen if pk not in answers else found.met if answers[pk] else found.unmet
            place.append(pk)
    if found.unseen:
        _tell_gone_ones_apart(found, kind)
    return found


def _tell_gone_ones_apart(found: JudgedRecords, kind: Kind) -> None:
    """Those in Trash from those that the owner doesn't see."""
    gone = kind.model.objects.in_trash().filter(pk__any=found.unseen)
    trashed = set(gone.order_by().values_list("pk", flat=True))
    rows = MergedRecord.objects.of_merged_records(kind.name, list(trashed))
    merged = set(rows.values_list("record", flat=True))
    found.merged, found.trashed = sorted(merged), sorted(trashed - merged)
    found.unseen = [pk for pk in found.unseen if pk not in trashed]


def check_owner(automation: Automation, owner: Any) -> None:
    """Raises NotReady if the owner is inactive or lacks a permission that the steps require."""
    kind = KINDS[automation.table_of]
    if not owner.is_active:
        raise NotReady(Automation.OffReason.OWNER_INACTIVE)
    for right in [kind.get_right("view"), *(get_step_right(kind, step) for step in automation.parsed_steps)]:
        if not owner.has_perm(right):
            raise NotReady(Automation.OffReason.OWNER_PERMISSIONS, right)


def build_step_verbs(automation: Automation, owner: Any) -> list[Verb]:
    """The verb of each step. Raises NotReady as `check_owner` does, and if a step names something that is gone."""
    check_owner(automation, owner)
    kind, found = KINDS[automation.table_of], []
    for step in automation.parsed_steps:
        try:
            verb = build_step_verb(kind, step, owner)
        except UnusableStep as error:
            raise NotReady(Automation.OffReason.CONDITIONS, str(error)) from error
        try:
            check_right(verb, kind.model, owner)
        except PermissionDenied as error:
            raise NotReady(Automation.OffReason.OWNER_PERMISSIONS, str(error)) from error
        found.append(verb)
    return found


def plan_steps(automation: Automation, ids: Sequence[int], owner: Any) -> list[Outcome]:
    """What each step would do to these records now, judged by itself, without writing: a record that an earlier step would change is
    judged as it is. Raises NotReady."""
    kind = KINDS[automation.table_of]
    verbs = build_step_verbs(automation, owner)
    return [judge(verb, _changeable_rows_queryset(kind, owner), by=owner, wanted=list(ids)) for verb in verbs]


def carry_out_steps(
    automation: Automation,
    verbs: Sequence[Verb],
    ids: list[int],
    owner: Any,
    record: Any,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """Carry out the steps one after the other, within the operation. A record that one step can't change goes on to the next. Steps
    after a wait aren't carried out: whoever calls it lets the records wait (`find_wait`). The progress is that of all steps, as a
    number of records."""
    kind, found = KINDS[automation.table_of], []
    for number, verb in enumerate(verbs):
        if isinstance(verb, Wait):
            break
        rows = _changeable_rows_queryset(kind, owner).filter(pk__any=ids)
        told = _build_step_progress(progress, number, len(verbs)) if progress else None
        outcome = carry_out(verb, rows, by=owner, joined=record, progress=told)
        _add_missing(outcome, kind, ids, owner)
        found.append(outcome)
    return found


def _build_step_progress(progress: Callable[[int, int], None], number: int, steps: int) -> Any:
    return lambda done, total: progress((number * total + done) // steps, total)


def find_wait(verbs: Sequence[Verb]) -> tuple[int, Wait] | None:
    """The number of the first wait among these steps, and the wait, unless nothing comes after it."""
    found = next(((number, verb) for number, verb in enumerate(verbs) if isinstance(verb, Wait)), None)
    return found if found and found[0] + 1 < len(verbs) else None


def _changeable_rows_queryset(kind: Kind, owner: Any) -> Any:
    return kind.model.objects.present().changeable_by(owner)


def _add_missing(outcome: Outcome, kind: Kind, ids: list[int], owner: Any) -> None:
    """Records that the owner may not change, each with its reason. A step of its own rows wouldn't know about them."""
    known = set(outcome.changed).union(outcome.unchanged, *outcome.refused.values())
    missing = [pk for pk in ids if pk not in known]
    if missing:
        reasons = kind.model._default_manager.get_ids_by_missing_reason(missing, owner)
        outcome.refused.update({code: found for code, found in reasons.items() if found})
