"""What an empty database gets: the six roles with their permissions, and one department."""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission

from accounts.models import Department, Role
from accounts.models.role import SHIPPED_ENGLISH

VIEW, ADD, CHANGE, BIN = "leads.view_lead", "leads.add_lead", "leads.change_lead", "leads.delete_lead"
BULK, EXPORT, ASSIGN, IMPORT = (
    "leads.bulk_lead",
    "leads.export_lead",
    "leads.assign_lead",
    "leads.import_lead",
)
TAKE, SHARE_VIEW, MAIL = (
    "leads.take_lead",
    "leads.share_view",
    "mailings.send_mailing",
)
OPERATOR = [VIEW, ADD, CHANGE, BIN, BULK, EXPORT]

# The Administrator holds every permission of the product.
PERMISSIONS = {
    "rep": ["leads.see_unassigned", VIEW, ADD, CHANGE, TAKE],
    "operator": ["leads.see_departments", *OPERATOR],
    "manager": ["leads.see_departments", *OPERATOR, ASSIGN, IMPORT, TAKE, SHARE_VIEW, MAIL],
    "super": ["leads.see_all", *OPERATOR, ASSIGN],
    "company": ["leads.see_all", *OPERATOR, ASSIGN, IMPORT, TAKE, SHARE_VIEW, MAIL],
}


def permissions_named(names: list[str]):
    """The Permission rows of "app.codename" names."""
    wanted = {tuple(name.split(".")) for name in names}
    rows = Permission.objects.select_related("content_type")
    return [row for row in rows if (row.content_type.app_label, row.codename) in wanted]


def install(apps_ready) -> None:
    """Make what is missing. Roles that an administrator has edited stay as they are."""
    labels = [app.label for app in apps_ready]
    for app in apps_ready:
        create_permissions(app, verbosity=0)
    for key, name in SHIPPED_ENGLISH.items():
        role, made = Role.objects.get_or_create(key=key, defaults={"name": name})
        if key == "administrator":
            role.permissions.set(Permission.objects.filter(content_type__app_label__in=labels))
        elif made:
            role.permissions.set(permissions_named(PERMISSIONS[key]))
    if not Department.objects.exists():
        Department.objects.create(name="Sales")
