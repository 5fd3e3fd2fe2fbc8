"""How long another server asks to wait: seconds are followed, up to a day, and whatever else it says isn't."""

import pytest

from crm.platform.web.outgoing_calls import OutgoingResponse

# What the header Retry-After says, and the seconds.
WAITS = {
    "nothing": ("", 0),
    "two hours": ("7200", 7_200),
    "a day": ("86400", 86_400),
    "more than a day": ("86401", 86_400),
    "more than any time that there is": ("99999999999999", 86_400),
    "more than any number that there is": ("9" * 5_000, 0),
    "a date": ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
    "less than nothing": ("-1", 0),
    "a digit that is none": ("\N{SUPERSCRIPT TWO}", 0),
}


@pytest.mark.parametrize(("said", "seconds"), WAITS.values(), ids=WAITS)
def test_how_long_a_server_asks_to_wait(said, seconds):
    assert OutgoingResponse(429, "", said).wait_seconds == seconds
