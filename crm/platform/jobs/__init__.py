"""Background jobs with progress, cancel and a result."""

from crm.platform.jobs.job_control import (
    ContinuationRefused,
    cancel_all_of,
    cancel_job,
    move_to_long_queue,
    start_job,
    start_rest,
)
from crm.platform.jobs.job_kinds import (
    JOB_KINDS,
    JobProblem,
    PartDone,
    describe_job,
    get_job_url,
    register_job_kind,
)
from crm.platform.jobs.job_runner import interrupt_jobs, run_job

__all__ = [
    "JOB_KINDS",
    "ContinuationRefused",
    "JobProblem",
    "PartDone",
    "cancel_all_of",
    "cancel_job",
    "describe_job",
    "get_job_url",
    "interrupt_jobs",
    "move_to_long_queue",
    "register_job_kind",
    "run_job",
    "start_job",
    "start_rest",
]
