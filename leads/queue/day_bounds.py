"""The moments that a queue depends on, so that its query is compiled once (crm/records/paging/compiled_statements.py) for all of them.

The query is built with stand-ins: moments in the distant future, each in a century of its own. The values of a request
take their place among the parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User


@dataclass(frozen=True)
class Moments:
    """`today` and `end` are the day of the user whose queue it is and its end; `day` is the one of the reader, who may be
    in another time zone, and `midnight` is its beginning."""

    now: datetime
    end: datetime
    midnight: datetime
    today: date
    day: date


# Time limits lie up to some decades before the present, so a stand-in is told by its century.
STAND_INS = Moments(
    now=datetime(4000, 1, 1, tzinfo=UTC),
    end=datetime(5000, 1, 1, tzinfo=UTC),
    midnight=datetime(6000, 1, 1, tzinfo=UTC),
    today=date(7000, 1, 1),
    day=date(8000, 1, 1),
)
NAMES = {39: "now", 40: "now", 50: "end", 60: "midnight", 70: "today", 80: "day"}
FIRST_YEAR = 3900


def get_moments(person: User) -> Moments:
    now = timezone.now()
    today = now.astimezone(person.zone).date()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    end = datetime.combine(today + timedelta(days=1), time(), tzinfo=person.zone)
    return Moments(now, end, midnight, today, midnight.date())


def insert_moments(parameters: Sequence[Any], moments: Moments) -> list[Any]:
    """The parameters with these moments in the places of the stand-ins."""
    return [_replace_stand_in(value, moments) for value in parameters]


def _replace_stand_in(value: Any, moments: Moments) -> Any:
    if not isinstance(value, date) or value.year < FIRST_YEAR:
        return value
    name = NAMES[value.year // 100]
    return getattr(moments, name) + (value - getattr(STAND_INS, name))
