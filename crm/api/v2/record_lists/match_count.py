"""API v2: how many records match, as the page of the list counts them."""

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse

from crm.api.api_view import build_json_response
from crm.api.problems import build_invalid_problem
from crm.api.v2.records import build_list_from_url, get_filter_names
from crm.api.v2.saved_views.applied_view import VIEW
from crm.api.v2.v2_view import OwnView
from crm.platform.web.transactions import COUNT_MILLISECONDS, SAFE_METHODS, set_transaction_limits
from crm.records.listing.record_list import count_matches

EXACT = "exact"


class MatchCount(OwnView):
    http_method_names = ["get", "head"]

    def get_known_parameters(self, method: str) -> Collection[str]:
        return ("q", VIEW, EXACT, *get_filter_names(self)) if method in SAFE_METHODS else ()

    def get(self, request: Any) -> HttpResponse:
        data = request.query_params
        if data.get(EXACT, "no") not in ("yes", "no"):
            raise build_invalid_problem(exact="Send yes or no.")
        set_transaction_limits(statement=COUNT_MILLISECONDS, read_only=True)
        listing = build_list_from_url(self, data, also=[EXACT])
        number, more = count_matches(listing, exact=data.get(EXACT) == "yes")
        return build_json_response({"count": number, "more": more})
