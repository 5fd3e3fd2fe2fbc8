"""Job kinds: each app registers the function that does the work, its name in words, and its page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm.models import Job, Operation


@dataclass(frozen=True)
class PartDone:
    """What the work of a job returns when a part of it is done: the part is saved, and the work is called for the next
    one. `operation` is the one that the parts belong to."""

    operation: Operation


# The function that does the work of a kind: (job, progress) -> the operation it made, or None.
Work = Callable[[Job, Callable[[int, int], None]], Operation | PartDone | None]


class JobProblem(Exception):
    """The job can't continue; its text is a message for the user."""


@dataclass(frozen=True)
class JobKind:
    """`words` and `page` are functions of a job's arguments: its name for people, and the page with its result.

    `quiet` kinds don't notify their user at the end, because the user is waiting on a page or the job sends its own
    notification. `long` kinds may take minutes, however few records their user chose. `lane` is the queue of kinds that wait for
    none of the others.
    """

    work: Work
    words: Callable[[dict], Any]
    page: Callable[[dict], str] | None = None
    quiet: bool = False
    long: bool = False
    lane: str = ""


JOB_KINDS: dict[str, JobKind] = {}


def register_job_kind(
    name: str,
    words: Callable[[dict], Any],
    *,
    page: Callable[[dict], str] | None = None,
    quiet: bool = False,
    long: bool = False,
    lane: str = "",
) -> Callable[[Work], Work]:
    """Register the function that does the work of a job kind, and its name in words."""

    def register(work: Work) -> Work:
        JOB_KINDS[name] = JobKind(work, words, page, quiet, long, lane)
        return work

    return register


def describe_job(job: Job) -> str:
    return str(JOB_KINDS[job.kind].words(job.arguments)) if job.kind in JOB_KINDS else job.kind


def get_job_url(job: Job) -> str:
    """The URL where its user sees the result."""
    kind = JOB_KINDS.get(job.kind)
    return kind.page(job.arguments) if kind and kind.page else f"/admin/jobs/{job.pk}"
