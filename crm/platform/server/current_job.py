"""Which job this thread is running, if any."""

import threading

# Its `job` is the number of the Job.
of_thread = threading.local()


def is_running() -> bool:
    """Whether this thread is running a job."""
    return getattr(of_thread, "job", None) is not None
