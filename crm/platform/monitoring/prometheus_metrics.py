"""The metrics of requests and jobs. Only imported when metrics are on; several processes write into the files of one folder.

A label has few values: names of URL patterns, methods, statuses, kinds of jobs. None of them names a person or a record.
"""

from prometheus_client import Counter, Gauge, Histogram

from crm.platform.monitoring.current_task import ADVANCED, TASK_END_HOOKS, CurrentWork

REQUESTS = Counter("leadwell_requests", "Requests that were answered", ["route", "method", "status"])
SECONDS = Histogram(
    "leadwell_request_seconds",
    "Seconds until the response was ready",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10),
)
QUERIES = Histogram(
    "leadwell_request_queries",
    "Database queries of a request",
    ["route"],
    buckets=(5, 10, 15, 20, 30, 50, 100, 200),
)
IN_PROGRESS = Gauge(
    "leadwell_requests_in_progress", "Requests that are being answered", multiprocess_mode="livesum"
)
JOBS = Counter("leadwell_jobs", "Runs of jobs that ended", ["kind", "state"])
JOB_SECONDS = Histogram(
    "leadwell_job_seconds",
    "Seconds that a run of a job took",
    ["kind"],
    buckets=(0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600),
)
ROWS = Counter("leadwell_job_rows", "Rows that jobs have worked on", ["kind"])
REPLICA_READS = Counter(
    "leadwell_replica_reads",
    "Requests for replicas: answered, or asked on the primary because of what",
    ["replica", "outcome"],
)


def start_measuring_jobs() -> None:
    """From now on, jobs of this process are measured."""
    if record_ended_job not in TASK_END_HOOKS:
        TASK_END_HOOKS.append(record_ended_job)
        ADVANCED.append(record_job_rows)


def record_ended_job(work: CurrentWork, seconds: float) -> None:
    JOBS.labels(work.kind, work.state).inc()
    JOB_SECONDS.labels(work.kind).observe(seconds)


def record_job_rows(work: CurrentWork, rows: int) -> None:
    ROWS.labels(work.kind).inc(rows)
