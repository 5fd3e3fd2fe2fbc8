"""What the worker does beside its jobs: removing what has expired, every hour; what must be on time, every minute; and what
others wait for, every two seconds.

The apps register their steps in modules that their apps.py imports.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db import connection, transaction
from django.utils import timezone

from crm.models import FrozenSet

log = logging.getLogger(__name__)

KEEP_FINISHED_JOBS = timedelta(days=7)

# The steps, each a function without arguments that returns how many items it removed, or sent.
STEPS: list[Callable[[], int]] = []
EACH_MINUTE: list[Callable[[], int]] = []
EACH_MOMENT: list[Callable[[], int]] = []


def every_hour(step: Callable[[], int]) -> Callable[[], int]:
    """Register a cleanup step. It runs in its own transaction and must be safe to run twice."""
    STEPS.append(step)
    return step


def every_minute(step: Callable[[], int]) -> Callable[[], int]:
    """Register what must be on time. It runs in its own transaction; two workers may run it at once."""
    EACH_MINUTE.append(step)
    return step


def every_moment(step: Callable[[], int]) -> Callable[[], int]:
    """Register what others wait for. It runs in its own transaction; two workers may run it at once."""
    EACH_MOMENT.append(step)
    return step


def clean_up(steps: list[Callable[[], int]] | None = None) -> dict[str, int]:
    """Run these steps, or the hourly ones; if one fails, it is logged and the others still run. Returns {name: removed}."""
    removed = {}
    for step in STEPS if steps is None else steps:
        try:
            with transaction.atomic():
                removed[step.__name__] = step()
        except Exception:
            log.exception("Housekeeping: %s", step.__name__)
    return removed


@every_hour
def frozen_sets() -> int:
    return FrozenSet.objects.expired().delete()[0]


@every_hour
def sign_in_attempts() -> int:
    """Failures too old to slow down the next attempt."""
    cool_off = get_cool_off()
    if cool_off is None:
        return 0
    return AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - cool_off).delete()[0]


@every_hour
def queue_entries() -> int:
    """The queue's own records of finished jobs; users see crm.Job, which is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing') AND NOT EXISTS (
                 SELECT FROM procrastinate_events e WHERE e.job_id = procrastinate_jobs.id AND e.at > %s)""",
            [timezone.now() - KEEP_FINISHED_JOBS],
        )
        return cursor.rowcount
