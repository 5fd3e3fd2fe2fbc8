"""Users and departments in API v2: as far as the user of the token sees them, to read."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from accounts.models import Department, User
from crm.api.documented import number, text
from crm.api.v2.documented import reference
from crm.api.v2.reference import Reference


class Users(Reference):
    name = resource = "users"

    def rows(self) -> list[dict[str, Any]]:
        seen = User.objects.visible_to(self.user).by_name().prefetch_related("memberships")
        return [
            {
                "id": user.pk,
                "name": user.name,
                "email": user.email,
                "active": user.is_active,
                "departments": self.seen_of([row.department_id for row in user.memberships.all()]),
            }
            for user in seen
        ]

    def seen_of(self, departments: list[int]) -> list[int]:
        """A colleague's departments that the user of the token doesn't see stay out."""
        seen = self.user.all_department_ids if self.user.sees_everything else self.user.department_ids
        return [pk for pk in departments if pk in seen]


class Departments(Reference):
    name = resource = "departments"

    def rows(self) -> list[dict[str, Any]]:
        seen = Department.objects.visible_to(self.user).by_name()
        return [
            {"id": row.pk, "name": row.name, "country": str(row.country), "retired": row.retired}
            for row in seen
        ]


reference(
    Users,
    {
        "id": number(),
        "name": text(),
        "email": text(),
        "active": serializers.BooleanField(help_text="false for a deactivated user, who can't own records."),
        "departments": serializers.ListField(
            child=number(), help_text="Ids; the first one is their main one."
        ),
    },
    summary="List users",
    words="Lists the colleagues that the user of the token can see. Their ids are the values of owner.",
)
reference(
    Departments,
    {
        "id": number(),
        "name": text(),
        "country": text(help_text="ISO 3166 code of two letters, or empty."),
        "retired": serializers.BooleanField(help_text="true if no new records can be added to it."),
    },
    summary="List departments",
    words="Lists the departments that the user of the token can see. Their ids are the values of department.",
)

urlpatterns = [
    path("api/v2/users", Users.as_view(), name="own_users"),
    path("api/v2/departments", Departments.as_view(), name="own_departments"),
]
