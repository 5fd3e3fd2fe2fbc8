"""The CRM Connect dialect: leads under /api/leads, the token in the authtoken header or in the URL."""

from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from accounts.models import User
from crm.api import json_rows
from crm.api.api_view import ApiView, build_json_response
from crm.api.call_parameters import get_bearer_token, parse_url_number
from crm.api.existing_records import CONNECT, find_record_to_update
from crm.api.problems import ApiProblem
from crm.records.history.merged_records import find_present_survivor
from leads.api import dialect_fields
from leads.api.connect import custom_field_parsing, field_translation, lead_rows
from leads.api.connect.client_ids import convert_into_company, drop_won_status, find_named_company
from leads.api.connect.lead_pages import get_page_ids, ordered_leads_queryset
from leads.api.connect.list_requests import (
    PARAMETERS,
    ListRequest,
    filter_by_words_or_tag,
    parse_list_request,
)
from leads.api.exact_counts import count_leads
from leads.api.lead_writing import (
    change_lead,
    create_lead,
    get_changeable_lead,
    move_lead_to_trash,
    update_known_lead,
)
from leads.kind import LEAD
from leads.models import Lead

NOTHING = "No data were found"
SEARCH = {"GET": "search", "HEAD": "search"}
FORBIDDEN = "Your API token does not have the necessay permissions for the requested operation"


class ConnectView(ApiView):
    """Its problems: the original's texts, with codes that its clients don't mistake for an empty response."""

    def get_secret(self, request: HttpRequest) -> str:
        own = request.headers.get("authtoken", "") or request.GET.get("authtoken", "")
        return own or get_bearer_token(request)

    def build_problem_response(self, problem: ApiProblem) -> HttpResponse:
        if problem.code == "method":
            return build_json_response({"status": False, "error": problem.message}, problem.status)
        if problem.code == "invalid" and problem.errors:
            first = {name: sentences[0] for name, sentences in problem.errors.items()}
            body = {
                "status": False,
                "error": "validation_failed",
                "message": problem.message,
                "errors": first,
            }
            return build_json_response(body, problem.status)
        message = FORBIDDEN if problem.code == "forbidden" else problem.message
        if problem.code == "not_found" and message in ("", "Not found."):
            message = NOTHING
        more = {} if problem.record is None else {"record_id": problem.record}
        return build_json_response({"status": False, "message": message, **more}, problem.status)

    def parse_id(self, text: str, thing: str = "Lead") -> int:
        """The ID in the URL. Raises Problem 404 if it isn't a number."""
        number = parse_url_number(text)
        if number is None:
            raise ApiProblem(404, "not_found", f"Invalid {thing} ID")
        return number

    def get_body(self) -> dict:
        """The body of a PUT. Raises Problem 406 if it is empty."""
        sent = self.sent_fields
        if not sent:
            raise ApiProblem(406, "empty", "Data Not Acceptable OR Not Provided")
        return sent


class WritingView(ConnectView):
    """Its bodies have custom fields, which have their own names for what was ignored."""

    resource = "leads"

    def get_ignored_fields(self):
        return custom_field_parsing.get_ignored_names(
            super().get_ignored_fields(), self.request.data, self.user
        )


class Leads(WritingView):
    def get_known_fields(self):
        return field_translation.COUNT_IN_NEW

    def get(self, request):
        self.set_ignored_parameters_header(PARAMETERS, dialect_fields.CONNECT_LISTED)
        wanted = parse_list_request(request.query_params)
        if not wanted.page and not wanted.sorts:
            return self.stream_leads(wanted)
        return (
            build_bare_page_response(self.user, wanted)
            if wanted.bare
            else build_page_response(self.user, wanted)
        )

    def stream_leads(self, wanted: ListRequest) -> StreamingHttpResponse:
        found = wanted.leads_queryset(self.user)
        if not found.order_by().exists():
            raise ApiProblem(404, "not_found")
        content = json_rows.stream_by_id(found, wanted.narrow_shape(lead_rows.build_listed_shape(self.user)))
        return StreamingHttpResponse(content, content_type="application/json")

    def post(self, request):
        values = field_translation.get_new_lead_values(self.sent_fields, self.token)
        values |= custom_field_parsing.parse_custom_values(request.data, self.user, values)
        client = find_named_company(self.sent_fields)
        if known := find_record_to_update(CONNECT, LEAD, values, self.user, self.allows):
            update_known_lead(known, values, self.user, field_translation.NAMES)
            return build_json_response(
                {"status": True, "message": "Lead Update Successful.", "record_id": known.pk}
            )
        lead = create_lead(values, self.user, field_translation.NAMES, owned=values["owner"] is not None)
        convert_into_company(lead, client, self.user)
        return build_json_response({"status": True, "message": "Lead add successful.", "record_id": lead.pk})


class OneLead(WritingView):
    def get_known_fields(self):
        return field_translation.COUNT_IN_CHANGE

    def get(self, request, pk):
        wanted = self.parse_id(pk)
        seen = Lead.objects.present().visible_to(self.user)
        texts = json_rows.get_json_texts(seen.filter(pk=wanted), lead_rows.build_single_lead_shape(self.user))
        if not texts and (into := find_present_survivor(LEAD, self.user, wanted)):
            texts = json_rows.get_json_texts(
                seen.filter(pk=into), lead_rows.build_single_lead_shape(self.user)
            )
        for text in texts:
            return HttpResponse(text, content_type="application/json")
        raise ApiProblem(404, "not_found")

    def put(self, request, pk):
        sent, missing = self.get_body(), "Lead Update Fail."
        lead = get_changeable_lead(self.user, self.parse_id(pk), missing)
        changes = field_translation.get_connect_changes(sent, lead, self.user)
        changes |= custom_field_parsing.parse_custom_values(request.data, self.user, changes, lead)
        client = find_named_company(sent, lead)
        change_lead(lead, drop_won_status(changes, client), self.user, field_translation.NAMES, missing)
        convert_into_company(lead, client, self.user)
        return build_json_response({"status": True, "message": "Lead Update Successful."})

    def delete(self, request, pk):
        missing = "Lead Delete Fail."
        lead = get_changeable_lead(self.user, self.parse_id(pk), missing, merged=False)
        move_lead_to_trash(lead, self.user, missing)
        return build_json_response({"status": True, "message": "Lead Delete Successful."})


class FoundLeads(ConnectView):
    resource = "leads"
    actions = SEARCH
    http_method_names = ["get", "head"]

    def get(self, request):
        return search_leads(
            request.query_params.get("q", "") or request.query_params.get("query", ""), self.user
        )


class FoundByWords(ConnectView):
    """The same with the search words in the URL."""

    resource = "leads"
    actions = SEARCH
    http_method_names = ["get", "head"]

    def get(self, request, text):
        return search_leads(unquote(text), self.user)

    def get_logged_path(self, request):
        return "/api/leads/search/…"


def search_leads(words: str, user: User) -> HttpResponseBase:
    """The leads that contain all words, or those with #tag; by name, without junk."""
    words = words.replace("\0", "").strip()
    if not words:
        raise ApiProblem(400, "no_term", "Search term is required. Use /search/:term or ?q=term")
    rows_seen = Lead.objects.present().visible_to(user)
    ids = list(
        filter_by_words_or_tag(rows_seen, words).order_by("name_key", "id").values_list("pk", flat=True)
    )
    if not ids:
        raise ApiProblem(404, "not_found")
    content = json_rows.stream_by_ids(ids, rows_seen, lead_rows.build_full_shape(user))
    return StreamingHttpResponse(content, content_type="application/json")


def build_page_response(user, wanted: ListRequest) -> HttpResponse:
    """A page with its meta data; the total is exact."""
    texts = get_page_texts(user, wanted)
    if not texts:
        raise ApiProblem(404, "not_found")
    total = count_leads(wanted.leads_queryset(user))
    pages = -(-total // wanted.size)
    meta = build_json_response(
        {
            "page": wanted.page,
            "per_page": wanted.size,
            "total": total,
            "total_pages": pages,
            "has_more": wanted.page < pages,
            "current_page": wanted.page,
            "last_page": pages,
        }
    ).content.decode()
    response = HttpResponse(
        f'{{"data":{json_rows.join_json_array(texts)},"meta":{meta}}}', content_type="application/json"
    )
    response["X-Per-Page"] = str(wanted.size)
    return response


def build_bare_page_response(user, wanted: ListRequest) -> HttpResponseBase:
    """A bare array: of one page, with the total in a header, or of all leads in a different order."""
    if not wanted.page:
        ids = list(ordered_leads_queryset(wanted, user).values_list("pk", flat=True))
        if not ids:
            raise ApiProblem(404, "not_found")
        content = json_rows.stream_by_ids(
            ids, wanted.leads_queryset(user), wanted.narrow_shape(lead_rows.build_listed_shape(user))
        )
        return StreamingHttpResponse(content, content_type="application/json")
    texts = get_page_texts(user, wanted)
    if not texts:
        raise ApiProblem(404, "not_found")
    response = HttpResponse(json_rows.join_json_array(texts), content_type="application/json")
    response["X-Total-Count"] = str(count_leads(wanted.leads_queryset(user)))
    response["X-Per-Page"] = str(wanted.size)
    return response


def get_page_texts(user, wanted: ListRequest) -> list[str]:
    ids = get_page_ids(wanted, user)
    shown = Lead.objects.filter(pk__any=ids).in_order_of(ids)
    return json_rows.get_json_texts(shown, wanted.narrow_shape(lead_rows.build_listed_shape(user)))
