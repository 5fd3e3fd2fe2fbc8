"""What the worker is doing, for log lines and metrics: each task that it runs, and the job that the task is about."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm.models import Job


class RunAgain(Exception):
    """The run ends without a result, and the queue runs the task again later."""


@dataclass
class CurrentWork:
    """One run of a task. `kind` is the kind of the job, or the name of a task that has none. `state` is how it ends:
    finished, failed, cancelled, or again if it runs later instead."""

    kind: str
    job: int | None = None
    user: int | None = None
    operation: int | None = None
    state: str = "finished"


# Called at the end of each run, with its seconds; and with the number of rows that it has got further.
TASK_END_HOOKS: list[Callable[[CurrentWork, float], None]] = []
ADVANCED: list[Callable[[CurrentWork, int], None]] = []

_current: ContextVar[CurrentWork | None] = ContextVar("current_work", default=None)


def get_current_work() -> CurrentWork | None:
    """What this thread of the worker is doing; None in requests and commands."""
    return _current.get()


def run_tracked_task(run: Callable[[], Any], context: Any, _worker: Any) -> Any:
    """Around each task that the queue runs."""
    work = CurrentWork(context.job.task_name)
    token = _current.set(work)
    begun = perf_counter()
    try:
        return run()
    except BaseException as error:
        work.state = "again" if isinstance(error, RunAgain) else "failed"
        raise
    finally:
        for follow in TASK_END_HOOKS:
            follow(work, perf_counter() - begun)
        _current.reset(token)


def set_current_job(job: "Job") -> None:
    work = _current.get()
    if work:
        work.kind, work.job, work.user = job.kind, job.pk, job.user_id


def set_end_state(state: str, operation: int | None = None) -> None:
    work = _current.get()
    if work:
        work.state, work.operation = state, operation


def report_rows(rows: int) -> None:
    work = _current.get()
    if work and rows > 0:
        for follow in ADVANCED:
            follow(work, rows)
