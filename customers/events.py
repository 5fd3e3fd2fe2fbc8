"""The operations on customers that webhooks can be notified of."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    (
        _("Conversion"),
        [
            ("convert", _("lead converted")),
            ("edit_conversion_rules", _("rules of conversion edited")),
        ],
    ),
    (
        _("Contacts edited"),
        [
            ("add_employment", _("employment added")),
            ("edit_employment", _("employment edited")),
            ("remove_employment", _("employment removed")),
        ],
    ),
    (
        _("Requests edited"),
        [("create_lead", _("lead created from a request")), ("make_deal", _("deal made of a request"))],
    ),
]
