"""Why a request couldn't be changed, added to crm/records/reasons.py."""

from django.utils.translation import gettext_lazy as _

from crm.records.reasons import REASONS

REASONS |= {"has_lead": _("This request already has a lead.")}
