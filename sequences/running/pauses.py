"""Why nothing happens in a running sequence although a step is due, for the pages that show it."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Absence
from crm.models import Template
from sequences.models import EditedEmail, Enrollment, SequenceStep
from sequences.running.judgment import UNSENT, judge_enrollments

OFF, AWAY, TEMPLATE_GONE = "off", "away", "template_gone"


@dataclass(frozen=True)
class Pause:
    """`code` is OFF (the sequence is turned off), AWAY (the author is, until the day `until`, included), UNSENT (its last email hasn't
    gone out) or TEMPLATE_GONE (the template of the next email is no longer shared)."""

    code: str
    until: date | None = None


def find_pause(enrollment: Enrollment, now: datetime) -> Pause | None:
    """Why a running enrollment waits beyond the due moment of its next step, or None. Outside the author's working time, it just isn't
    due yet."""
    if not enrollment.is_running:
        return None
    if not enrollment.sequence.turned_on:
        return Pause(OFF)
    today = now.astimezone(enrollment.author.zone).date()
    absence = Absence.objects.of_user(enrollment.author).on(today).order_by("-last").first()
    if absence:
        return Pause(AWAY, absence.last)
    if judge_enrollments([enrollment.pk]).get(enrollment.pk) == UNSENT:
        return Pause(UNSENT)
    step = enrollment.sequence.find_step(enrollment.coming.key)
    if step and step.is_email and enrollment.coming.due_at <= now and not _has_text(enrollment, step):
        return Pause(TEMPLATE_GONE)
    return None


def _has_text(enrollment: Enrollment, step: SequenceStep) -> bool:
    if EditedEmail.objects.filter(enrollment=enrollment, key=step.key).exists():
        return True
    templates = Template.objects.active().of_type(Template.Type.EMAIL).shared()
    return templates.filter(pk=step.template).exists()
