"""What all SCIM calls share: a SCIM token of an administrator, SCIM's content type and errors, and an entry of the log."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.parsers import JSONParser

from accounts.models import User
from accounts.scim.filter_parser import get_attribute_name
from accounts.scim.problems import build_problem, build_problem_body
from accounts.scim.scim_resources import CONTENT_TYPE, build_response, select_attributes
from crm.api.api_view import ACTIONS_BY_METHOD, ApiView
from crm.api.call_parameters import get_bearer_token
from crm.api.problems import ApiProblem
from crm.models import Token
from crm.platform.web.security_log import write_security_line

MOST, AT_FIRST = 1_000, 100


class ScimParser(JSONParser):
    media_type = CONTENT_TYPE


class ScimView(ApiView):
    """Its token works on behalf of an administrator, and stops working when they are none."""

    purpose = Token.Purpose.SCIM
    actions: ClassVar[dict[str, str]] = ACTIONS_BY_METHOD | {"PATCH": "put"}
    parser_classes: ClassVar[list] = [ScimParser, JSONParser]
    # It isn't one of the documented APIs for records.
    schema = None

    def get_secret(self, request: HttpRequest) -> str:
        return get_bearer_token(request)

    def allows(self, action: str) -> bool:
        return self.user.is_administrator

    def build_problem_response(self, problem: ApiProblem) -> HttpResponse:
        body, status = build_problem_body(problem)
        found = build_response(body, status)
        if status == 401:
            found["WWW-Authenticate"] = "Bearer"
        if status == 503:
            found["Retry-After"] = "1"
        return found

    def log_provisioning(self, of: User | None = None) -> None:
        """Record a call that may change something."""
        whom = {"of": of.pk, "of_email": of.email} if of else {}
        request = self.request
        write_security_line(
            "provisioned", token=self.token.name, method=request.method, path=request.path[:200], **whom
        )

    def build_resource_response(self, resource: dict[str, Any], status: int = 200) -> HttpResponse:
        """A resource with the attributes that the call asks for."""
        found = build_response(self.select_requested_attributes(resource), status)
        found["Location"] = resource["meta"]["location"]
        return found

    def select_requested_attributes(self, resource: dict[str, Any]) -> dict[str, Any]:
        return select_attributes(
            resource, self.get_attribute_names("attributes"), self.get_attribute_names("excludedAttributes")
        )

    def get_attribute_names(self, parameter: str) -> list[str]:
        """The names of attributes in lower case."""
        return [
            get_attribute_name(part.strip())
            for part in self.request.GET.get(parameter, "").split(",")
            if part.strip()
        ]

    def get_page_bounds(self) -> tuple[int, int]:
        """The 1-based index of the first resource, and how many: numbers out of range are moved into it (RFC 7644,
        section 3.4.2.4)."""
        start, count = self._read_number("startIndex", 1), self._read_number("count", AT_FIRST)
        return max(1, start), min(max(0, count), MOST)

    def _read_number(self, parameter: str, otherwise: int) -> int:
        text = self.request.GET.get(parameter, "").strip()
        if not text:
            return otherwise
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 15):
            raise build_problem(400, f"{parameter} has to be a number.", "invalidValue")
        return int(text)
