"""Users and departments in API v2, read-only, as far as the token's user can see them; and who that user is."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from accounts.free_busy.api import BusyTimes
from accounts.models import Department, User
from accounts.working_time import api
from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.token_scopes import has_right
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.reference_tables import build_reference_call
from crm.api.v2.v2_view import OwnView
from crm.platform.configuration.company import get_company_language


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


@extend_schema_view(
    get=call(
        "Get the user of the token",
        build_response_serializer(
            "Me",
            id=build_number_field(),
            name=build_text_field(),
            email=build_text_field(),
            language=build_text_field(help_text="Such as en or ro."),
            time_zone=build_text_field(help_text="Such as Europe/Bucharest."),
            departments=serializers.ListField(
                child=build_number_field(), help_text="Ids; the first one is their main one."
            ),
            sees_everything=serializers.BooleanField(
                help_text="true if the user sees the records of all departments."
            ),
            token=build_text_field(help_text="The name of the token."),
            rights=serializers.ListField(
                child=build_text_field(),
                help_text="What the token can do, such as leads.get: its own rights as far as its user has the permissions.",
            ),
            expires_on=serializers.DateField(
                allow_null=True, help_text="The last day on which the token works; null for no end."
            ),
            calls_per_minute=build_number_field(allow_null=True, help_text="null for no limit."),
        )(),
        name="get_me",
        words="Says whom the token acts for and what it can do. Every token that works can make this call.",
    )
)
class Me(OwnView):
    http_method_names = ["get", "head"]

    def allows(self, action: str) -> bool:
        """No right is needed: a program finds out with this call which rights it has."""
        return action in ("get", "head")

    def get(self, request: Any) -> HttpResponse:
        user, token = self.user, self.token
        return build_json_response(
            {
                "id": user.pk,
                "name": user.name,
                "email": user.email,
                "language": user.language or get_company_language(),
                "time_zone": str(user.zone),
                "departments": user.department_ids,
                "sees_everything": user.sees_everything,
                "token": token.name,
                "rights": [right for right in token.rights if has_right(user, right)],
                "expires_on": token.expires_on,
                "calls_per_minute": token.calls_a_minute,
            }
        )


urlpatterns = [
    path("me", Me.as_view(), name="own_me"),
    path("users", Users.as_view(), name="own_users"),
    path("departments", Departments.as_view(), name="own_departments"),
    path("busy-times", BusyTimes.as_view(), name="own_busy_times"),
    *api.urlpatterns,
]
