"""Who is in a sequence: each record with its state, why it stopped, and its next step."""

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.platform.web.id_parsing import parse_ids
from crm.records.kinds.kind_registry import KINDS
from sequences.models import Enrollment, Sequence
from sequences.overview.step_results import RESULTS, enrollments_with_result
from sequences.record_page.pause_words import ListedPauses
from sequences.step_words import StepLine, build_step_lines

State, Reason = Enrollment.State, Enrollment.StopReason
TONES = {State.RUNNING: "info", State.FINISHED: "", State.STOPPED: "warning"}


@dataclass(frozen=True)
class EnrollmentLine:
    """`record` is one that the reader sees. `next` is its next step and `due_at` when; `pause` says why nothing happens now, or ''."""

    enrollment: Enrollment
    record: Any
    author: str
    next: StepLine | None
    due_at: datetime | None
    pause: str

    @property
    def is_due(self) -> bool:
        """Its moment has come, and the worker does it in the next working time of the sender."""
        return self.due_at is not None and self.due_at <= timezone.now()

    @property
    def tone(self) -> str:
        if self.enrollment.stop_reason in Enrollment.GOOD_ENDS:
            return "positive"
        return TONES[State(self.enrollment.state)]


def visible_enrollments_queryset(
    sequence: Sequence, viewer: Any, state: str = "", step: str = "", result: str = ""
) -> Any:
    """Those of records that the viewer sees: all, those in one state or with one reason, or those with a result of a step."""
    rows = Enrollment.objects.of_sequence(sequence.pk).visible_to(viewer)
    if state in State.values:
        rows = rows.filter(state=state)
    elif state in Reason.values:
        rows = rows.filter(stop_reason=state)
    if result in RESULTS and sequence.find_step(step):
        rows = rows.filter(pk__in=enrollments_with_result(step, result))
    return rows.select_related("coming", "author")


def build_enrollment_lines(
    sequence: Sequence, enrollments: Rows[Enrollment], viewer: Any
) -> list[EnrollmentLine]:
    """In as many queries for many as for one. `enrollments` have their coming step and author."""
    kind = KINDS[sequence.table_of]
    records = kind.model.objects.visible_to(viewer).in_bulk({row.record for row in enrollments})
    names, pauses = get_labels_by_id(User, viewer), ListedPauses(sequence)
    steps = {line.step.key: line for line in build_step_lines(sequence)}
    return [
        EnrollmentLine(
            row,
            records.get(row.record),
            names.get(row.author_id, _("another user")),
            steps.get(coming.key) if coming else None,
            coming.due_at if coming and coming.key else None,
            pauses.describe(row) if row.is_running else "",
        )
        for row in enrollments
        for coming in (getattr(row, "coming", None),)
    ]


def records_in_sequence_queryset(sequence: Sequence, viewer: Any, selected: list[str] | None) -> Any:
    """The records that are in it now and that the viewer sees: those of these ids as texts, or all."""
    rows = Enrollment.objects.of_sequence(sequence.pk).running()
    records = KINDS[sequence.table_of].model.objects.visible_to(viewer).filter(pk__in=rows.values("record"))
    return records if selected is None else records.filter(pk__any=parse_ids(selected))
