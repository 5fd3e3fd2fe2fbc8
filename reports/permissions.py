"""The permission for reports, for the role editor and for new installations."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow
from reports.models.goal import SETS

VIEW_PERMISSION = "reports.view_report"
ROWS = [
    PermissionRow(
        _("Reports"),
        "reports",
        "report",
        standard=("view",),
        hint=_("Numbers of the leads that the user may see, and saving own reports."),
    ),
    PermissionRow(
        _("Goals"),
        "reports",
        "goal",
        standard=("add", "change", "delete"),
        hint=_("Of the users and departments whose leads the user sees. Users can always view their own."),
    ),
]
# What the shipped roles of managers may do.
OF_STEERING = [VIEW_PERMISSION, *SETS]
