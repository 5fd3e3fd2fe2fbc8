"""What starting a sequence for one record would do: each step with its day and its text, or why it can't start."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.working_time.calendar import Calendars
from crm.models import Template
from crm.platform.sql.reference_tables import get_ordered_rows
from crm.records.history.verb_execution import judge
from crm.records.kinds.reasons import get_reason_sentence
from crm.work.activities.markdown import render_markdown
from mailings.content.rule_letters import Wording, fill_template
from sequences.models import Enrollment, Sequence
from sequences.running.schedule import get_due_moments
from sequences.step_words import StepLine, build_step_lines
from sequences.verbs import StartSequence


@dataclass(frozen=True)
class PlannedStep:
    """`wording` is the text of an email for this record, None for other steps and without its template."""

    line: StepLine
    at: datetime
    wording: Wording | None

    @property
    def title(self) -> str:
        """An email in a thread has the subject of that."""
        own = self.wording.subject if self.wording and not self.line.is_in_thread else ""
        return own or self.line.subject or self.line.label

    @property
    def shown_text(self) -> SafeString:
        return render_markdown(self.wording.text) if self.wording else SafeString("")


@dataclass(frozen=True)
class StartPreview:
    """`problem` is why it can't start, a sentence, or ''. `author` is in whose name it would run."""

    sequence: Sequence
    author: Any
    steps: list[PlannedStep]
    problem: str


def build_start_preview(verb: StartSequence, record: Any) -> StartPreview:
    author = record.owner if verb.is_in_name_of_owners else verb.by
    problem = find_start_problem(verb, record)
    steps = build_planned_steps(verb.sequence, record, author) if author else []
    return StartPreview(verb.sequence, author, steps, problem)


def was_in_sequence(record: Any) -> bool:
    """Whether the record was in any sequence before."""
    return Enrollment.objects.of_record(record.table, record.pk).exists()


def find_start_problem(verb: StartSequence, record: Any) -> str:
    rows = type(record).objects.present().changeable_by(verb.by)
    outcome = judge(verb, rows, by=verb.by, wanted=[record.pk])
    return next((str(get_reason_sentence(code)) for code in outcome.refused), "")


def build_planned_steps(sequence: Sequence, record: Any, author: Any) -> list[PlannedStep]:
    """As if it started now."""
    lines = build_step_lines(sequence)
    moments = get_due_moments([line.step for line in lines], timezone.now(), Calendars().get_for_user(author))
    return [
        PlannedStep(line, moment, build_wording(line, record, author))
        for line, moment in zip(lines, moments, strict=True)
    ]


def build_wording(line: StepLine, record: Any, author: Any) -> Wording | None:
    template = find_template(line)
    return fill_template(template, record, author) if template else None


def find_template(line: StepLine) -> Template | None:
    """The shared one that an email is written from."""
    rows = {row.pk: row for row in get_ordered_rows(Template)}
    found = rows.get(line.step.template or 0) if line.step.is_email else None
    return found if found is not None and found.is_shared and not found.retired else None
