"""Background jobs with progress, cancel and a result."""

from crm.platform.jobs.job_control import cancel, cancel_all_of, go_on_as_long, start, start_rest
from crm.platform.jobs.job_kinds import KINDS, PartDone, Problem, job_kind, page_of, words_of
from crm.platform.jobs.job_runner import interrupt, run_job

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
