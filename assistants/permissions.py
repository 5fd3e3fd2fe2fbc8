"""The permission to connect assistants, for the role editor and for new installations."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow
from assistants.sign_in.connection_state import PERMISSION

ROW = PermissionRow(
    _("Assistants"),
    "assistants",
    "assistantconnection",
    standard=(),
    special=[(PERMISSION, _("connect assistants"))],
    hint=_(
        "Only for themselves: an assistant does no more than its user may. Others get one from who may add API tokens."
    ),
)
# Those of the shipped roles of managers. Administrators have all permissions.
OF_STEERING = [PERMISSION]
