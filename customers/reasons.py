"""Why a change of customers is refused: the sentences for the reason codes (crm/records/reasons.py)."""

from django.utils.translation import gettext_lazy as _

from crm.records.reasons import OF_A_FIELD, REASONS
from customers.companies import parents

REASONS[parents.REASON] = _("A company can’t be its own parent, directly or through other companies.")
OF_A_FIELD.append(parents.REASON)
REASONS |= {
    "several_companies": _("Several companies match. Choose one on the lead’s conversion page."),
    "several_contacts": _("Several contacts match. Choose one on the lead’s conversion page."),
    "match_gone": _("The chosen company or contact was deleted in the meantime. Choose again."),
    "contact_of_deal": _("This contact is already on the deal."),
    "no_won_status": _("The lead’s pipeline has no won status in use."),
}
