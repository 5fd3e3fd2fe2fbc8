"""A clock that stands still, for tests of moments and pauses that the product computes, and for pages that are compared."""

import datetime

import pytest


@pytest.fixture
def stopped_clock(monkeypatch):
    """The moment at which the clock stands still, for the product, for the moment that its pages print, and for its queue."""
    import procrastinate.utils
    from django.template import defaulttags
    from django.utils import timezone

    moment = timezone.now()

    class StoppedDatetime(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(defaulttags, "datetime", StoppedDatetime)
    monkeypatch.setattr(procrastinate.utils, "utcnow", lambda: moment)
    return moment
