"""One run: an automation and what woke it, with everything that it writes, in one transaction."""

import time
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from automations.definition.trigger_types import AUTOMATION, DEPTH
from automations.models import Automation, AutomationRun, AutomationState
from automations.notifications import notify_of_automation
from automations.running.run_log import RunLog
from automations.running.step_plan import (
    build_step_verbs,
    carry_out_steps,
    check_owner,
    find_wait,
    judge_records,
)
from automations.running.waiting_steps import write_waits
from automations.running.waking import Waking
from automations.verbs import RunAutomation
from crm.models import Operation
from crm.records.history.operation_results import Outcome, write_operation_result
from crm.records.history.verb_execution import operation

# So many automations may wake each other one after the other.
MOST_DEPTH = 5
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
