"""The permissions for automations, for the role editor and for new installations."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

ROWS = [
    PermissionRow(
        _("Automations"),
        "automations",
        "automation",
        hint=_("Only automations whose owner has no more permissions than the user can be changed."),
    )
]
# Those of the shipped role Company Manager, as for assignment rules.
OF_COMPANY_MANAGERS = [f"automations.{act}_automation" for act in ("view", "add", "change", "delete")]
