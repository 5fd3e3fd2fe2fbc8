"""Why a request couldn't be changed, added to crm/records/kinds/reasons.py."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "has_lead": _("This request already has a lead."),
    "has_deal": _("This request already has a deal."),
    "several_known": _("Several companies or contacts match the sender. Link the right ones first."),
    "no_stage": _("No pipeline for deals is in use."),
}
