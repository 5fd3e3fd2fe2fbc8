"""The permissions for what comes in, for the role editor."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

ROWS = [
    PermissionRow(
        _("Web forms"),
        "intake",
        "webform",
        hint=_("View covers what visitors sent. Change covers releasing it and the stop words."),
    ),
]
