"""Days in the time zone of the reader."""

from datetime import date, datetime, time

from django.utils import timezone


def get_day_start(day: date) -> datetime:
    """The first moment of this day in the reader's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
