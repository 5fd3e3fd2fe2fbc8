"""An email of a sequence that hasn't been written yet: its text for one record, from the template or as it was edited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.fields.types.texts import one_line
from crm.platform.web.rendering.form_rendering import ModelForm
from mailings.content.rule_letters import Wording
from sequences.models import EditedEmail, Enrollment
from sequences.record_page.page_card import find_enrollment
from sequences.record_page.record_steps import build_record_steps
from sequences.record_page.start_preview import build_wording
from sequences.step_words import StepLine


class ComingEmailForm(ModelForm):
    class Meta:
        model = EditedEmail
        fields = ("subject", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 14})}
        help_texts = {"text": _("Markdown works: **bold**, - list, > quote.")}

    def clean_subject(self) -> str:
        return one_line(self.cleaned_data["subject"])


@dataclass(frozen=True)
class ComingEmail:
    """`wording` is that of the template, None if the template is gone; `edited` is what was kept for this record. An email in the
    thread of the one before has its subject."""

    enrollment: Enrollment
    line: StepLine
    at: datetime | None
    wording: Wording | None
    edited: EditedEmail | None

    @property
    def initial(self) -> dict[str, str]:
        known: Any = self.edited or self.wording
        return {"subject": known.subject, "text": known.text} if known else {}


def find_coming_email(record: Any, key: str) -> ComingEmail | None:
    """The email of the step with this key that the record is to get; None if there is none."""
    enrollment = find_enrollment(record)
    if enrollment is None or not enrollment.is_running:
        return None
    steps = build_record_steps(enrollment)
    step = next((one for one in steps if one.is_coming_email and one.line.step.key == key), None)
    if step is None:
        return None
    wording = build_wording(step.line, record, enrollment.author)
    return ComingEmail(
        enrollment, step.line, step.at, wording, enrollment.edited_emails.filter(key=key).first()
    )
