"""The contents of an empty database: the six roles with their permissions, and one department."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission

from accounts.models import Department, Role
from accounts.models.role import SHIPPED_ENGLISH

# What each role may do with every kind of record that the apps register, and what else they register for a role. The
# Administrator has every permission of the product.
OPERATOR = ["view", "add", "change", "delete", "bulk", "export"]
ON_RECORDS = {
    "rep": ["view", "add", "change", "take"],
    "operator": OPERATOR,
    "manager": [*OPERATOR, "assign", "import", "take"],
    "super": [*OPERATOR, "assign"],
    "company": [*OPERATOR, "assign", "import", "take"],
}
SCOPE = {
    "rep": "accounts.see_unassigned",
    "operator": "accounts.see_departments",
    "manager": "accounts.see_departments",
    "super": "accounts.see_all",
    "company": "accounts.see_all",
}
STEERING = ("manager", "company")
# The records, as (app, model), and further permissions for managers and administrators.
RECORDS: list[tuple[str, str]] = []
OF_STEERING: list[str] = ["crm.share_view", "crm.change_activity"]
# Those of Company Managers alone, who steer all departments.
OF_COMPANY: list[str] = []


def get_initial_permissions(role: str) -> list[str]:
    """The initial permissions of a shipped role."""
    on_records = [f"{app}.{action}_{model}" for app, model in RECORDS for action in ON_RECORDS[role]]
    of_company = OF_COMPANY if role == "company" else []
    return [SCOPE[role], *on_records, *(OF_STEERING if role in STEERING else []), *of_company]


def permissions_queryset(names: list[str]):
    """The Permission rows of "app.codename" names."""
    wanted = {tuple(name.split(".")) for name in names}
    rows = Permission.objects.select_related("content_type")
    return [row for row in rows if (row.content_type.app_label, row.codename) in wanted]


def install_roles_and_department(**_signal: object) -> None:
    """Add what is missing, after the migrations of all apps. Roles that an administrator has edited stay unchanged."""
    for app in settings.PRODUCT_APPS:
        create_permissions(apps.get_app_config(app), verbosity=0)
    for key, name in SHIPPED_ENGLISH.items():
        role, made = Role.objects.get_or_create(key=key, defaults={"name": name})
        if key == "administrator":
            role.permissions.set(Permission.objects.filter(content_type__app_label__in=settings.PRODUCT_APPS))
        elif made:
            role.permissions.set(permissions_queryset(get_initial_permissions(key)))
    if not Department.objects.exists():
        Department.objects.create(name="Sales")
