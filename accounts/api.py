"""Users and departments in API v2: read-only, as far as the token's user can see them."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from accounts.models import Department, User
from crm.api.openapi_parts import build_number_field, build_text_field
from crm.api.v2.reference_tables import build_reference_call


def users(user: Any) -> list[dict[str, Any]]:
    """A colleague's departments that the token's user can't see are omitted."""
    departments = user.installation_department_ids if user.sees_everything else user.department_ids
    seen = User.objects.visible_to(user).by_name().prefetch_related("memberships")
    return [
        {
            "id": other.pk,
            "name": other.name,
            "email": other.email,
            "active": other.is_active,
            "departments": [
                row.department_id for row in other.memberships.all() if row.department_id in departments
            ],
        }
        for other in seen
    ]


Users = build_reference_call(
    users,
    {
        "id": build_number_field(),
        "name": build_text_field(),
        "email": build_text_field(),
        "active": serializers.BooleanField(help_text="false for a deactivated user, who can't own records."),
        "departments": serializers.ListField(
            child=build_number_field(), help_text="Ids; the first one is their main one."
        ),
    },
    resource="users",
    summary="List users",
    words="Lists the colleagues that the user of the token can see. Their ids are the values of owner.",
)


def departments(user: Any) -> list[dict[str, Any]]:
    seen = Department.objects.visible_to(user).by_name()
    return [
        {"id": row.pk, "name": row.name, "country": str(row.country), "retired": row.retired} for row in seen
    ]


Departments = build_reference_call(
    departments,
    {
        "id": build_number_field(),
        "name": build_text_field(),
        "country": build_text_field(help_text="ISO 3166 code of two letters, or empty."),
        "retired": serializers.BooleanField(help_text="true if no new records can be added to it."),
    },
    resource="departments",
    summary="List departments",
    words="Lists the departments that the user of the token can see. Their ids are the values of department.",
)

urlpatterns = [
    path("api/v2/users", Users.as_view(), name="own_users"),
    path("api/v2/departments", Departments.as_view(), name="own_departments"),
]
