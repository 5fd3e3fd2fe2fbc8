"""Why nothing is done for a record in a sequence at the moment, in words."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.working_time.calendar import Absences
from sequences.models import Enrollment, Sequence


class Pauses:
    """Of one sequence; who is away is read once."""

    def __init__(self, sequence: Sequence) -> None:
        self.sequence = sequence
        self._absences: Absences | None = None

    def describe(self, enrollment: Enrollment) -> str:
        """A sentence, or '' if it goes on as planned."""
        if not self.sequence.turned_on:
            return _("Paused: the sequence is off.")
        if self._get_absences().is_away(enrollment.author_id):
            return _("Paused while %(name)s is away.") % {"name": enrollment.author}
        return ""

    def _get_absences(self) -> Any:
        if self._absences is None:
            self._absences = Absences(timezone.localdate())
        return self._absences
