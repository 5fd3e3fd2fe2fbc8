"""Work that one worker at a time does in turns, until nothing is left: it is queued when there is some, and only once."""

from collections.abc import Callable
from typing import Any

from django.db import close_old_connections, connection
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.platform.web.transactions import is_locked


def queue_turns(task: Any) -> int:
    """Let a worker take turns, unless one does or is about to. `task` has a lock of its own. Returns 1 if it was queued, or else 0."""
    if ProcrastinateJob.objects.filter(lock=task.lock, status__in=["todo", "doing"]).exists():
        return 0
    task.defer()
    return 1


def take_turns(run_next: Callable[[], bool]) -> None:
    """Each call of `run_next` is a transaction of its own, and False if nothing is left."""
    if not connection.in_atomic_block:
        close_old_connections()
    try:
        while run_next():
            pass
    except Exception as error:
        # Someone has held a record for long. The next step of the housekeeping begins again.
        if not is_locked(error):
            raise
