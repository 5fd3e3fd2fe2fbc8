"""Why a record couldn't be changed or was kept: the reasons that owners and departments add to crm/records/kinds/reasons.py."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "owner_inactive": _("The new owner is not active."),
    "owner_without_department": _("The new owner doesn’t belong to any department."),
    "department_retired": _("The department is retired."),
    "taken": _("This record already has an owner."),
    "owner_left": _("The previous owner is no longer active."),
    "user_left": _("The user whose task it was is no longer active."),
}
