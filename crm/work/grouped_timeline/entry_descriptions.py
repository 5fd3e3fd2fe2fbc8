"""What a person did, in words to follow their name: the sentence of an entry, and what else came of it."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from crm.models import Operation
from crm.platform.models.operation import CHANNELS_OF_PROGRAMS
from crm.work.activities.verbs import AddActivity
from crm.work.emails.email_verbs import SendEmail
from crm.work.models.activity import Activity
from crm.work.tasks import verbs as tasks

Type = Activity.Type
# The columns that follow from the open tasks of a record.
NEXT_ACTION = {"next_action", "next_action_on"}
# Their changes of the next action say nothing else.
OF_TASKS: dict[str, str | Promise] = {
    tasks.AddTask.kind: _("added a task"),
    tasks.EditTask.kind: _("edited a task"),
    tasks.ReopenTask.kind: _("reopened a task"),
    tasks.RescheduleTask.kind: _("rescheduled a task"),
    tasks.ReassignTask.kind: _("reassigned a task"),
    tasks.DeleteTask.kind: _("deleted a task"),
}
# The activity is what was done; a change of the record follows from it.
OF_ACTIVITIES = {AddActivity.kind, SendEmail.kind}
ALSO: dict[str, str | Promise] = {
    Type.NOTE: pgettext_lazy("part of an entry", "note"),
    Type.CALL: pgettext_lazy("part of an entry", "call"),
    Type.MEETING: pgettext_lazy("part of an entry", "meeting"),
    Type.EMAIL: pgettext_lazy("part of an entry", "email"),
    Type.FILE: pgettext_lazy("part of an entry", "file"),
}


class SharedOperation(NamedTuple):
    """What one operation did to a record.

    told        the sentences of its changes, such as "changed city"; the first one is about the record itself
    columns     the columns of the record that it changed
    moved       whether that includes the status, which shows as two chips
    activities  the type of each activity that it added, and its sentence
    done        how many tasks it completed
    """

    kind: str = ""
    channel: str = ""
    told: Sequence[str] = ()
    columns: frozenset[str] = frozenset()
    moved: bool = False
    undoes: bool = False
    activities: Sequence[tuple[str, str]] = ()
    done: int = 0


class EntryDescription(NamedTuple):
    """The sentence, to follow a name, and the parts behind it, each after a dot."""

    told: str
    parts: list[str]


def describe_entry(did: SharedOperation) -> EntryDescription:
    """The words of an entry; tests/decisions/history/test_entries.py is the table of what becomes what."""
    told, activities, done = [*did.told], [*did.activities], did.done
    by_program = [str(Operation.Channel(did.channel).label)] if did.channel in CHANNELS_OF_PROGRAMS else []
    if did.undoes:
        return EntryDescription(told[0], by_program)
    if did.kind in OF_TASKS and did.columns <= NEXT_ACTION:
        told[:1] = [str(OF_TASKS[did.kind])]
    elif did.columns and did.columns <= NEXT_ACTION and (activities or done):
        # The next task in its place is no news.
        told = told[1:]
    if activities and (not told or (did.kind in OF_ACTIVITIES and not did.moved)):
        told.insert(0, activities.pop(0)[1])
    if done and not told:
        words = ngettext("completed a task", "completed %(number)s tasks", done)
        told, done = [words % {"number": done}], 0
    parts = told[1:]
    if done:
        parts.append(ngettext("%(number)s task done", "%(number)s tasks done", done) % {"number": done})
    parts += [str(ALSO[type]) for type, _words in activities]
    return EntryDescription(told[0] if told else "", parts + by_program)
