"""Why a change of customers is refused: the sentences for the reason codes (crm/records/reasons.py)."""

from django.utils.translation import gettext_lazy as _

from crm.records.reasons import OF_A_FIELD, REASONS
from customers.companies import parents

REASONS[parents.REASON] = _("A company can’t be its own parent, directly or through other companies.")
OF_A_FIELD.append(parents.REASON)
