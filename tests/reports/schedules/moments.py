"""Moments for the tests of scheduled emails."""

from datetime import UTC, date, datetime

# A Wednesday.
DAY = date(2026, 4, 1)


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
