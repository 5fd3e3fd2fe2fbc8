"""Why a step or a run of an automation doesn't change a record: the sentence for each reason code."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "conditions_unmet": _("This record no longer meets the conditions."),
    "webhook_off": _("The webhook is turned off."),
}
