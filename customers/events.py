"""The operations of conversion and on requests that webhooks can be notified of."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    (
        _("Conversion"),
        [
            ("convert", _("lead converted")),
            ("edit_conversion_rules", _("rules of conversion edited")),
        ],
    ),
    (_("Requests edited"), [("create_lead", _("lead created from a request"))]),
]
