"""Why a step or a run of an automation doesn't change a record: the sentence for each reason code."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "conditions_unmet": _("This record no longer meets the conditions."),
    "webhook_off": _("The webhook is turned off."),
    "no_email_address": _("This record has no email address."),
    "email_unsubscribed": _("This person has unsubscribed from emails."),
    "email_suppressed": _("This email address is suppressed."),
    "email_repeated": _("Another one of these records has the same email address."),
}
