"""How long a sync may take, how much it may write, and until when series are computed."""

import time
from dataclasses import dataclass
from datetime import datetime

# After so many seconds, the rest waits for the next sync, which follows at once. Servers limit how often they are called.
ENOUGH = 90
MOST_WRITES = 500


@dataclass
class SyncPeriod:
    until: datetime
    ends: float
    writes: int = 0

    @classmethod
    def begin(cls, until: datetime) -> "SyncPeriod":
        return cls(until, time.monotonic() + ENOUGH)

    def is_over(self) -> bool:
        return time.monotonic() > self.ends

    def may_write(self) -> bool:
        """Counts this one."""
        self.writes += 1
        return self.writes <= MOST_WRITES and not self.is_over()
