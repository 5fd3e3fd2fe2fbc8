"""The worker's turn: the step that has been due for longest, for everyone with the same author for whom it is due.

A turn is one transaction, so a worker that is killed at any point leaves everything or nothing: the email, its place in the queue,
the log and what comes next are there together. A lock lets one worker at a time take a turn, which keeps the order and the limits
of a day.
"""

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.working_time.calendar import Absences, Calendars
from crm.platform.web.transactions import is_connection_lost, is_disk_full, is_locked, set_transaction_limits
from sequences.coming_steps.due_steps import find_first_due_steps
from sequences.models import ComingStep, Enrollment
from sequences.running.enrollment_ends import end_enrollments, finish_enrollments
from sequences.running.schedule import plan_next_steps
from sequences.running.step_execution import DueStep, run_step

log = logging.getLogger(__name__)

# Milliseconds. People who hold a record longer are in a long job; the worker comes again two seconds later.
LOCK_WAIT = 5_000
# So many records are done in one turn, and planned in one.
MOST_AT_ONCE, MOST_PLANNED = 100, 1_000


def run_next() -> bool:
    """Do the next step that is due; False if there is none, or if another worker has the turn."""
    with transaction.atomic():
        set_transaction_limits(lock=LOCK_WAIT, statement=0)
        if not take_turn():
            return False
        now = timezone.now()
        return _plan_some(now) or _run_due(now)


def is_anything_due(now: datetime) -> bool:
    """Whether there is something for a turn to do."""
    return ComingStep.objects.unplanned().exists() or bool(find_ready_authors(now))


def take_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('leadwell.sequences'))")
        return cursor.fetchone()[0]


def find_ready_authors(now: datetime) -> list[int]:
    """Those for whom something is due, who work at this moment and aren't away, by their ids. What is due for the others waits."""
    return _keep_working({first.author for first in find_first_due_steps(now)}, now)


def _keep_working(ids: Collection[int], now: datetime) -> list[int]:
    if not ids:
        return []
    calendars = Calendars()
    absences: dict[object, Absences] = {}
    found = []
    for author in User.objects.active().filter(pk__in=ids).order_by("pk"):
        calendar = calendars.get_for_user(author)
        day = now.astimezone(calendar.zone).date()
        if day not in absences:
            absences[day] = Absences(day)
        if calendar.is_open(now) and not absences[day].is_away(author.pk):
            found.append(author.pk)
    return found


def _plan_some(now: datetime) -> bool:
    ids = list(ComingStep.objects.unplanned().in_order().values_list("enrollment", flat=True)[:MOST_PLANNED])
    if not ids:
        return False
    rows = Enrollment.objects.running().filter(pk__in=ids).select_related("sequence", "author")
    finish_enrollments(plan_next_steps(list(rows), Calendars()))
    return True


def _run_due(now: datetime) -> bool:
    due = take_due_step(now, MOST_AT_ONCE)
    if due is None:
        return False
    try:
        with transaction.atomic():
            run_step(due, Calendars())
    except Exception as error:
        if is_connection_lost(error) or is_disk_full(error) or is_locked(error):
            raise
        _run_alone(due)
    return True


def take_due_step(now: datetime, most: int) -> DueStep | None:
    """Among the authors who work at this moment, the step that has been due for longest, and everyone for whom the same one is due in
    the same name. None if nothing is due for them."""
    waiting = find_first_due_steps(now)
    ready = set(_keep_working({one.author for one in waiting}, now))
    first = next((one for one in waiting if one.author in ready), None)
    if first is None:
        return None
    step = ComingStep.objects.select_related("enrollment__sequence").get(pk=first.enrollment)
    same = ComingStep.objects.planned().due(now).with_key_of(step).in_order()
    found = [one.enrollment for one in same.select_related("enrollment")[:most]]
    return DueStep(step.enrollment.sequence, User.objects.with_rights().get(pk=first.author), step.key, found)


def _run_alone(due: DueStep) -> None:
    """After a fault, each record by itself: the one with the fault ends, and the others go on."""
    for one in due.enrollments:
        alone = DueStep(due.sequence, due.author, due.key, [one])
        try:
            with transaction.atomic():
                run_step(alone, Calendars())
        except Exception as fault:
            if is_connection_lost(fault) or is_disk_full(fault) or is_locked(fault):
                raise
            log.exception("Sequence %s, step %s, enrollment %s", due.sequence.pk, due.key, one.pk)
            end_enrollments({one.pk: Enrollment.StopReason.FAILED})
