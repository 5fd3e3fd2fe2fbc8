"""One run: an automation and what woke it, with everything that it writes, in one transaction."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from automations.definition.trigger_types import AUTOMATION, DEPTH
from automations.models import Automation, AutomationRun, AutomationState
from automations.notifications import notify_of_automation
from automations.running.step_plan import (
    JudgedRecords,
    build_step_verbs,
    carry_out_steps,
    check_owner,
    find_wait,
    judge_records,
)
from automations.running.waiting_steps import write_waits
from automations.running.waking import Waking, build_waking
from automations.verbs import RunAutomation
from crm.models import Operation
from crm.platform.sql.chunks import split_into_chunks
from crm.records.history.operation_results import Outcome, write_operation_result
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import find_unmet_conditions

# So many automations may wake each other one after the other.
MOST_DEPTH = 5
# Of the records that something woke it for in vain, so many are logged.
LOGGED_UNMET = 100
HOUR = timedelta(hours=1)
Result = AutomationRun.Outcome


def run_automation(automation: Automation, waking: Waking, ids: Sequence[int]) -> Operation | None:
    """Do the steps to those of the woken records that meet the conditions, and log all of it. Returns the operation that was
    written, if any. Raises NotReady if the automation can't act as it is; then nothing is written."""
    owner = User.objects.with_rights().get(pk=automation.owner_id)
    check_owner(automation, owner)
    judged = judge_records(automation, ids, owner)
    log = RunLog(automation, waking)
    log.add_unmet(judged.unmet, owner)
    log.add_missing(judged)
    met, written = judged.met, None
    if met and waking.depth >= MOST_DEPTH:
        log.add(Result.DEPTH, met)
        met = []
    room = count_room(automation) if met else 0
    if met[room:]:
        log.add(Result.LIMIT, met[room:])
        _notify_of_limit(automation)
    if met[:room]:
        # Only now, because the forms of the steps ask the database for their choices.
        verbs = build_step_verbs(automation, owner)[waking.step :]
        written = _write_steps(automation, waking, verbs, met[:room], owner, log)
    log.write()
    return written


def count_room(automation: Automation) -> int:
    """How many records it may still act on within the hour."""
    return max(automation.most_an_hour - count_acted_last_hour(automation), 0)


def count_acted_last_hour(automation: Automation) -> int:
    rows = AutomationRun.objects.of_automation(automation.pk)
    return rows.acted().woken().since(timezone.now() - HOUR).count()


def _write_steps(automation, waking, verbs, ids, owner, log: "RunLog") -> Operation | None:
    kind, begun = automation.table_of, time.monotonic()
    values = {AUTOMATION: automation.pk, DEPTH: waking.depth + 1, "waking": waking.pk}
    with operation(
        RunAutomation.kind,
        table=kind,
        by=owner,
        channel=Operation.Channel.AUTOMATION,
        parameters=values,
        matched=len(ids),
    ) as record:
        outcomes = carry_out_steps(automation, verbs, ids, owner, record)
        whole = build_whole_outcome(kind, outcomes)
        if whole.changed:
            write_operation_result(record, [whole], begun)
    written = record.pk if whole.changed else None
    if wait := find_wait(verbs):
        number, verb = wait
        write_waits(automation, waking, verb, waking.step + number + 1, ids, written)
        if not number:
            log.add(Result.WAITING, ids)
    log.add_outcomes(whole, outcomes, written)
    if written is None:
        # As with any verb, an operation that changes nothing isn't kept.
        record.delete()
        return None
    return record


def build_whole_outcome(table: str, outcomes: Sequence[Outcome]) -> Outcome:
    """One verdict for each record: changed if a step changed it, or else refused with the first reason, or else already set."""
    changed = set().union(*(one.changed for one in outcomes))
    refused: dict[str, list[int]] = {}
    seen = set(changed)
    for outcome in outcomes:
        for code, ids in outcome.refused.items():
            if new := [pk for pk in ids if pk not in seen]:
                refused[code] = sorted([*refused.get(code, []), *new])
                seen.update(new)
    unchanged = set().union(*(one.unchanged for one in outcomes)) - seen
    return Outcome(table, changed=sorted(changed), unchanged=sorted(unchanged), refused=refused)


def _notify_of_limit(automation: Automation) -> None:
    """Once an hour."""
    state, _made = AutomationState.objects.get_or_create(automation=automation)
    now = timezone.now()
    if state.limit_told_at is None or state.limit_told_at <= now - HOUR:
        state.limit_told_at = now
        state.save(update_fields=["limit_told_at"])
        notify_of_automation(automation, "automation_limit", limit=automation.most_an_hour)


class RunLog:
    """The rows of the log of one run, written at its end."""

    def __init__(self, automation: Automation, waking: Waking | Operation) -> None:
        self.automation = automation
        self.waking = waking if isinstance(waking, Waking) else build_waking(waking)
        self.rows: list[AutomationRun] = []

    def add(self, outcome: str, ids: Sequence[int], **values: Any) -> None:
        waking = self.waking
        common = {"automation": self.automation, "waking": waking.pk, "step": waking.step, "outcome": outcome}
        self.rows += [
            AutomationRun(record=pk, occasion=waking.get_occasion(pk), **common, **values) for pk in ids
        ]

    def add_unmet(self, ids: Sequence[int], owner: User) -> None:
        """Records that don't meet the conditions, the first ones with the conditions that they don't meet."""
        few = ids[:LOGGED_UNMET]
        if not few:
            return
        kind = KINDS[self.automation.table_of]
        rows = kind.model.objects.visible_to(owner)
        unmet = find_unmet_conditions(kind, self.automation.parameters, rows, few)
        for pk in few:
            self.add(Result.UNMET, [pk], reasons=unmet.get(pk, []))

    def add_missing(self, judged: JudgedRecords) -> None:
        """Records that the owner doesn't see, or that are in Trash. Of those that waited, each has a row: it says why the wait ended."""
        most = None if self.waking.step else LOGGED_UNMET
        self.add(Result.UNSEEN, judged.unseen[:most])
        self.add(Result.TRASH, judged.trashed[:most])
        self.add(Result.MERGED, judged.merged[:most])

    def add_outcomes(self, whole: Outcome, outcomes: Sequence[Outcome], written: int | None) -> None:
        """What the steps did; each refusal with its step."""
        reasons: dict[int, list[list[Any]]] = {}
        for number, outcome in enumerate(outcomes, start=self.waking.step):
            for code, ids in outcome.refused.items():
                for pk in ids:
                    reasons.setdefault(pk, []).append([number, code])
        refused = sorted(pk for ids in whole.refused.values() for pk in ids)
        for result, ids in (
            (Result.ACTED, whole.changed),
            (Result.UNCHANGED, whole.unchanged),
            (Result.REFUSED, refused),
        ):
            operation_id = written if result == Result.ACTED else None
            for pk in ids:
                self.add(result, [pk], reasons=reasons.get(pk, []), written=operation_id)

    def write(self) -> None:
        for chunk in split_into_chunks(self.rows):
            AutomationRun.objects.bulk_create(chunk)
