"""When a sequence began and ended for a record, as lines of its timeline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Operation
from crm.platform.sql.reference_tables import get_ordered_rows
from sequences.models import Enrollment, Sequence


@dataclass(frozen=True)
class SequenceLine:
    """`who` started it, for the line about the start; '' for the one about the end. `may_view_sequence` is whether the sequence has a page
    for the viewer."""

    enrollment: Enrollment
    at: datetime
    who: Any
    may_view_sequence: bool
    template = "sequences/_timeline_line.html"

    @property
    def reason(self) -> str:
        """Why it stopped, as a sentence; '' if it came to its end, and for the line about the start."""
        return "" if self.who else self.enrollment.get_stop_reason_display()


def get_timeline_lines(
    table: str, pk: int, viewer: User, before: datetime | None, most: int
) -> list[SequenceLine]:
    """Newest first. A company without sequences isn't asked for them. A start that was undone isn't told: the record was never in it."""
    if not get_ordered_rows(Sequence):
        return []
    rows = Enrollment.objects.of_record(table, pk).not_undone().newest_first().select_related("sequence")
    # One ends before the next one begins, so two lines of each of the newest are enough.
    found = list((rows.filter(started_at__lt=before) if before else rows)[:most])
    if not found:
        return []
    started = Operation.objects.select_related("by").in_bulk([one.started for one in found])
    views = viewer.has_perm(Sequence.get_right("view"))
    lines = []
    for one in found:
        seen, record = views and not one.sequence.retired, started.get(one.started)
        if one.ended_at:
            lines.append(SequenceLine(one, one.ended_at, "", seen))
        who = record.by.name if record and record.by else _("The system")
        lines.append(SequenceLine(one, one.started_at, who, seen))
    return [line for line in lines if before is None or line.at < before][:most]
