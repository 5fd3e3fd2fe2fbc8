"""Submissions as people read them: who sent one, the result and its reasons, and the raw values by label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.custom.values.field_registry import get_field_by_key, is_seen_by
from crm.records.kinds.reasons import get_reason_sentence
from intake.forms.public.campaign_parameters import label_touch
from intake.forms.questions import CONSENTS, OTHERS, get_question_label
from intake.forms.submissions.gap_sentences import SENTENCES, describe_gaps
from intake.forms.submissions.spam_detection import REASONS
from intake.models import Submission
from leads.kind import LEAD
from leads.models import Lead

LIST_PAGE_SIZE = 50
NAMED_BY = ("first_name", "last_name", "company", "email", "phone")
State = Submission.State


@dataclass(frozen=True)
class SubmissionLine:
    """`lead` is only given to a reader who sees it."""

    submission: Submission
    name: str
    reasons: list[str]
    lead: Any = None

    @property
    def first_touch(self) -> dict[str, str]:
        return label_touch(self.submission.first_touch)

    @property
    def last_touch(self) -> dict[str, str]:
        return label_touch(self.submission.last_touch)


def build_submission_line(submission: Submission, user: User | None = None) -> SubmissionLine:
    texts = [submission.get_text(name).strip() for name in NAMED_BY]
    name = " ".join(text for text in texts[:2] if text) or next((text for text in texts if text), "")
    reasons = [*describe_gaps(submission.reasons), *describe_reasons(submission.reasons)]
    lead = None
    if user is not None and submission.lead_id and user.has_perm(Lead.get_right("view")):
        lead = Lead.objects.present().visible_to(user).filter(pk=submission.lead_id).first()
    return SubmissionLine(submission, name[:100], reasons, lead)


def describe_reasons(codes: Sequence[str]) -> list[str]:
    """The reasons besides those about single fields (intake/forms/submissions/gap_sentences.py)."""
    others = [code for code in codes if code.partition(":")[0] not in SENTENCES]
    return [str(REASONS[code]) if code in REASONS else get_reason_sentence(code, LEAD) for code in others]


def get_labels_and_raw_values(submission: Submission) -> list[tuple[str, str]]:
    """The raw texts as (label, text), in the order of the form's questions; an input whose field is gone keeps its name.
    Consents are shown with the text that was agreed to instead."""
    names = [str(question["field"]) for question in submission.form.questions]
    sent = {name: texts for name, texts in submission.values.items() if name not in CONSENTS}
    found = []
    for name, texts in sorted(
        sent.items(), key=lambda item: names.index(item[0]) if item[0] in names else len(names)
    ):
        known = name in OTHERS or get_field_by_key(name) or hasattr(Lead, name)
        label = (
            get_question_label(name)
            if known and not (get_field_by_key(name) and not _is_in_use(name))
            else name
        )
        found.append((label, ", ".join(texts)))
    return found


def _is_in_use(name: str) -> bool:
    field = get_field_by_key(name)
    return bool(field) and not field.definition.retired and is_seen_by(field, None)


def get_processing_obstacle(submission: Submission) -> str:
    """Why it can't be processed again; '' if it can: it has raw values, and no lead outside Trash."""
    if submission.cleared:
        return _("The values were deleted to protect the visitor’s data.")
    if submission.lead_id and Lead.objects.present().filter(pk=submission.lead_id).exists():
        return _("This submission has a lead already.")
    return ""
