"""Background jobs with progress, cancel and a result."""

from crm.jobs.kinds import KINDS, PartDone, Problem, job_kind, page_of, words_of
from crm.jobs.queue import cancel, cancel_all_of, go_on_as_long, start, start_rest
from crm.jobs.running import interrupt, run_job

__all__ = [
    "KINDS",
    "PartDone",
    "Problem",
    "cancel",
    "cancel_all_of",
    "go_on_as_long",
    "interrupt",
    "job_kind",
    "page_of",
    "run_job",
    "start",
    "start_rest",
    "words_of",
]
