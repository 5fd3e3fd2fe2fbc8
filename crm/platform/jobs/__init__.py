"""Background jobs with progress, cancel and a result."""

from crm.platform.jobs.job_control import cancel_all_of, cancel_job, go_on_as_long, start_job, start_rest
from crm.platform.jobs.job_kinds import JOB_KINDS, JobProblem, PartDone, job_kind, page_of, words_of
from crm.platform.jobs.job_runner import interrupt_jobs, run_job

__all__ = [
    "JOB_KINDS",
    "JobProblem",
    "PartDone",
    "cancel_all_of",
    "cancel_job",
    "go_on_as_long",
    "interrupt_jobs",
    "job_kind",
    "page_of",
    "run_job",
    "start_job",
    "start_rest",
    "words_of",
]
