"""The working hours of the demo company, by the clock of the company: its leads come in them, and its people work in them."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
