"""The steps of a sequence in words: "Day 1: email, day 3: call, day 5: email"."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import Template
from crm.platform.sql.reference_tables import get_labels_by_id
from sequences.models import Sequence, SequenceStep

Kind = SequenceStep.Kind
ICONS = {Kind.EMAIL: "mail", Kind.CALL: "phone", Kind.TASK: "check"}


@dataclass(frozen=True)
class StepLine:
    """`day` counts working days from 1, the day on which the sequence starts. `subject` is the template's name or the task's title.
    `follows_email` says whether an email comes before it."""

    step: SequenceStep
    day: int
    subject: str
    follows_email: bool

    @property
    def is_in_thread(self) -> bool:
        return self.step.is_email and self.step.in_thread and self.follows_email

    @property
    def icon(self) -> str:
        return ICONS[Kind(self.step.kind)]

    @property
    def label(self) -> str:
        return str(capfirst(Kind(self.step.kind).label))


def build_step_lines(sequence: Sequence) -> list[StepLine]:
    names, day = get_labels_by_id(Template), 1
    lines: list[StepLine] = []
    for step in sequence.parsed_steps:
        day += step.after
        gone = _("a template that no longer exists")
        subject = names.get(step.template or 0, gone) if step.kind == Kind.EMAIL else step.title
        lines.append(StepLine(step, day, subject, any(line.step.is_email for line in lines)))
    return lines


def describe_steps(steps: Iterable[SequenceStep]) -> str:
    """All of them in one line."""
    day = 1
    parts: list[str] = []
    for step in steps:
        day += step.after
        words = _("day %(number)s: %(step)s") if parts else _("Day %(number)s: %(step)s")
        parts.append(words % {"number": day, "step": Kind(step.kind).label})
    return ", ".join(parts)
