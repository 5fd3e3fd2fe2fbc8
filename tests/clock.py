"""A clock that stands still, for tests of moments and pauses that the product computes."""

import pytest


@pytest.fixture
def stopped_clock(monkeypatch):
    """The moment at which the clock stands still, for the product and for its queue."""
    import procrastinate.utils
    from django.utils import timezone

    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(procrastinate.utils, "utcnow", lambda: moment)
    return moment
