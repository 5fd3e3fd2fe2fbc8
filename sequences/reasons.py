"""Why a record can't be put into a sequence, or a step can't be done for it: the sentence for each reason code."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "sequence_off": _("The sequence is turned off."),
    "sequence_retired": _("The sequence was deleted."),
    "sequence_without_steps": _("The sequence has no steps."),
    "in_sequence": _("This person is in a sequence already."),
    "sequence_again": _("This record was in the sequence before."),
    "sequence_status": _("The status of this record ends the sequence."),
    "sequence_no_owner": _("This record has no owner who could send the emails."),
    "sequence_owner_may_not": _("The owner may not change this record."),
    "sequence_ended": _("The sequence has ended for this record."),
    "sequence_step_done": _("The step is done."),
    "template_gone": _("The template is no longer shared."),
}
