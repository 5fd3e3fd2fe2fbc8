"""The operations on the company's settings that webhooks can be notified of."""

from django.utils.translation import gettext_lazy as _

COMPANY_EVENTS = [
    (
        _("Company"),
        [
            ("edit_company_settings", _("company settings edited")),
            ("edit_setup_progress", _("setup checklist changed")),
            ("remove_demo", _("demo removed")),
        ],
    ),
]
