"""Why a lead, or one of its settings, was refused or kept: what leads add to crm/records/reasons.py."""

from django.utils.translation import gettext_lazy as _

from crm.records.reasons import REASONS

REASONS |= {
    "needs_reason": _("A reason must be given."),
    "other_pipeline": _("The lead is in another pipeline."),
    "no_mapping": _("Its status has no counterpart in the other pipeline."),
    "source_retired": _("The source is retired."),
    "known_since_plan": _("A lead with this e-mail or phone was added since the plan was made."),
    "is_default": _("New leads start here: it has to stay open and in use."),
    "default_changed": _("New leads start somewhere else by now."),
    "given_by_api": _("Programs give this reason when they say none: it has to stay in use."),
    "last_pipeline": _("It is the only pipeline in use."),
}
