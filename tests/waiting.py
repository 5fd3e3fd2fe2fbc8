"""Waits for what another thread, process or server does: for the event itself, and never for a while.

No other test file sleeps or looks at a clock (tests/house/tests/test_waiting.py), because how long something takes depends on the
machine and on what else it does.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

# Seconds after which something is broken, however busy the machine is.
PATIENCE = 120
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.25


def until(
    happened: Callable[[], Found], seconds: float = PATIENCE, said: Callable[[], object] = lambda: ""
) -> Found:
    """What `happened` returns, as soon as that is true. If it never is, the error says what `said` returns."""
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while not (found := happened()):
        assert time.monotonic() < deadline, f"It did not happen within {seconds} s. {said()}"
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
    return found


def until_set(event: threading.Event) -> None:
    assert event.wait(PATIENCE), f"The event did not happen within {PATIENCE} s."


def until_ended(*threads: threading.Thread) -> None:
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), f"{thread.name} did not end within {PATIENCE} s."
