"""The permissions for sequences, for the role editor and for new installations."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

ROWS = [
    PermissionRow(
        _("Sequences"),
        "sequences",
        "sequence",
        hint=_("Everyone who may change a record can start a sequence for it and stop it."),
    )
]
# Those of the shipped role Company Manager, as for automations.
OF_COMPANY_MANAGERS = [f"sequences.{act}_sequence" for act in ("view", "add", "change", "delete")]
