"""What the worker does beside its jobs: removing what has expired, every hour; what must be on time, every minute; and what
others wait for, every two seconds.

The apps register their steps in modules that their contribution.py names. Every worker has all steps, so one of them that is down
changes nothing. A step never runs in two workers at once, but one about files of the machine runs in each.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from crm.platform.web.transactions import is_connection_lost

log = logging.getLogger(__name__)

KEEP_FINISHED_JOBS = timedelta(days=7)

# Each worker looks once an hour. What another one did less than this ago isn't due yet.
HOUR = "55 minutes"

# The steps, each a function without arguments that returns how many items it removed, or sent.
STEPS: list[Callable[[], int]] = []
ON_EACH_MACHINE: list[Callable[[], int]] = []
EACH_MINUTE: list[Callable[[], int]] = []
EACH_MINUTE_IN_EACH_WORKER: list[Callable[[], int]] = []
EACH_MOMENT: list[Callable[[], int]] = []

# Looks and claims at once: the claim is committed with what the step does, so a step that fails is still due.
CLAIM = """
    INSERT INTO crm_hourlystep (name, at) SELECT %(name)s, now()
    WHERE pg_try_advisory_xact_lock(hashtext('leadwell.housekeeping'), hashtext(%(name)s))
    ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE crm_hourlystep.at <= excluded.at - %(hour)s::interval
"""


def every_hour(step: Callable[[], int]) -> Callable[[], int]:
    """Register a cleanup step. It runs in its own transaction, once an hour in one of the workers."""
    STEPS.append(step)
    return step


def every_hour_on_each_machine(step: Callable[[], int]) -> Callable[[], int]:
    """Register a cleanup step about files of the machine. It runs in its own transaction, once an hour in each worker, and two
    workers of one machine may run it at the same time."""
    ON_EACH_MACHINE.append(step)
    return step


def every_minute(step: Callable[[], int]) -> Callable[[], int]:
    """Register what must be on time. It runs in its own transaction, and is left to the worker that runs it already."""
    EACH_MINUTE.append(step)
    return step


def every_minute_in_each_worker(step: Callable[[], int]) -> Callable[[], int]:
    """Register what must be on time even while someone else holds the locks of steps. It runs in its own transaction, and two
    workers may run it at the same time."""
    EACH_MINUTE_IN_EACH_WORKER.append(step)
    return step


def every_moment(step: Callable[[], int]) -> Callable[[], int]:
    """Register what others wait for. It runs in its own transaction, and is left to the worker that runs it already."""
    EACH_MOMENT.append(step)
    return step


def clean_up(steps: list[Callable[[], int]] | None = None) -> dict[str, int]:
    """Run these steps, or the hourly ones; if one fails, it is logged and the others still run. Returns {name: removed}."""
    if steps is not None:
        return _run_steps(steps, _lock_step)
    return _run_steps(STEPS, _claim_step) | _run_steps(ON_EACH_MACHINE, lambda _name: True)


def clean_up_in_each_worker() -> dict[str, int]:
    """Run the steps that need no turn. Returns {name: removed}."""
    return _run_steps(EACH_MINUTE_IN_EACH_WORKER, lambda _name: True)


def _run_steps(steps: list[Callable[[], int]], is_ours: Callable[[str], bool]) -> dict[str, int]:
    removed = {}
    for step in steps:
        try:
            with transaction.atomic():
                removed[step.__name__] = step() if is_ours(f"{step.__module__}.{step.__name__}") else 0
        except Exception as error:
            if is_connection_lost(error):
                log.warning("Housekeeping: %s: the database can't be reached", step.__name__)
            else:
                log.exception("Housekeeping: %s", step.__name__)
    return removed


def _lock_step(name: str) -> bool:
    """Whether no other worker runs this step; none does until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('leadwell.housekeeping'), hashtext(%s))", [name]
        )
        return cursor.fetchone()[0]


def _claim_step(name: str) -> bool:
    """Whether no worker has run this step in the last hour, and none runs it now. From then on, this one has."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"name": name, "hour": HOUR})
        return cursor.rowcount == 1


@every_hour
def delete_queue_entries() -> int:
    """The queue's own records of finished jobs; users see crm.Job, which is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing') AND NOT EXISTS (
                 SELECT FROM procrastinate_events e WHERE e.job_id = procrastinate_jobs.id AND e.at > %s)""",
            [timezone.now() - KEEP_FINISHED_JOBS],
        )
        return cursor.rowcount
