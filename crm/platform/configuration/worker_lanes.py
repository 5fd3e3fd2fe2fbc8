"""What a worker does at once: each lane has queues of its own, so that none of them waits for another one."""

from dataclasses import dataclass

# Seconds. A worker that is well says so every few seconds.
WORKER_SILENT_AFTER = 45
WORK, JOBS, LONG, EXPORTS, REPORTS = "work", "jobs", "long", "exports", "reports"
AUTOMATIONS = "automations"


@dataclass(frozen=True)
class Lane:
    """`at_once` is how many of its tasks a worker runs at the same time. Jobs and other work that changes records are `ours`:
    when a worker stops, it waits until they have returned to their queue; calls to others are tried again."""

    name: str
    queues: tuple[str, ...]
    at_once: int
    ours: bool = False


LANES = [
    # Emails, and whatever else takes a moment.
    Lane(WORK, (WORK,), 1, ours=True),
    # What users start, by how long it takes (crm/platform/jobs/job_control.py).
    Lane(JOBS, (JOBS,), 1, ours=True),
    Lane(LONG, (LONG,), 1, ours=True),
    # Files with many records. They only read.
    Lane(EXPORTS, (EXPORTS,), 1, ours=True),
    # Numbers that take long to count.
    Lane(REPORTS, (REPORTS,), 1, ours=True),
    # What automations and sequences do, one after the other, while people and programs work.
    Lane(AUTOMATIONS, (AUTOMATIONS,), 1, ours=True),
    # Calls to other servers. Slow servers don't take places from the others.
    Lane("webhooks", ("webhooks",), 4),
    Lane("slow_webhooks", ("slow_webhooks",), 2),
    # Reading mailboxes waits for mail servers.
    Lane("mailboxes", ("mailboxes",), 2),
    # Mailings, each with several connections, that send for a short time and then let the next one.
    Lane("mailings", ("mailings",), 2),
]
LANE_NAMES = [lane.name for lane in LANES]


def get_lanes(names: list[str]) -> list[Lane]:
    """Those that a worker was asked to run; all of them if it wasn't asked for any."""
    return [lane for lane in LANES if not names or lane.name in names]
