"""The kinds of jobs: each app registers the function that does the work, its name in words, and its page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm.models import Job, Operation

# What does the work of a kind: (job, progress) -> the operation it made, or None.
Work = Callable[[Job, Callable[[int, int], None]], Operation | None]


class Problem(Exception):
    """The job cannot go on; its text is a sentence for the user."""


@dataclass(frozen=True)
class JobKind:
    """`words` and `page` are functions of a job's arguments: its name for people, and the page that shows its result.

    `quiet` kinds don't notify their user at the end: the user waits for them on a page, or they do it themselves.
    """

    work: Work
    words: Callable[[dict], Any]
    page: Callable[[dict], str] | None = None
    quiet: bool = False


KINDS: dict[str, JobKind] = {}


def job_kind(
    name: str, words: Callable[[dict], Any], *, page: Callable[[dict], str] | None = None, quiet: bool = False
) -> Callable[[Work], Work]:
    """Register the function that does the work of a kind of job, and its name in words."""

    def register(work: Work) -> Work:
        KINDS[name] = JobKind(work, words, page, quiet)
        return work

    return register


def words_of(job: Job) -> str:
    return str(KINDS[job.kind].words(job.arguments)) if job.kind in KINDS else job.kind


def page_of(job: Job) -> str:
    """The address at which its user sees the result."""
    kind = KINDS.get(job.kind)
    return kind.page(job.arguments) if kind and kind.page else f"/admin/jobs/{job.pk}"
