"""The working hours of the demo company, by the clock of the company: its leads come in them, and its people work in them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm.platform.configuration.company import get_company_time_zone

BEGIN, END = time(8), time(18)
# A day of which so little has passed is part of the day before: at three in the morning, no one has worked yet.
SOONEST = timedelta(hours=1)


def read_clock_values(cursor: Any) -> dict[str, Any]:
    """Those of this transaction, in the company's zone."""
    cursor.execute("SELECT now()")
    [now] = cursor.fetchone()
    return get_clock_values(now, get_company_time_zone())


def get_clock_values(now: datetime, zone: str) -> dict[str, Any]:
    """The values of the SQL below: the company's zone, its hours, and the last day, which ends now."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date()
    if local < datetime.combine(day, BEGIN, local.tzinfo) + SOONEST:
        day -= timedelta(days=1)
    begin, end = (datetime.combine(day, clock, local.tzinfo) for clock in (BEGIN, END))
    return {
        "zone": zone,
        "begin": BEGIN,
        "end": END,
        "now": now,
        "last_day": datetime.combine(day, time(), local.tzinfo),
        "last_begin": begin,
        "last_end": min(end, now),
    }


def find_working_time(moment: datetime) -> datetime:
    """The same as the SQL below for one moment, by the clock of now."""
    return move_into_working_hours(moment, get_clock_values(timezone.now(), get_company_time_zone()))


def move_into_working_hours(moment: datetime, clock: dict[str, Any]) -> datetime:
    if moment > clock["now"]:
        return moment
    if moment >= clock["last_day"]:
        begin, end, first = clock["last_begin"], clock["last_end"], clock["last_day"]
        length = clock["now"] - first
    else:
        local = moment.astimezone(ZoneInfo(clock["zone"]))
        first, length = datetime.combine(local.date(), time(), local.tzinfo), timedelta(days=1)
        begin, end = (datetime.combine(local.date(), one, local.tzinfo) for one in (BEGIN, END))
    # Across zones, Python subtracts clocks of one zone as if they never changed.
    share = min((moment.astimezone(UTC) - first.astimezone(UTC)) / length, 1)
    moved = begin.astimezone(UTC) + share * (end.astimezone(UTC) - begin.astimezone(UTC))
    return moved.replace(microsecond=0)


def find_nearest_working_time(moment: datetime, zone: str = "") -> datetime:
    """The same for what lies a while after something in working hours."""
    local = moment.astimezone(ZoneInfo(zone or get_company_time_zone()))
    begin, end = (datetime.combine(local.date(), clock, local.tzinfo) for clock in (BEGIN, END))
    return min(max(moment, begin), end)


def build_working_time_sql(moment: str) -> str:
    """The drawn time, moved into the working hours of its day without changing the order. What is to come stays as it is,
    because it hasn't happened."""
    day = f"date_trunc('day', {moment}, %(zone)s)"
    share = f"least(extract(epoch FROM {moment} - {day}) / 86400, 1)"
    moved = f"{_build_clock_sql(moment, 'begin')} + {share} * (%(end)s::time - %(begin)s::time)"
    last = """%(last_begin)s::timestamptz + (%(last_end)s::timestamptz - %(last_begin)s::timestamptz)
        * (extract(epoch FROM {moment} - %(last_day)s) / extract(epoch FROM %(now)s::timestamptz - %(last_day)s))"""
    return f"""date_trunc('second', CASE WHEN {moment} > %(now)s THEN {moment}
        WHEN {moment} < %(last_day)s THEN {moved} ELSE {last.format(moment=moment)} END)"""


def build_nearest_working_time_sql(moment: str) -> str:
    """The time itself in working hours, or else the begin or the end of those of its day: for what lies a while before or after
    something in working hours."""
    return (
        f"least(greatest({moment}, {_build_clock_sql(moment, 'begin')}), {_build_clock_sql(moment, 'end')})"
    )


def _build_clock_sql(moment: str, clock: str) -> str:
    """This clock on the day of the moment, also on the days when the clocks change."""
    return f"((({moment}) AT TIME ZONE %(zone)s)::date + %({clock})s::time) AT TIME ZONE %(zone)s"
