"""Ending a sequence for records: by users, and by the worker once something says so."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.history.verb_execution import Verb
from sequences.models import Enrollment, Sequence
from sequences.verbs.start_sequence import SEQUENCE, get_sequence_name

# The parameter of the operation: one of Enrollment.StopReason.
REASON = "reason"


@dataclass(frozen=True)
class StopSequence(Verb):
    """End this sequence, or whichever they are in, for each of these records."""

    kind = "stop_sequence"
    title = _lazy("Stop a sequence")
    icon = "sequence"
    is_about_verdicts = True
    on_read_only = True
    on_erased = True

    sequence: Sequence | None = None

    @classmethod
    def get_label(cls, parameters, kind):
        words: dict[str, Any] = {"name": get_sequence_name(parameters)}
        if (reason := parameters.get(REASON)) in Enrollment.StopReason:
            words["reason"] = Enrollment.StopReason(reason).label
            return _("Sequence “%(name)s” ended: %(reason)s") % words
        if not parameters.get(SEQUENCE):
            return _("Stop the sequence")
        return _("Stop the sequence “%(name)s”") % words

    def get_parameters(self):
        return {SEQUENCE: self.sequence.pk} if self.sequence else {}

    @property
    def running(self):
        rows = Enrollment.objects.running()
        return rows.of_sequence(self.sequence.pk) if self.sequence else rows

    def annotate_for_judgment(self, rows):
        own = self.running.of_record(rows.model.table, OuterRef("pk"))
        return rows.annotate(is_in_sequence=Exists(own))

    def build_unchanged_condition(self):
        return Q(is_in_sequence=False)

    def get_values(self):
        return {}

    def write(self, rows):
        own = self.running.of_records(rows.model.table, rows.order_by().values("pk"))
        stop_enrollments(own, Enrollment.StopReason.BY_HAND)


def stop_enrollments(rows, reason: str) -> None:
    """Within an operation. `rows` are running enrollments."""
    rows.update(state=Enrollment.State.STOPPED, stop_reason=reason, ended_at=Now())
