"""The permissions for shared mailboxes, for the role editor."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

ROW = PermissionRow(
    _("Mailboxes"),
    "mailboxes",
    "mailbox",
    hint=_("Shared mailboxes. Change covers their passwords and testing the connection."),
)
