"""The results of each step of a sequence: emails sent, replies, bounces and opt-outs after them, and tasks done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Task
from sequences.models import Enrollment, EnrollmentStep, Sequence
from sequences.step_words import StepLine, build_step_lines

Outcome, Reason = EnrollmentStep.Outcome, Enrollment.StopReason


def _build_email_condition(*outcomes: str) -> Any:
    rows = Activity.objects.present().filter(pk=OuterRef("activity"), outcome__in=outcomes)
    return Exists(rows)


def _build_end_condition(*reasons: str) -> Any:
    """The sequence ended for one of these reasons after this email and before another one."""
    later = EnrollmentStep.objects.filter(
        enrollment=OuterRef("enrollment"), outcome=Outcome.EMAIL, pk__gt=OuterRef("pk")
    )
    return Q(enrollment__stop_reason__in=reasons, outcome=Outcome.EMAIL) & ~Exists(later)


# By their names in URLs: the words, and the condition on a row of the log.
RESULTS: dict[str, tuple[Any, Any]] = {
    "sent": (_("sent"), _build_email_condition(Activity.Delivery.SENT)),
    "replied": (_("replied"), _build_end_condition(Reason.REPLIED, Reason.MEETING)),
    "bounced": (_("bounced"), _build_email_condition(Activity.Delivery.FAILED)),
    "unsubscribed": (_("unsubscribed"), _build_end_condition(Reason.UNSUBSCRIBED)),
    "added": (_("tasks added"), Q(outcome=Outcome.TASK)),
    "done": (
        _("tasks done"),
        Exists(Task.objects.present().done().filter(pk=OuterRef("task"))),
    ),
    "skipped": (_("skipped"), Q(outcome=Outcome.SKIPPED)),
}
OF_EMAILS = ("sent", "replied", "bounced", "unsubscribed", "skipped")
OF_TASKS = ("added", "done", "skipped")


@dataclass(frozen=True)
class Figure:
    """`share` is the percentage of all emails or tasks of the step; None without any, and for these themselves."""

    name: str
    label: Any
    count: int
    share: int | None


@dataclass(frozen=True)
class StepResult:
    line: StepLine
    figures: list[Figure]


def build_step_results(sequence: Sequence, viewer: Any) -> list[StepResult]:
    """Of the records that the viewer sees, in one query."""
    seen = Enrollment.objects.of_sequence(sequence.pk).visible_to(viewer).order_by().values("pk")
    rows = EnrollmentStep.objects.of_sequence(sequence.pk).filter(enrollment__in=seen).order_by()
    figures = {name: Count("pk", filter=condition) for name, (_label, condition) in RESULTS.items()}
    counts = {row["key"]: row for row in rows.values("key").annotate(**figures)}
    return [
        StepResult(line, _build_figures(line, counts.get(line.step.key, {})))
        for line in build_step_lines(sequence)
    ]


def _build_figures(line: StepLine, counts: dict[str, Any]) -> list[Figure]:
    names = OF_EMAILS if line.step.is_email else OF_TASKS
    whole = counts.get(names[0], 0)
    return [
        Figure(
            name,
            RESULTS[name][0],
            counts.get(name, 0),
            round(100 * counts.get(name, 0) / whole) if whole and name not in (names[0], "skipped") else None,
        )
        for name in names
    ]


def enrollments_with_result(key: str, result: str) -> Any:
    """The ids of the records in the sequence for which a step, by its key, had this result."""
    condition = RESULTS[result][1]
    return EnrollmentStep.objects.filter(condition, key=key).order_by().values("enrollment")
