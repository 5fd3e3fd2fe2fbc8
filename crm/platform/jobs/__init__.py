"""Background jobs with progress, cancel and a result."""

from crm.platform.jobs.job_control import (
    cancel_all_of,
    cancel_job,
    move_to_long_queue,
    start_job,
    start_rest,
)
from crm.platform.jobs.job_kinds import JOB_KINDS, JobProblem, PartDone, describe_job, get_job_url, job_kind
from crm.platform.jobs.job_runner import interrupt_jobs, run_job

__all__ = [
    "JOB_KINDS",
    "JobProblem",
    "PartDone",
    "cancel_all_of",
    "cancel_job",
    "describe_job",
    "get_job_url",
    "interrupt_jobs",
    "job_kind",
    "move_to_long_queue",
    "run_job",
    "start_job",
    "start_rest",
]
