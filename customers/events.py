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
        _("Consent"),
        [
            ("add_consent_purpose", _("purpose of consent added")),
            ("edit_consent_purpose", _("purpose of consent edited")),
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
        _("Deals edited"),
        [
            ("add_deal_contact", _("contact added to a deal")),
            ("edit_deal_contact", _("contact of a deal edited")),
            ("remove_deal_contact", _("contact removed from a deal")),
            ("set_deal_contacts", _("contacts of a deal replaced")),
        ],
    ),
    (
        _("Requests edited"),
        [("create_lead", _("lead created from a request")), ("make_deal", _("deal made of a request"))],
    ),
]
