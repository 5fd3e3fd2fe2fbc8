"""When each step is due: in the working time of the author, so many working days after the step before."""

from collections.abc import Sequence as Sequenced
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from accounts.working_time.calendar import Calendars, WorkingCalendar
from sequences.models import ComingStep, Enrollment, EnrollmentStep, Sequence, SequenceStep

# So long before the end of the working time, what is due after it can still be done.
BEFORE_END = timedelta(minutes=30)


def get_due_moment(step: SequenceStep, previous: datetime, calendar: WorkingCalendar) -> datetime:
    """When a step is due whose step before was done at `previous`; of the first one, the moment of the start. Always a moment of
    work, unless the calendar has none for a year."""
    before = previous.astimezone(calendar.zone)
    if not step.after and step.clock is None:
        return calendar.get_next_opening(previous) or previous
    day = calendar.get_next_working_day(calendar.add_working_days(before.date(), step.after))
    moment = max(calendar.get_moment(day, step.clock or before.time()), previous)
    if hours := calendar.get_hours(day):
        # A time of day at which the author no longer works is shortly before the end of the day, not on the next one.
        moment = max(min(moment, hours[1] - BEFORE_END), hours[0])
    return moment if previous <= moment and hours else calendar.get_next_opening(previous) or previous


def get_due_moments(
    steps: Sequenced[SequenceStep], start: datetime, calendar: WorkingCalendar
) -> list[datetime]:
    """When each of these steps is due if each one is done on time."""
    found: list[datetime] = []
    for step in steps:
        found.append(get_due_moment(step, found[-1] if found else start, calendar))
    return found


def find_next_step(steps: Sequenced[SequenceStep], done: Sequenced[str]) -> SequenceStep | None:
    """The first step after the last one of those that were done, by their keys in the order in which they were. Steps that were put
    before it meanwhile are left out, and if it was removed, those before it decide. None at the end."""
    keys = [step.key for step in steps]
    known = [keys.index(key) for key in done if key in keys]
    number = max(known) + 1 if known else 0
    return steps[number] if number < len(steps) else None


def plan_first_step(operation: int, sequence: Sequence, now: datetime) -> None:
    """Of all enrollments in the sequence that this operation started; one statement for each author."""
    calendars, step = Calendars(), sequence.parsed_steps[0]
    rows = Enrollment.objects.running().of_sequence(sequence.pk).filter(started=operation)
    for author in User.objects.filter(pk__in=rows.order_by().values("author")):
        due_at = get_due_moment(step, now, calendars.get_for_user(author))
        coming = ComingStep.objects.filter(enrollment__in=rows.filter(author=author).values("pk"))
        coming.update(key=step.key, due_at=due_at)


def plan_next_steps(enrollments: Sequenced[Any], calendars: Calendars) -> list[int]:
    """Work out which step comes next for each of these running enrollments, with their sequence and author, and when. Returns the ids
    of those that have no further step."""
    done: dict[int, list[tuple[str, datetime]]] = {}
    ids = [one.pk for one in enrollments]
    log = EnrollmentStep.objects.filter(enrollment__in=ids).in_order()
    for pk, key, done_at in log.values_list("enrollment", "key", "done_at"):
        done.setdefault(pk, []).append((key, done_at))
    finished, planned = [], []
    for one in enrollments:
        own = done.get(one.pk, [])
        step = find_next_step(one.sequence.parsed_steps, [key for key, _at in own])
        if step is None:
            finished.append(one.pk)
            continue
        previous = own[-1][1] if own else one.started_at
        due_at = get_due_moment(step, previous, calendars.get_for_user(one.author))
        names = {"author_id": one.author_id, "sequence_id": one.sequence_id}
        planned.append(ComingStep(enrollment_id=one.pk, key=step.key, due_at=due_at, **names))
    ComingStep.objects.bulk_update(planned, ["key", "due_at", "author", "sequence"], batch_size=1000)
    return finished
