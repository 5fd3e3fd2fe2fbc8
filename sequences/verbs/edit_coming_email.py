"""Editing an email of a sequence for one record, before it is sent."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import Refusal, Verb, carry_out
from crm.records.kinds.kind_registry import KINDS
from sequences.models import EditedEmail, Enrollment, EnrollmentStep
from sequences.verbs.start_sequence import SEQUENCE, get_sequence_name


@dataclass(frozen=True)
class EditComingEmail(Verb):
    """Keep this subject and text for the email of one step to one record; without both, it is written from the template again."""

    kind = "edit_coming_email"
    title = _lazy("Edit a coming email")
    icon = "mail"
    is_about_verdicts = True

    enrollment: Enrollment
    key: str
    subject: str = ""
    text: str = ""

    @classmethod
    def get_label(cls, parameters, kind):
        words = _("Edit a coming email of the sequence “%(name)s”")
        return words % {"name": get_sequence_name(parameters)}

    def get_parameters(self):
        return {SEQUENCE: self.enrollment.sequence_id}

    @property
    def kept(self):
        return EditedEmail.objects.filter(enrollment=self.enrollment, key=self.key)

    def get_refusals(self):
        every = ~Q(pk=None)
        if not Enrollment.objects.running().filter(pk=self.enrollment.pk).exists():
            return [Refusal("sequence_ended", every)]
        if EnrollmentStep.objects.filter(enrollment=self.enrollment, key=self.key).exists():
            return [Refusal("sequence_step_done", every)]
        return []

    def build_unchanged_condition(self):
        known = self.kept.values_list("subject", "text").first() or ("", "")
        return ~Q(pk=None) if known == (self.subject, self.text) else Q(pk__in=[])

    def get_values(self):
        return {}

    def write(self, rows):
        if not self.subject and not self.text:
            self.kept.delete()
            return
        values = {"subject": self.subject, "text": self.text}
        if not self.kept.update(**values):
            EditedEmail.objects.create(enrollment=self.enrollment, key=self.key, **values)


def edit_coming_email(
    enrollment: Enrollment, key: str, subject: str, text: str, *, by: Any, **keywords: Any
) -> Outcome:
    """Edit the email of the step with this key; '' and '' write it from the template again. `keywords` are those of carry_out."""
    model: Any = KINDS[enrollment.table_of].model
    rows = model.objects.present().changeable_by(by)
    verb = EditComingEmail(enrollment, key, subject, text)
    return carry_out(verb, rows, by=by, wanted=[enrollment.record], **keywords)
