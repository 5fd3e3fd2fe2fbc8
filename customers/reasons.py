"""Why a change of customers is refused: the sentences for the reason codes (crm/records/kinds/reasons.py)."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.values.field_registry import get_field_by_key, is_for_some
from customers.companies import parent_companies

REASONS = {
    parent_companies.REASON: _("A company can’t be its own parent, directly or through other companies."),
    "several_companies": _("Several companies match. Choose one on the lead’s conversion page."),
    "several_contacts": _("Several contacts match. Choose one on the lead’s conversion page."),
    "match_gone": _("The chosen company or contact was deleted in the meantime. Choose again."),
    "contact_of_deal": _("This contact is already on the deal."),
    "no_won_status": _("The lead’s pipeline has no won status in use."),
}

# The codes that forms show at their field.
OF_A_FIELD = [parent_companies.REASON]


def get_no_counterpart_reason(number: int) -> str:
    """`number` is that of a custom field of leads."""
    key = f"c{number}"
    words = _now("The value of %(field)s can’t be copied. Choose another one on the lead’s conversion page.")
    field = None if is_for_some(key) else get_field_by_key(key)
    return words % {"field": field.verbose_name if field else _now("a custom field")}


COUNTED = {"no_counterpart": get_no_counterpart_reason}
