"""The worker's mailings: those that are due begin, and each sends in turns until it is finished."""

import logging

from django.db import close_old_connections, connection, transaction
from django.utils import timezone, translation
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from accounts.working_time.calendar import Calendars
from crm.platform.configuration.company import get_company_language
from crm.platform.jobs.housekeeping import every_minute, every_moment
from crm.platform.web.transactions import is_connection_lost, is_disk_full, set_transaction_limits
from mailings.audience.audience import FaultyFilter, write_recipients
from mailings.models import Mailing
from mailings.sending.mailing_sending import SendingTurn, send_for_a_turn
from mailings.sending.state_transitions import (
    begin_mailing,
    finish_mailing,
    stop_mailing,
    write_waiting_reason,
)

log = logging.getLogger(__name__)

QUEUE = "mailings"
# Seconds until a mailing that waits for a domain is looked at again; the other reasons are, each minute.
SOON = 5
State = Mailing.State


@every_moment
def queue_scheduled_mailings() -> int:
    """Queue the scheduled ones whose time has come."""
    due = Mailing.objects.in_state(State.SCHEDULED).exclude(send_at__gt=timezone.now())
    return sum(queue_mailing(pk) for pk in due.values_list("pk", flat=True) if not _is_running(pk))


@every_minute
def queue_waiting_mailings() -> int:
    """Queue those that wait for something, or whose worker was killed."""
    rows = Mailing.objects.in_state(State.SENDING).values_list("pk", flat=True)
    return sum(queue_mailing(pk) for pk in rows if not _is_running(pk))


def _is_running(mailing_id: int) -> bool:
    return _jobs_queryset("doing").filter(lock=_get_lock_name(mailing_id)).exists()


def queue_mailing(mailing_id: int, *, pause: int = 0) -> int:
    """Let the worker send this mailing, unless it waits in the queue. One worker has it at a time.

    The job of a killed worker counts as running until the queue finds it (crm/platform/jobs/worker.py). A unique lock for the queue would
    then keep it from being queued again.
    """
    name = _get_lock_name(mailing_id)
    if _jobs_queryset("todo").filter(lock=name).exists():
        return 0
    ready = send_mailing.configure(lock=name, schedule_in={"seconds": pause} if pause else None)
    ready.defer(mailing_id=mailing_id)
    return 1


def _jobs_queryset(*states: str):
    return ProcrastinateJob.objects.filter(queue_name=QUEUE, status__in=states)


def _get_lock_name(mailing_id: int) -> str:
    return f"mailing {mailing_id}"


@app.task(queue=QUEUE, name="send_mailing")
def send_mailing(mailing_id: int) -> None:
    if not connection.in_atomic_block:
        close_old_connections()
    mailing = Mailing.objects.filter(pk=mailing_id).select_related("list", "department").first()
    if mailing is None or mailing.state not in (State.SCHEDULED, State.SENDING):
        return
    try:
        with translation.override(get_company_language()):
            if _may_go_on(mailing) and _begin_if_scheduled(mailing) and _is_open(mailing):
                turn = send_for_a_turn(mailing)
                while turn.goes_on and not _must_wait_for_others(mailing) and _may_still_go_on(mailing):
                    turn = send_for_a_turn(mailing)
                _write_state_after_turn(mailing, turn)
    except FaultyFilter:
        stop_mailing(mailing, "filter")
    except Exception as error:
        if is_connection_lost(error) or is_disk_full(error):
            raise
        log.exception("Mailing %s", mailing.pk)
        stop_mailing(mailing, "inside")


def _may_go_on(mailing: Mailing) -> bool:
    """Recipients are those that the sender sees, and someone answers for them."""
    mailing.by = User.objects.with_rights().get(pk=mailing.by_id)
    if mailing.by.is_active and mailing.by.has_perm("mailings.send_mailing"):
        return True
    stop_mailing(mailing, "author")
    return False


def _may_still_go_on(mailing: Mailing) -> bool:
    """Between two turns: the working time may be over, and the sender deactivated."""
    return _may_go_on(mailing) and _is_open(mailing)


def _begin_if_scheduled(mailing: Mailing) -> bool:
    """A scheduled one begins: its recipients and its state are written together."""
    if mailing.state == State.SENDING:
        return True
    with transaction.atomic():
        set_transaction_limits(lock=0, statement=0)
        if not Mailing.objects.in_state(State.SCHEDULED).select_for_update().filter(pk=mailing.pk).exists():
            return False
        write_recipients(mailing)
        return begin_mailing(mailing)


def _is_open(mailing: Mailing) -> bool:
    if not mailing.in_working_time:
        return True
    calendar, now = Calendars().get_for_department(mailing.department_id), timezone.now()
    if calendar.is_open(now):
        return True
    opening = calendar.get_next_opening(now)
    write_waiting_reason(mailing, "working_time", opening.isoformat() if opening else "")
    return False


def _must_wait_for_others(mailing: Mailing) -> bool:
    """Whether another mailing has to wait for its turn."""
    waiting = _jobs_queryset("todo").exclude(scheduled_at__gt=timezone.now())
    return waiting.exclude(lock=_get_lock_name(mailing.pk)).exists()


def _write_state_after_turn(mailing: Mailing, turn: SendingTurn) -> None:
    if mailing.state != State.SENDING or finish_mailing(mailing):
        return
    why, value = ("", "") if turn.goes_on else turn.why
    write_waiting_reason(mailing, why, value)
    if turn.goes_on or why == "domain":
        queue_mailing(mailing.pk, pause=0 if turn.goes_on else SOON)
