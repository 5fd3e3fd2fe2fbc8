"""Who can see a shared view or a custom field: the members of a department, or users with a role."""

from django.utils.translation import gettext as _

from accounts.models import Department, Role


def get_department_choices(user) -> list[tuple[str, str]]:
    rows = Department.objects.visible_to(user).active().by_name()
    return [(f"department-{row.pk}", row.name) for row in rows]


def get_role_choices(user) -> list[tuple[str, str]]:
    words = _("everyone with the role %(role)s")
    return [(f"role-{row.pk}", words % {"role": row.label}) for row in Role.objects.active().by_name()]


def get_field_role_choices() -> list[tuple[int, str]]:
    """The roles that may see a custom field."""
    return [(row.pk, row.label) for row in Role.objects.active().by_name()]
