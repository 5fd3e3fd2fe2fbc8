"""Carrying out what a calendar says about a linked meeting or task, as the user whose calendar it is."""

from datetime import timedelta
from typing import Any

from accounts.models import User
from calendars.events.event_values import EventValues
from calendars.syncing.own_items import OwnItem
from calendars.verbs import (
    CancelCalendarMeeting,
    ChangeCalendarMeeting,
    ChangeCalendarTask,
    DeleteCalendarTask,
)
from crm.models import Operation, Task
from crm.work.activities.verbs import carry_out_on_activity
from crm.work.models.activity import MOST_MINUTES
from crm.work.tasks.verbs import carry_out_on_tasks

SYSTEM = Operation.Channel.SYSTEM


def apply_values(user: User, item: OwnItem, values: EventValues, *, ours: bool) -> None:
    """The meeting or the task gets what the event has, as far as it differs and its user may change it."""
    changes = get_changes(item, values, user, ours=ours)
    if not changes:
        return
    if isinstance(item.row, Task):
        verb = ChangeCalendarTask(changes=changes, whose=user.name)
        carry_out_on_tasks(verb, [item.row.pk], by=user, channel=SYSTEM)
    else:
        # Whom Leadwell has invited hears it from Leadwell; a calendar tells those whom it has invited itself.
        meeting = ChangeCalendarMeeting(changes=changes, tell=ours, whose=user.name)
        carry_out_on_activity(meeting, item.row, by=user, channel=SYSTEM)


def cancel_item(user: User, item: OwnItem) -> None:
    if isinstance(item.row, Task):
        carry_out_on_tasks(DeleteCalendarTask(whose=user.name), [item.row.pk], by=user, channel=SYSTEM)
    else:
        carry_out_on_activity(CancelCalendarMeeting(whose=user.name), item.row, by=user, channel=SYSTEM)


def get_changes(item: OwnItem, values: EventValues, user: User, *, ours: bool) -> dict[str, Any]:
    """The columns that differ, with their new values."""
    before = item.get_values(ours=ours)
    title = values.title.removesuffix(item.suffix) if ours else values.title
    begins = values.begins.astimezone(user.zone)
    found: dict[str, Any] = {}
    if isinstance(item.row, Task):
        if values.title != before.title and title:
            found["title"] = title
        if values.begins != before.begins:
            found |= {"due_on": begins.date(), "due_time": begins.time()}
        return found
    if values.title != before.title:
        found["subject"] = title
    if values.place != before.place:
        found["place"] = values.place
    if values.begins != before.begins:
        found["at"] = values.begins
    if values.ends - values.begins != before.ends - before.begins:
        found["minutes"] = count_minutes(values)
    return found


def count_minutes(values: EventValues) -> int:
    return min(max(round((values.ends - values.begins) / timedelta(minutes=1)), 1), MOST_MINUTES)
