"""/scim/v2/ServiceProviderConfig, ResourceTypes and Schemas: what a program can find out about Leadwell's SCIM."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.scim import scim_resources
from accounts.scim.problems import build_missing_problem, build_problem
from accounts.scim.schemas import CONFIGURATION
from accounts.scim.scim_view import ScimView


class Configuration(ScimView):
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        location = scim_resources.build_url("ServiceProviderConfig")
        return scim_resources.build_response(
            CONFIGURATION | {"meta": {"resourceType": "ServiceProviderConfig", "location": location}}
        )


class Described(ScimView):
    """A list of descriptions, and one of them by its id; which one is said in urls.py."""

    http_method_names = ["get", "head"]
    name = ""
    one = ""
    found: Any = ()

    def get(self, request: HttpRequest, pk: str = "") -> HttpResponse:
        if request.GET.get("filter"):
            raise build_problem(403, "This list has no filters.")
        resources = [self.add_location(row) for row in self.found]
        if not pk:
            return scim_resources.build_response(
                scim_resources.build_list_response(resources, len(resources), 1)
            )
        for row in resources:
            if row["id"] == pk:
                return scim_resources.build_response(row)
        raise build_missing_problem("description", pk)

    def add_location(self, row: dict[str, Any]) -> dict[str, Any]:
        location = scim_resources.build_url(f"{self.name}/{row['id']}")
        return row | {"meta": {"resourceType": self.one, "location": location}}


class Unknown(ScimView):
    """Any other address, so that a program gets an error that it can read."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    def get(self, request: HttpRequest, rest: str = "") -> HttpResponse:
        raise build_problem(
            404, "Leadwell has Users, Groups, ServiceProviderConfig, ResourceTypes and Schemas."
        )

    post = put = patch = delete = get
