"""/scim/v2/Users: finding, adding, changing and deactivating users."""

from typing import Any

from django.http import HttpResponse

from accounts.models import User
from accounts.scim import filter_parser, scim_resources, user_changes
from accounts.scim.patch_parser import wanted_by
from accounts.scim.problems import missing
from accounts.scim.requested_changes import whole
from accounts.scim.scim_querysets import described, is_id, provisioned
from accounts.scim.scim_view import ScimView


class Users(ScimView):
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any) -> HttpResponse:
        start, count = self.page()
        asked = request.GET.get("filter")
        found = described(self.user, filter_parser.read(asked) if asked else None)
        rows = found[start - 1 : start - 1 + count] if count else []
        resources = [self.projected(scim_resources.user(row)) for row in rows]
        return scim_resources.response(scim_resources.listed(resources, found.count(), start))

    def post(self, request: Any) -> HttpResponse:
        added = user_changes.add(whole(self.sent), self.token)
        self.noted(added)
        return self.shown(scim_resources.user(self_and_groups(added, self.user)), 201)


class OneUser(ScimView):
    http_method_names = ["get", "head", "put", "patch", "delete"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return self.shown(scim_resources.user(self.found(pk)))

    def put(self, request: Any, pk: str) -> HttpResponse:
        return self.changed(pk, whole(self.sent))

    def patch(self, request: Any, pk: str) -> HttpResponse:
        return self.changed(pk, wanted_by(self.sent))

    def delete(self, request: Any, pk: str) -> HttpResponse:
        user = self.to_change(pk)
        user_changes.delete(user, self.token)
        self.noted(user)
        return HttpResponse(status=204)

    def changed(self, pk: str, wanted: Any) -> HttpResponse:
        user = self.to_change(pk)
        user_changes.change(user, wanted, self.token)
        self.noted(user)
        return self.shown(scim_resources.user(self_and_groups(user, self.user)))

    def found(self, pk: str) -> User:
        """Raises ScimProblem 404."""
        return one_of(provisioned(self.user), pk)

    def to_change(self, pk: str) -> User:
        return one_of(provisioned(self.user).changeable_by(self.user), pk)


def one_of(users: Any, pk: str) -> User:
    user = users.filter(pk=int(pk)).first() if is_id(pk) else None
    if user is None:
        raise missing("user", pk)
    return user


def self_and_groups(user: User, by: User) -> User:
    """The user as it is now."""
    return provisioned(by).get(pk=user.pk)
