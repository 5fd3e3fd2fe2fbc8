"""The worker's turn: the next automation that an operation, the clock or the end of a wait woke, exactly once and in order.

A turn is one transaction. It lets records go on whose wait is over, or an automation by the clock look for due records, or one act on what
recipients did with mailings, or it takes the first waking operation, runs the automations that wait for it up to the first one that writes an operation, and takes these off the list. So a worker that is killed at any point leaves everything or nothing. A lock lets one worker at a time take a turn, which keeps
the order.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.working_time.calendar import Calendars
from automations.models import (
    Automation,
    AutomationClock,
    AutomationRun,
    AutomationState,
    MailingResponse,
    WaitingRecord,
    WakingOperation,
)
from automations.running.automation_execution import HOUR, count_room, run_automation
from automations.running.clock_days import get_next_look
from automations.running.due_records import find_due_records
from automations.running.mailing_responses import take_responses
from automations.running.run_log import LOGGED_UNMET, RunLog
from automations.running.step_plan import NotReady
from automations.running.waiting_steps import (
    build_continued_waking,
    find_undone_waits,
    split_by_room,
    take_due_waits,
)
from automations.running.waking import NO_OPERATION, Waking, build_waking, build_waking_by_end
from automations.running.woken_records import get_woken_records
from automations.switching import turn_off_for_reason
from crm.models import Operation
from crm.platform.web.transactions import is_connection_lost, is_disk_full, is_locked, set_transaction_limits

log = logging.getLogger(__name__)

# Milliseconds. People who hold a record longer are in a long job; the automation comes again two seconds later.
LOCK_WAIT = 5_000
# After so many faults in a row, an automation is turned off.
MOST_FAULTS = 5


def run_next() -> bool:
    """Let the next automation run; False if there is none, or if another worker has the turn."""
    with transaction.atomic():
        set_transaction_limits(lock=LOCK_WAIT, statement=0)
        if not _take_turn():
            return False
        now = timezone.now()
        if run_due_wait(now) or run_due_clock(now) or run_responses():
            return True
        row = WakingOperation.objects.in_order().first()
        if row is None:
            return False
        _run_first(row)
    return True


def is_anything_due(now: datetime) -> bool:
    """Whether there is something for a turn to do."""
    return (
        WakingOperation.objects.exists()
        or AutomationClock.objects.due(now).exists()
        or WaitingRecord.objects.due(now).exists()
        or MailingResponse.objects.exists()
    )


def run_due_wait(now: datetime) -> bool:
    """Let the records go on whose wait is over, as far as the limit of an hour lets them; False if there are none."""
    rows = take_due_waits(now)
    if not rows:
        return False
    automation = rows[0].automation
    rows = split_by_room(rows, count_room(automation), now)
    if not rows:
        return True
    waking = build_continued_waking(rows)
    waiting = WaitingRecord.objects.filter(pk__in=[row.pk for row in rows])
    undone = set(find_undone_waits(waiting))
    ids = [row.record for row in rows if row.pk not in undone]
    entries = RunLog(automation, waking)
    entries.add(AutomationRun.Outcome.UNDONE, [row.record for row in rows if row.pk in undone])
    entries.write()
    waiting.delete()
    if ids:
        _run_or_note_fault(automation, waking, ids)
    return True


def run_due_clock(now: datetime) -> bool:
    """Let the next automation by the clock look for records that have become due since it last looked; False if none is due."""
    clock = AutomationClock.objects.due(now).in_order().select_related("automation__owner").first()
    if clock is None:
        return False
    automation = clock.automation
    calendar = Calendars().get_for_user(automation.owner)
    try:
        due = find_due_records(automation, calendar, clock.looked_at, now)
    except NotReady as error:
        turn_off_for_reason(automation, error.reason)
        return True
    waking = Waking(NO_OPERATION, occasions={one.record: one.occasion for one in due})
    _run_for_new_occasions(automation, waking)
    # Not later than in an hour, because time zones and working days change.
    next_at = min(get_next_look(automation, calendar, now), now + HOUR)
    AutomationClock.objects.filter(pk=clock.pk).update(looked_at=now, next_at=next_at)
    return True


def run_responses() -> bool:
    """Let the next automation act on what recipients did with mailings; False if none waits for it."""
    found = take_responses()
    if found is None:
        return False
    automation, occasions = found
    _run_for_new_occasions(automation, Waking(NO_OPERATION, occasions=occasions))
    return True


def _run_for_new_occasions(automation: Automation, waking: Waking) -> None:
    begun = find_begun_records(automation, waking)
    if ids := [record for record in waking.occasions if record not in begun]:
        _run_or_note_fault(automation, waking, ids)


def find_begun_records(automation: Automation, waking: Waking) -> set[int]:
    """Those that the log already has for the same occasion, such as a date that was changed and changed back."""
    rows = AutomationRun.objects.of_automation(automation.pk).filter(waking=NO_OPERATION, step=0)
    known = rows.filter(record__in=list(waking.occasions)).values_list("record", "occasion")
    return {record for record, occasion in known if waking.occasions[record] == occasion}


def _take_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('leadwell.automations'))")
        return cursor.fetchone()[0]


def _run_first(row: WakingOperation) -> None:
    """Run the automations that the operation wakes until one has written something, and keep the others on the list: they judge the records
    as these are by then."""
    waking = Operation.objects.filter(pk=row.operation).first()
    automations = {one.pk: one for one in Automation.objects.in_use().filter(pk__in=row.waiting)}
    waiting = [automations[pk] for pk in row.waiting if pk in automations]
    woken = get_woken_records(waking, waiting) if waking else {}
    left = [one for one in waiting if one.pk in woken]
    while left and waking:
        automation = left.pop(0)
        is_by_end = automation.trigger == Automation.Trigger.SEQUENCE_ENDED
        cause = build_waking_by_end(waking) if is_by_end else build_waking(waking)
        if _run_or_note_fault(automation, cause, woken[automation.pk]):
            break
    if left:
        row.waiting = [one.pk for one in left]
        row.save(update_fields=["waiting"])
    else:
        row.delete()


def _run_or_note_fault(automation: Automation, waking: Waking, ids: Sequence[int]) -> bool:
    """Whether more was written than the log."""
    try:
        with transaction.atomic():
            written = run_automation(automation, waking, ids)
            AutomationState.objects.filter(automation=automation).exclude(faults=0).update(faults=0)
            return written is not None
    except NotReady as error:
        turn_off_for_reason(automation, error.reason)
    except Exception as error:
        if is_connection_lost(error) or is_disk_full(error) or is_locked(error):
            raise
        log.exception("Automation %s, operation %s, step %s", automation.pk, waking.pk, waking.step)
        _note_fault(automation, waking, ids)
    return True


def _note_fault(automation: Automation, waking: Waking, ids: Sequence[int]) -> None:
    """The run itself left nothing. It isn't tried again, because it would fail again and keep the others waiting."""
    entries = RunLog(automation, waking)
    entries.add(AutomationRun.Outcome.FAULT, ids[:LOGGED_UNMET])
    entries.write()
    state, _made = AutomationState.objects.get_or_create(automation=automation)
    state.faults += 1
    state.save(update_fields=["faults"])
    if state.faults >= MOST_FAULTS:
        turn_off_for_reason(automation, Automation.OffReason.FAULTS)
