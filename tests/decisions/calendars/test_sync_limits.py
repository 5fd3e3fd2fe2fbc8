"""How long one sync of a calendar takes and how much it writes, before the rest waits for the next one."""

from datetime import UTC, datetime

import pytest

from calendars.syncing import sync_period
from calendars.syncing.sync_period import ENOUGH, MOST_WRITES, SyncPeriod

# The seconds since it began, how many events it has written, and whether it may write another one.
SYNCS = {
    "it has just begun": (0, 0, True),
    "it has written almost as many as it may": (0, MOST_WRITES - 1, True),
    "it has written as many as it may": (0, MOST_WRITES, False),
    "it has taken almost as long as it may": (ENOUGH - 1, 0, True),
    "it has taken exactly as long as it may": (ENOUGH, 0, True),
    "it has taken longer": (ENOUGH + 1, 0, False),
}


@pytest.mark.parametrize("name", SYNCS)
def test_whether_a_sync_may_write_another_event(name, monkeypatch):
    seconds, written, may_write = SYNCS[name]
    clock = [1_000.0]
    monkeypatch.setattr(sync_period.time, "monotonic", lambda: clock[0])
    period = SyncPeriod.begin(datetime(2027, 1, 1, tzinfo=UTC))
    for _event in range(written):
        assert period.may_write()
    clock[0] += seconds
    assert period.may_write() is may_write
