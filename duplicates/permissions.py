"""The permissions for duplicates, for the role editor and for new installations."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

VIEW_PERMISSION = "duplicates.view_likeness"
RULES_PERMISSION = "duplicates.change_duplicaterules"
ROWS = [
    PermissionRow(
        _("Duplicates"),
        "duplicates",
        "likeness",
        standard=("view",),
        special=[(RULES_PERMISSION, _("change rules"))],
        hint=_("View covers scanning, and marking records that aren’t duplicates."),
    ),
]
# What the shipped roles of managers may do.
OF_STEERING = [VIEW_PERMISSION]
