"""/scim/v2/Users: finding, adding, changing and deactivating users."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.scim import filter_parser, scim_resources, user_changes
from accounts.scim.patch_parser import get_requested_changes
from accounts.scim.problems import build_missing_problem
from accounts.scim.requested_changes import parse_whole_resource
from accounts.scim.scim_querysets import filtered_users_queryset, is_id, provisioned_users_queryset
from accounts.scim.scim_view import ScimView


class Users(ScimView):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        start, count = self.get_page_bounds()
        asked = request.GET.get("filter")
        found = filtered_users_queryset(self.user, filter_parser.parse_filter(asked) if asked else None)
        rows = found[start - 1 : start - 1 + count] if count else []
        resources = [
            self.select_requested_attributes(scim_resources.build_user_resource(row)) for row in rows
        ]
        return scim_resources.build_response(
            scim_resources.build_list_response(resources, found.count(), start)
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        added = user_changes.add_user(parse_whole_resource(self.sent_fields), self.token)
        self.log_provisioning(added)
        return self.build_resource_response(
            scim_resources.build_user_resource(get_user_with_groups(added, self.user)), 201
        )


class OneUser(ScimView):
    http_method_names = ["get", "head", "put", "patch", "delete"]

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.build_resource_response(scim_resources.build_user_resource(self.get_user_or_404(pk)))

    def put(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.change_user(pk, parse_whole_resource(self.sent_fields))

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.change_user(pk, get_requested_changes(self.sent_fields))

    def delete(self, request: HttpRequest, pk: str) -> HttpResponse:
        user = self.get_changeable_user(pk)
        user_changes.delete_user(user, self.token)
        self.log_provisioning(user)
        return HttpResponse(status=204)

    def change_user(self, pk: str, wanted: Any) -> HttpResponse:
        user = self.get_changeable_user(pk)
        user_changes.change_user(user, wanted, self.token)
        self.log_provisioning(user)
        return self.build_resource_response(
            scim_resources.build_user_resource(get_user_with_groups(user, self.user))
        )

    def get_user_or_404(self, pk: str) -> User:
        """Raises ScimProblem 404."""
        return get_user(provisioned_users_queryset(self.user), pk)

    def get_changeable_user(self, pk: str) -> User:
        return get_user(provisioned_users_queryset(self.user).changeable_by(self.user), pk)


def get_user(users: Any, pk: str) -> User:
    user = users.filter(pk=int(pk)).first() if is_id(pk) else None
    if user is None:
        raise build_missing_problem("user", pk)
    return user


def get_user_with_groups(user: User, by: User) -> User:
    """The user as it is now."""
    return provisioned_users_queryset(by).get(pk=user.pk)
