"""The CRM Connect dialect: calls that automation services poll, where an empty list is 200 so that a token can be
tested."""

from datetime import UTC, datetime

from django.http import HttpResponse

from accounts.models import User
from crm.api import json_rows
from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_number_parameter
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.records.paging.sorts import BY_AGE
from leads.api.connect import lead_rows
from leads.api.connect.connect_leads import ConnectView
from leads.api.connect.lead_pages import get_first_ids
from leads.api.connect.list_requests import ListRequest
from leads.models import Lead

AT_FIRST, MOST, SAMPLES = 50, 100, 3
# One of these services requests "customers" to test a token; there are none yet.
RESOURCES = ["leads", "customers"]
LATEST = 4_102_444_800  # 2100


def build_polling_response(resource: str, texts: list[str]) -> HttpResponse:
    body = f'{{"status":true,"resource":"{resource}","data":{json_rows.join_json_array(texts)}}}'
    return HttpResponse(body, content_type="application/json")


def require_known_resource(resource: str) -> str:
    if resource not in RESOURCES:
        raise ApiProblem(404, "not_found")
    return resource


class Resources(ConnectView):
    resource = "leads"
    http_method_names = ["get", "head"]

    def get(self, request):
        return build_json_response({"status": True, "data": RESOURCES})


class Poll(ConnectView):
    """The newest leads since a time in Unix seconds, newest first."""

    resource = "leads"
    http_method_names = ["get", "head"]

    def get(self, request, name):
        require_known_resource(name)
        limit = parse_number_parameter("limit", request.query_params.get("limit") or str(AT_FIRST), MOST)
        first = parse_since(request.query_params.get("since", ""))
        if name != "leads":
            return build_polling_response(name, [])
        return build_polling_response(name, get_newest_texts(self.user, limit, first))


class Samples(ConnectView):
    """A few leads that show a service the available fields."""

    resource = "leads"
    http_method_names = ["get", "head"]

    def get(self, request, name):
        if require_known_resource(name) != "leads":
            return build_polling_response(name, [])
        return build_polling_response(name, get_newest_texts(self.user, SAMPLES))


def get_newest_texts(user: User, size: int, first: datetime | None = None) -> list[str]:
    """Up to this many leads since a time, newest first."""
    ids = get_first_ids(ListRequest(first=first), user, BY_AGE, True, size)
    return json_rows.get_json_texts(
        Lead.objects.filter(pk__any=ids).in_order_of(ids), lead_rows.build_listed_shape(user)
    )


def parse_since(text: str) -> datetime | None:
    """Unix seconds as a datetime; empty means the beginning of time."""
    if not text.strip():
        return None
    whole, _point, _rest = text.strip().partition(".")
    if not (whole.isascii() and whole.isdecimal() and len(whole) < 15 and int(whole) < LATEST):
        raise build_invalid_problem(since="It is a moment in Unix seconds.")
    return datetime.fromtimestamp(int(whole), UTC)
