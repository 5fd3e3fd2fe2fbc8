"""Limits of a process that reads what comes from outside."""

import resource


def limit_this_process(memory: int, seconds: int) -> None:
    """From now on it has so many bytes of memory and seconds of processor time, writes no files, and leaves no core."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
