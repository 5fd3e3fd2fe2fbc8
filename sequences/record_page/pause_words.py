"""Why nothing is done at the moment for a record in a sequence, in words."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.working_time.calendar import Absences
from crm.templatetags.look import short_date
from sequences.models import Enrollment, Sequence
from sequences.running.pauses import AWAY, OFF, TEMPLATE_GONE, Pause, find_pause


def describe_pause(enrollment: Enrollment) -> str:
    """A sentence, or '' if it goes on as planned. `enrollment` has its sequence, author and coming step."""
    pause = find_pause(enrollment, timezone.now())
    return _describe(pause, enrollment) if pause else ""


def _describe(pause: Pause, enrollment: Enrollment) -> str:
    if pause.code == OFF:
        return _("Paused: the sequence is off.")
    if pause.code == AWAY and pause.until:
        values = {"name": enrollment.author, "day": short_date(pause.until)}
        return _("Paused until %(day)s: %(name)s is away.") % values
    if pause.code == TEMPLATE_GONE:
        return _("Paused: the template of the next email is no longer shared.")
    return _("Paused: the last email hasn’t gone out yet.")


class ListedPauses:
    """For many records of one sequence: whether it is off or their senders are away, read once."""

    def __init__(self, sequence: Sequence) -> None:
        self.sequence = sequence
        self._absences: Any = None

    def describe(self, enrollment: Enrollment) -> str:
        if not self.sequence.turned_on:
            return _("Paused: the sequence is off.")
        self._absences = self._absences or Absences(timezone.localdate())
        if not self._absences.is_away(enrollment.author_id):
            return ""
        return _("Paused while %(name)s is away.") % {"name": enrollment.author}
