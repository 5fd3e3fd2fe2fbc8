"""The worker's turn: the next automation that an operation woke, exactly once and in order.

A turn is one transaction: it takes the first waking operation, runs the automations that wait for it up to the first one that writes
an operation, and takes these off the list. So a worker that is killed at any point leaves everything or nothing. A lock lets one worker at a time take a turn, which keeps
the order.
"""

import logging
from collections.abc import Sequence

from django.db import connection, transaction

from automations.models import Automation, AutomationRun, AutomationState, WakingOperation
from automations.running.automation_execution import LOGGED_UNMET, RunLog, run_automation
from automations.running.step_plan import NotReady
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
        row = WakingOperation.objects.in_order().first()
        if row is None:
            return False
        _run_first(row)
    return True


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
        if _run_or_note_fault(automation, waking, woken[automation.pk]):
            break
    if left:
        row.waiting = [one.pk for one in left]
        row.save(update_fields=["waiting"])
    else:
        row.delete()


def _run_or_note_fault(automation: Automation, waking: Operation, ids: Sequence[int]) -> bool:
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
        log.exception("Automation %s, operation %s", automation.pk, waking.pk)
        _note_fault(automation, waking, ids)
    return True


def _note_fault(automation: Automation, waking: Operation, ids: Sequence[int]) -> None:
    """The run itself left nothing. It isn't tried again, because it would fail again and keep the others waiting."""
    entries = RunLog(automation, waking)
    entries.add(AutomationRun.Outcome.FAULT, ids[:LOGGED_UNMET])
    entries.write()
    state, _made = AutomationState.objects.get_or_create(automation=automation)
    state.faults += 1
    state.save(update_fields=["faults"])
    if state.faults >= MOST_FAULTS:
        turn_off_for_reason(automation, Automation.OffReason.FAULTS)
