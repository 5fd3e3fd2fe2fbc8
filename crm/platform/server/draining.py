"""Tells the web server's processes that they will stop soon: they keep serving, and /readyz says so to the load balancer.

The parent holds the end of a pipe open that all of them share. Nothing is ever written: closing it is the message. It needs
no file, reaches every process, also one that was restarted a moment ago, and is closed by the kernel if the parent is killed.
"""

import os
import select

# Names the web server's end of the pipe in its environment.
NAME = "LEADWELL_STOPS_WITH_PIPE"


class DrainSignal:
    """The parent's side. `seen_by_web` is what the web server gets; it stays open in the parent for later restarts."""

    def __init__(self) -> None:
        self.seen_by_web, self._held = os.pipe()

    def begin(self) -> None:
        """From now on, this node doesn't want new visitors."""
        if self._held >= 0:
            os.close(self._held)
            self._held = -1


def is_draining() -> bool:
    """Whether this web server was asked to stop and only waits until the load balancer has noticed."""
    pipe = os.environ.get(NAME)
    if not pipe:
        return False
    poll = select.poll()
    poll.register(int(pipe), select.POLLIN)
    return bool(poll.poll(0))
