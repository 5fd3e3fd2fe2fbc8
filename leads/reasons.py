"""Why a lead, or one of its settings, was refused or kept: leads' additions to crm/records/kinds/reasons.py."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "needs_reason": _("A reason is required."),
    "other_pipeline": _("The lead is in another pipeline."),
    "not_next": _("Leads can’t move to this status from their current one."),
    "no_mapping": _("The lead’s status has no match in the other pipeline."),
    "source_retired": _("This source is retired."),
    "known_since_plan": _("A lead with this email or phone was added after the preview was created."),
    "is_default": _(
        "New records start in this status, so it must stay open and in use. Make another one the default first."
    ),
    "default_changed": _("Another status is now the default for new leads."),
    "given_by_api": _("The API uses this reason when a call doesn’t specify one, so it must stay in use."),
    "converted": _("This lead was converted, so its fields can’t be changed."),
    "no_rule": _("This lead meets no assignment rule."),
    "no_one_available": _("No user of the lead’s assignment rule is available now."),
    "last_pipeline": _("This is the only pipeline in use."),
}
