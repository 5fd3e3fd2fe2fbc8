"""The permissions for the suppression list, for the role editor and for new installations."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

ROW = PermissionRow(
    _("Suppression list"),
    "mailings",
    "suppression",
    ("view", "add", "delete"),
    hint=_(
        "Addresses that receive no mailings. View includes exporting the list, add includes importing addresses."
    ),
)
# What the shipped roles of managers may do.
OF_STEERING = ["mailings.view_suppression", "mailings.add_suppression"]
