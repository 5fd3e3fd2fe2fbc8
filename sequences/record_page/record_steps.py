"""The steps of the sequence that a record is in: what was done and when, and what comes when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.working_time.calendar import Calendars
from crm.models import Activity
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from sequences.models import Enrollment, EnrollmentStep
from sequences.running.schedule import get_due_moments
from sequences.step_words import StepLine, build_step_lines

Outcome = EnrollmentStep.Outcome


@dataclass(frozen=True)
class RecordStep:
    """`place` is "done", "next" or "ahead". `at` is when it was done or when it comes, None if that isn't known yet. `words` say what
    was done, and `url` leads there. `is_edited` says that its text was edited for this record."""

    line: StepLine
    place: str
    at: datetime | None = None
    words: str = ""
    url: str = ""
    is_edited: bool = False

    @property
    def is_due(self) -> bool:
        """Its moment has come, and the worker does it in the next working time of the sender."""
        return self.place == "next" and self.at is not None and self.at <= timezone.now()

    @property
    def is_coming_email(self) -> bool:
        return self.place != "done" and self.line.step.is_email


def build_record_steps(enrollment: Enrollment) -> list[RecordStep]:
    """In the order of the sequence; for one that has ended, only what was done. `enrollment` has its sequence and author."""
    lines = build_step_lines(enrollment.sequence)
    done = {row.key: row for row in enrollment.steps_done.in_order()}
    known = {line.step.key for line in lines}
    outcomes = _get_email_outcomes(done)
    found = [
        _build_done_step(enrollment, line, done[line.step.key], outcomes)
        for line in lines
        if line.step.key in done
    ]
    if not enrollment.is_running:
        return found
    coming = getattr(enrollment, "coming", None)
    ahead = _get_lines_ahead(lines, coming.key if coming else "", set(done))
    edited = set(enrollment.edited_emails.values_list("key", flat=True)) & known
    moments = _plan(enrollment, [line.step for line in ahead], coming)
    return [
        *found,
        *(
            RecordStep(line, "ahead" if number else "next", moment, is_edited=line.step.key in edited)
            for number, (line, moment) in enumerate(zip(ahead, moments, strict=True))
        ),
    ]


def _get_lines_ahead(lines: list[StepLine], key: str, done: set[str]) -> list[StepLine]:
    """From the next step on; while the worker hasn't worked out which one that is, those after the last one that was done."""
    places = [place for place, line in enumerate(lines) if line.step.key == key]
    passed = [place for place, line in enumerate(lines) if line.step.key in done]
    return lines[places[0] if places else max(passed, default=-1) + 1 :]


def _plan(enrollment: Enrollment, steps: list[Any], coming: Any) -> list[datetime | None]:
    if not steps or coming is None or not coming.key:
        return [None] * len(steps)
    calendar = Calendars().get_for_user(enrollment.author)
    later = get_due_moments(steps[1:], max(coming.due_at, timezone.now()), calendar)
    return [coming.due_at, *later]


def _get_email_outcomes(done: dict[str, EnrollmentStep]) -> dict[int, str]:
    ids = [row.activity for row in done.values() if row.activity]
    return dict(Activity.objects.present().filter(pk__in=ids).values_list("pk", "outcome")) if ids else {}


def _build_done_step(
    enrollment: Enrollment, line: StepLine, row: EnrollmentStep, outcomes: dict[int, str]
) -> RecordStep:
    if row.outcome == Outcome.SKIPPED:
        kind = KINDS[enrollment.table_of]
        reason = get_reason_sentence(row.reason, kind) if row.reason else ""
        skipped = _("Skipped.")
        return RecordStep(line, "done", row.done_at, f"{skipped} {reason}".strip())
    if row.outcome == Outcome.TASK:
        return RecordStep(line, "done", row.done_at, _("Task added"))
    outcome = outcomes.get(row.activity or 0)
    if outcome is None:
        return RecordStep(line, "done", row.done_at, _("Deleted"))
    url = KINDS[enrollment.table_of].get_url("record", enrollment.record)
    return RecordStep(
        line, "done", row.done_at, str(Activity.Delivery(outcome).label), f"{url}/activities/{row.activity}"
    )
