"""What a connected calendar does to records: a meeting is added, moved and canceled, a task is moved and deleted. Its user could do each of
these, and each can be undone."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _lazy

from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity
from crm.work.models.activity import Activity
from crm.work.tasks.verbs import DeleteTask, EditTask


class FromCalendar:
    """What these verbs share: their names say that the calendar of their user did it."""

    icon: ClassVar[str] = "calendar"
    title: ClassVar[Any]
    label: ClassVar[Any]

    @classmethod
    def get_label(cls, parameters, kind):
        whose = parameters.get("whose")
        return cls.label % {"name": whose} if whose else cls.title


@dataclass(frozen=True)
class AddCalendarMeeting(FromCalendar, AddActivity):
    """No one is invited: the calendar has done that."""

    kind = "add_calendar_meeting"
    title = _lazy("Add a meeting from a calendar")
    label = _lazy("Meeting from %(name)s’s calendar")

    type: str = Activity.Type.MEETING

    def get_parameters(self):
        return {"type": self.type, "whose": self.by.name}


@dataclass(frozen=True)
class ChangeCalendarMeeting(FromCalendar, EditActivity):
    kind = "change_calendar_meeting"
    title = _lazy("Change a meeting in a calendar")
    label = _lazy("Meeting changed in %(name)s’s calendar")

    type: str = Activity.Type.MEETING
    whose: str = ""

    def get_parameters(self):
        return {"type": self.type, "tell": self.tell, "whose": self.whose}


@dataclass(frozen=True)
class CancelCalendarMeeting(FromCalendar, DeleteActivity):
    kind = "cancel_calendar_meeting"
    title = _lazy("Cancel a meeting in a calendar")
    label = _lazy("Meeting canceled in %(name)s’s calendar")

    type: str = Activity.Type.MEETING
    whose: str = ""

    def get_parameters(self):
        return {"type": self.type, "whose": self.whose}


@dataclass(frozen=True)
class ChangeCalendarTask(FromCalendar, EditTask):
    kind = "change_calendar_task"
    title = _lazy("Change a task in a calendar")
    label = _lazy("Task changed in %(name)s’s calendar")

    whose: str = ""

    def get_parameters(self):
        return {"whose": self.whose}


@dataclass(frozen=True)
class DeleteCalendarTask(FromCalendar, DeleteTask):
    kind = "delete_calendar_task"
    title = _lazy("Delete a task in a calendar")
    label = _lazy("Task deleted in %(name)s’s calendar")

    whose: str = ""

    def get_parameters(self):
        return {"whose": self.whose}


OF_MEETINGS = (AddCalendarMeeting.kind, ChangeCalendarMeeting.kind, CancelCalendarMeeting.kind)
EVENTS = [
    (
        _lazy("Calendars"),
        [
            (AddCalendarMeeting.kind, _lazy("meeting added from a calendar")),
            (ChangeCalendarMeeting.kind, _lazy("meeting changed in a calendar")),
            (CancelCalendarMeeting.kind, _lazy("meeting canceled in a calendar")),
            (ChangeCalendarTask.kind, _lazy("task changed in a calendar")),
            (DeleteCalendarTask.kind, _lazy("task deleted in a calendar")),
        ],
    ),
]
