"""What a token may do with mailings, and the permission that its user needs for each."""

from django.utils.translation import gettext_lazy as _

from crm.api.token_scopes import TokenResource

VIEW = "mailings.view_mailing"
VIEW_LISTS = "mailings.view_mailinglist"
VIEW_SUPPRESSED = "mailings.view_suppression"
RESOURCES = [
    TokenResource(
        "mailings",
        _("Mailings"),
        {
            "get": VIEW,
            "post": "mailings.add_mailing",
            "put": "mailings.change_mailing",
            "delete": "mailings.delete_mailing",
        },
        VIEW,
        hint=_("Doesn’t cover sending them."),
    ),
    # A right of its own, so that no token that writes mailings sends one.
    TokenResource(
        "mailing_sending",
        _("Sending mailings"),
        {"post": "mailings.send_mailing"},
        VIEW,
        hint=_("Add covers sending, pausing, resuming and canceling a mailing."),
    ),
    TokenResource(
        "mailing_lists",
        _("Mailing lists"),
        {
            "get": VIEW_LISTS,
            "post": "mailings.add_mailinglist",
            "put": "mailings.change_mailinglist",
        },
        VIEW_LISTS,
    ),
    TokenResource(
        "suppressed_addresses",
        _("Suppression list"),
        {
            "get": VIEW_SUPPRESSED,
            "post": "mailings.add_suppression",
            "delete": "mailings.delete_suppression",
        },
        VIEW_SUPPRESSED,
    ),
]
