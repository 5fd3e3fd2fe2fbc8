"""The times at which a meeting of a booking page can begin, from the free and busy times of its people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import groupby
from zoneinfo import ZoneInfo

from accounts.free_busy.free_times import UserTimes, get_user_times
from accounts.free_busy.time_spans import Span, merge_spans
from accounts.models import User
from bookings.models import Booking, BookingPage
from crm.work.models.activity import split_addresses

DAY = timedelta(days=1)


@dataclass(frozen=True)
class BookedMeeting:
    """A meeting that was booked, through any page: with the free time around it that its page asks for."""

    page: int
    meeting: Span
    padded: Span


def get_free_slots(
    page: BookingPage,
    hosts: Sequence[User],
    period: Span,
    now: datetime,
    *,
    without_meeting: int | None = None,
) -> dict[int, Iterator[datetime]]:
    """The moments in the period at which each of these people could begin a meeting, by their ID, in the order of the people."""
    period = Span(
        max(period.begins, now + timedelta(hours=page.notice_hours)),
        min(period.ends, now + page.days_ahead * DAY),
    )
    if period.begins >= period.ends:
        return {host.pk: iter(()) for host in hosts}
    # A day more on both sides: for the free time around meetings, and to count those of a day.
    around = Span(period.begins - DAY, period.ends + DAY)
    times = get_user_times(hosts, around, without_meeting=without_meeting)
    booked = _get_booked_meetings(hosts, around, without_meeting)
    return {
        host.pk: iterate_slots(page, period, times[host.pk], booked.get(host.pk, []), host.zone)
        for host in hosts
    }


def iterate_free_moments(
    page: BookingPage,
    hosts: Sequence[User],
    period: Span,
    now: datetime,
    *,
    without_meeting: int | None = None,
) -> Iterator[datetime]:
    """The moments in the period, in order, that the page offers with these people."""
    slots = get_free_slots(page, hosts, period, now, without_meeting=without_meeting)
    return iterate_offered_moments(page, slots)


def iterate_offered_moments(page: BookingPage, slots: Mapping[int, Iterator[datetime]]) -> Iterator[datetime]:
    """The moments, in order, at which one of these people is free, or all of them if they are booked together."""
    enough = len(slots) if page.is_together else 1
    return (moment for moment, same in groupby(merge(*slots.values())) if sum(1 for _one in same) >= enough)


def iterate_slots(
    page: BookingPage, period: Span, times: UserTimes, booked: Sequence[BookedMeeting], zone: ZoneInfo
) -> Iterator[datetime]:
    """In order, along each working span. The free time that the page asks for keeps clear of everything, and the meeting itself keeps
    clear of the free time around others that were booked."""
    full_days = _get_full_days(page, booked, zone)
    before, after = timedelta(minutes=page.minutes_before), timedelta(minutes=page.minutes_after)
    # Free time before a meeting keeps clear of something just as if that ended later, and free time after it as if that began sooner.
    kept_clear = [Span(each.begins - after, each.ends + before) for each in times.busy]
    taken = iter(merge_spans([*kept_clear, *(each.padded for each in booked)]))
    length, step = page.length, page.step
    next_taken = next(taken, None)
    for span in times.working:
        begins = span.begins
        while begins + length <= span.ends and begins < period.ends:
            while next_taken and next_taken.ends <= begins:
                next_taken = next(taken, None)
            is_clear = next_taken is None or begins + length <= next_taken.begins
            if is_clear and begins >= period.begins and not _is_on(begins, full_days, zone):
                yield begins
            begins += step


def _is_on(moment: datetime, days: set[date], zone: ZoneInfo) -> bool:
    return bool(days) and moment.astimezone(zone).date() in days


def _get_full_days(page: BookingPage, booked: Iterable[BookedMeeting], zone: ZoneInfo) -> set[date]:
    """The days of the person's clock on which as many meetings were booked through the page as it allows."""
    days = Counter(each.meeting.begins.astimezone(zone).date() for each in booked if each.page == page.pk)
    return {day for day, number in days.items() if page.most_a_day and number >= page.most_a_day}


def _get_booked_meetings(
    hosts: Sequence[User], around: Span, without_meeting: int | None
) -> dict[int, list[BookedMeeting]]:
    by_address = {host.email.lower(): host.pk for host in hosts}
    rows = Booking.objects.standing().of_hosts([host.pk for host in hosts])
    rows = rows.begins_between(around.begins, around.ends)
    columns = ("activity", "activity__created_by", "activity__invited", "activity__at", "activity__minutes")
    found: dict[int, list[BookedMeeting]] = {}
    of_pages = ("page", "page__minutes_before", "page__minutes_after")
    for meeting, author, invited, at, minutes, page, before, after in rows.values_list(*columns, *of_pages):
        if meeting == without_meeting:
            continue
        ends = at + timedelta(minutes=minutes or 0)
        padded = Span(at - timedelta(minutes=before), ends + timedelta(minutes=after))
        coming = {by_address.get(address.lower()) for address in split_addresses(invited)} - {None}
        for host in {author, *coming}:
            found.setdefault(host, []).append(BookedMeeting(page, Span(at, ends), padded))
    return found
