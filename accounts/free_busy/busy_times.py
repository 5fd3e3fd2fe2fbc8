"""What makes users busy: planned meetings, tasks with a time, and what other sources add."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.free_busy.time_spans import Span
from accounts.models import User
from crm.models import Activity, InvitationAnswer, Task
from crm.work.models.activity import MOST_MINUTES, split_addresses
from crm.work.tasks.calendar_feed import LENGTH

# A task may be due on another day of its user's clock.
DAY = timedelta(days=1)


@dataclass(frozen=True)
class BusyTime:
    """A time at which a user is busy, by their ID; `meeting` is the ID of the planned meeting, 0 for anything else."""

    user: int
    span: Span
    meeting: int = 0


BusySource = Callable[[Sequence[User], Span], Iterable[BusyTime]]
"""The busy times of these users that overlap a period, with a number of queries that doesn't grow with the users."""

# All that is known, such as calendars of other programs: contributed as `busy_times` (product/contribution.py).
SOURCES: list[BusySource] = []


def get_meeting_times(users: Sequence[User], period: Span) -> Iterator[BusyTime]:
    """The planned meetings of which a user is the author or that they are invited to and haven't declined."""
    ids = {user.pk for user in users}
    by_address = {user.email.lower(): user.pk for user in users}
    rows = Activity.objects.present().of_present_records().planned().of_people(list(ids))
    rows = rows.begins_between(period.begins - timedelta(minutes=MOST_MINUTES), period.ends)
    found = list(rows.values_list("pk", "created_by", "invited", "at", "minutes"))
    declined = set(InvitationAnswer.objects.of_activities([row[0] for row in found]).standing_refusals())
    for pk, author, invited, at, minutes in found:
        span = Span(at, at + (timedelta(minutes=minutes) if minutes else LENGTH))
        if not span.overlaps(period):
            continue
        people = {author} & ids
        for address in {each.lower() for each in split_addresses(invited)} & by_address.keys():
            if (pk, address) not in declined:
                people.add(by_address[address])
        for user in people:
            yield BusyTime(user, span, pk)


def get_task_times(users: Sequence[User], period: Span) -> Iterator[BusyTime]:
    """The open tasks with a time, each on the clock of its user."""
    zones = {user.pk: user.zone for user in users}
    rows = Task.objects.present().of_present_records().open().with_time().for_user_ids(list(zones))
    rows = rows.due_between(period.begins.date() - DAY, period.ends.date() + DAY)
    for user, day, clock in rows.values_list("user", "due_on", "due_time"):
        begins = datetime.combine(day, clock, zones[user]).astimezone(UTC)
        span = Span(begins, begins + LENGTH)
        if span.overlaps(period):
            yield BusyTime(user, span)
