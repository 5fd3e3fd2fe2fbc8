"""The permissions for mailings, for the role editor and for new installations."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

ROWS = [
    PermissionRow(
        _("Mailings"),
        "mailings",
        "mailing",
        special=[
            ("mailings.send_mailing", _("send mailings")),
            ("mailings.approve_mailing", _("approve large mailings")),
        ],
        hint=_(
            "View covers own mailings and those of own departments, including the numbers of their recipients."
        ),
    ),
]
# What the shipped roles of managers may do.
OF_STEERING = [
    "mailings.view_mailing",
    "mailings.add_mailing",
    "mailings.change_mailing",
    "mailings.delete_mailing",
    "mailings.send_mailing",
]
