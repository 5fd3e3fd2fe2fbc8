"""Why a lead can't be converted: additions to crm/records/reasons.py."""

from django.utils.translation import gettext_lazy as _

from crm.records.reasons import REASONS

REASONS |= {
    "several_companies": _("Several companies match. Choose one on the lead’s conversion page."),
    "several_contacts": _("Several contacts match. Choose one on the lead’s conversion page."),
    "match_gone": _("The chosen company or contact was deleted in the meantime. Choose again."),
    "no_won_status": _("The lead’s pipeline has no won status in use."),
}
