"""/scim/v2/Groups: finding roles and departments and changing their members."""

from django.http import HttpRequest, HttpResponse

from accounts.scim import filter_parser, group_membership, scim_resources
from accounts.scim.group_reading import (
    ScimGroup,
    filter_groups,
    get_group,
    get_groups,
    get_members_by_group,
)
from accounts.scim.patch_parser import parse_patch_steps
from accounts.scim.problems import build_problem, build_taken_problem
from accounts.scim.scim_view import ScimView

MADE_HERE = (
    "Groups are the roles and departments of Leadwell. Create the role or department in Leadwell, "
    'and use its name, such as "Role: Sales Rep" or "Department: Sales".'
)


class Groups(ScimView):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        start, count = self.get_page_bounds()
        found = get_groups(self.user)
        if asked := request.GET.get("filter"):
            found = filter_groups(found, filter_parser.parse_filter(asked))
        rows = found[start - 1 : start - 1 + count]
        listed = get_members_by_group(rows, self.user) if self.with_members() else {}
        resources = [
            self.select_requested_attributes(scim_resources.build_group_resource(row, listed.get(row.id)))
            for row in rows
        ]
        return scim_resources.build_response(scim_resources.build_list_response(resources, len(found), start))

    def post(self, request: HttpRequest) -> HttpResponse:
        name = self.sent_fields.get("displayName")
        if any(row.name == name for row in get_groups(self.user)):
            raise build_taken_problem(f"The group {name!r} exists. Find it with a filter by displayName.")
        raise build_problem(403, MADE_HERE)

    def with_members(self) -> bool:
        only = self.get_attribute_names("attributes")
        asked = not only or any(name.partition(".")[0] == "members" for name in only)
        return asked and "members" not in self.get_attribute_names("excludedAttributes")


class OneGroup(ScimView):
    http_method_names = ["get", "head", "put", "patch", "delete"]

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.build_group_response(get_group(pk, self.user))

    def put(self, request: HttpRequest, pk: str) -> HttpResponse:
        found = get_group(pk, self.user)
        group_membership.replace_group(found, self.sent_fields, self.token)
        self.log_provisioning()
        return self.build_group_response(get_group(pk, self.user))

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        found = get_group(pk, self.user)
        group_membership.patch_group(found, parse_patch_steps(self.sent_fields), self.token)
        self.log_provisioning()
        return self.build_group_response(get_group(pk, self.user))

    def delete(self, request: HttpRequest, pk: str) -> HttpResponse:
        get_group(pk, self.user)
        raise build_problem(403, "Roles and departments are retired in Leadwell. Remove the members instead.")

    def build_group_response(self, found: ScimGroup) -> HttpResponse:
        return self.build_resource_response(
            scim_resources.build_group_resource(found, get_members_by_group([found], self.user)[found.id])
        )
