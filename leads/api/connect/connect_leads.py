"""The CRM Connect dialect: leads under /api/leads, the token in the authtoken header or in the URL."""

from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from accounts.models import User
from crm.api import json_rows
from crm.api.api_view import ApiView, answer
from crm.api.call_parameters import bearer, number_of
from crm.api.existing_records import CONNECT, known_as
from crm.api.problems import Problem
from crm.records.history.merged_redirects import present_survivor
from leads.api import dialect_fields
from leads.api.connect import custom_field_parsing, field_translation, lead_rows
from leads.api.connect.client_ids import client_named, link, without_won
from leads.api.connect.lead_pages import ids_of_page, in_order
from leads.api.connect.list_requests import PARAMETERS, Asked, asked, matching
from leads.api.exact_counts import count
from leads.api.lead_writing import change, changeable_lead, create, remove, update_known
from leads.kind import LEAD
from leads.models import Lead

NOTHING = "No data were found"
SEARCH = {"GET": "search", "HEAD": "search"}
FORBIDDEN = "Your API token does not have the necessay permissions for the requested operation"


class ConnectView(ApiView):
    """Its problems: the original's texts, with codes that its clients don't mistake for an empty response."""

    def secret(self, request: HttpRequest) -> str:
        own = request.headers.get("authtoken", "") or request.GET.get("authtoken", "")
        return own or bearer(request)

    def refused(self, problem: Problem) -> HttpResponse:
        if problem.code == "method":
            return answer({"status": False, "error": problem.message}, problem.status)
        if problem.code == "invalid" and problem.errors:
            first = {name: sentences[0] for name, sentences in problem.errors.items()}
            body = {
                "status": False,
                "error": "validation_failed",
                "message": problem.message,
                "errors": first,
            }
            return answer(body, problem.status)
        message = FORBIDDEN if problem.code == "forbidden" else problem.message
        if problem.code == "not_found" and message in ("", "Not found."):
            message = NOTHING
        more = {} if problem.record is None else {"record_id": problem.record}
        return answer({"status": False, "message": message, **more}, problem.status)

    def numbered(self, text: str, thing: str = "Lead") -> int:
        """The ID in the URL. Raises Problem 404 if it isn't a number."""
        number = number_of(text)
        if number is None:
            raise Problem(404, "not_found", f"Invalid {thing} ID")
        return number

    def body(self) -> dict:
        """The body of a PUT. Raises Problem 406 if it is empty."""
        sent = self.sent
        if not sent:
            raise Problem(406, "empty", "Data Not Acceptable OR Not Provided")
        return sent


class WritingView(ConnectView):
    """Its bodies have custom fields, which have their own names for what was ignored."""

    resource = "leads"

    def ignored_fields(self):
        return custom_field_parsing.ignored(super().ignored_fields(), self.request.data, self.user)


class Leads(WritingView):
    def known_fields(self):
        return field_translation.COUNT_IN_NEW

    def get(self, request):
        self.tell_ignored(PARAMETERS, dialect_fields.CONNECT_LISTED)
        wanted = asked(request.query_params)
        if not wanted.page and not wanted.sorts:
            return self.everything(wanted)
        return bare_page(self.user, wanted) if wanted.bare else page(self.user, wanted)

    def everything(self, wanted: Asked) -> StreamingHttpResponse:
        found = wanted.rows(self.user)
        if not found.order_by().exists():
            raise Problem(404, "not_found")
        content = json_rows.stream_by_id(found, wanted.shape(lead_rows.listed(self.user)))
        return StreamingHttpResponse(content, content_type="application/json")

    def post(self, request):
        values = field_translation.values_of_new(self.sent, self.token)
        values |= custom_field_parsing.values_of(request.data, self.user, values)
        client = client_named(self.sent)
        if known := known_as(CONNECT, LEAD, values, self.user, self.allows):
            update_known(known, values, self.user, field_translation.NAMES)
            return answer({"status": True, "message": "Lead Update Successful.", "record_id": known.pk})
        lead = create(values, self.user, field_translation.NAMES, owned=values["owner"] is not None)
        link(lead, client, self.user)
        return answer({"status": True, "message": "Lead add successful.", "record_id": lead.pk})


class OneLead(WritingView):
    def known_fields(self):
        return field_translation.COUNT_IN_CHANGE

    def get(self, request, pk):
        wanted = self.numbered(pk)
        seen = Lead.objects.present().visible_to(self.user)
        texts = json_rows.texts(seen.filter(pk=wanted), lead_rows.one(self.user))
        if not texts and (into := present_survivor(LEAD, self.user, wanted)):
            texts = json_rows.texts(seen.filter(pk=into), lead_rows.one(self.user))
        for text in texts:
            return HttpResponse(text, content_type="application/json")
        raise Problem(404, "not_found")

    def put(self, request, pk):
        sent, missing = self.body(), "Lead Update Fail."
        lead = changeable_lead(self.user, self.numbered(pk), missing)
        changes = field_translation.changes_of(sent, lead, self.user)
        changes |= custom_field_parsing.values_of(request.data, self.user, changes, lead)
        client = client_named(sent, lead)
        change(lead, without_won(changes, client), self.user, field_translation.NAMES, missing)
        link(lead, client, self.user)
        return answer({"status": True, "message": "Lead Update Successful."})

    def delete(self, request, pk):
        missing = "Lead Delete Fail."
        lead = changeable_lead(self.user, self.numbered(pk), missing, merged=False)
        remove(lead, self.user, missing)
        return answer({"status": True, "message": "Lead Delete Successful."})


class FoundLeads(ConnectView):
    resource = "leads"
    actions = SEARCH
    http_method_names = ["get", "head"]

    def get(self, request):
        return found(request.query_params.get("q", "") or request.query_params.get("query", ""), self.user)


class FoundByWords(ConnectView):
    """The same with the search words in the URL."""

    resource = "leads"
    actions = SEARCH
    http_method_names = ["get", "head"]

    def get(self, request, text):
        return found(unquote(text), self.user)

    def logged_path(self, request):
        return "/api/leads/search/…"


def found(words: str, user: User) -> HttpResponseBase:
    """The leads that contain all words, or those with #tag; by name, without junk."""
    words = words.replace("\0", "").strip()
    if not words:
        raise Problem(400, "no_term", "Search term is required. Use /search/:term or ?q=term")
    rows_seen = Lead.objects.present().visible_to(user)
    ids = list(matching(rows_seen, words).order_by("name_key", "id").values_list("pk", flat=True))
    if not ids:
        raise Problem(404, "not_found")
    content = json_rows.stream_of_ids(ids, rows_seen, lead_rows.found(user))
    return StreamingHttpResponse(content, content_type="application/json")


def page(user, wanted: Asked) -> HttpResponse:
    """A page with its meta data; the total is exact."""
    texts = page_texts(user, wanted)
    if not texts:
        raise Problem(404, "not_found")
    total = count(wanted.rows(user))
    pages = -(-total // wanted.size)
    meta = answer(
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
        f'{{"data":{json_rows.array(texts)},"meta":{meta}}}', content_type="application/json"
    )
    response["X-Per-Page"] = str(wanted.size)
    return response


def bare_page(user, wanted: Asked) -> HttpResponseBase:
    """A bare array: of one page, with the total in a header, or of all leads in a different order."""
    if not wanted.page:
        ids = list(in_order(wanted, user).values_list("pk", flat=True))
        if not ids:
            raise Problem(404, "not_found")
        content = json_rows.stream_of_ids(ids, wanted.rows(user), wanted.shape(lead_rows.listed(user)))
        return StreamingHttpResponse(content, content_type="application/json")
    texts = page_texts(user, wanted)
    if not texts:
        raise Problem(404, "not_found")
    response = HttpResponse(json_rows.array(texts), content_type="application/json")
    response["X-Total-Count"] = str(count(wanted.rows(user)))
    response["X-Per-Page"] = str(wanted.size)
    return response


def page_texts(user, wanted: Asked) -> list[str]:
    ids = ids_of_page(wanted, user)
    shown = Lead.objects.filter(pk__any=ids).in_order_of(ids)
    return json_rows.texts(shown, wanted.shape(lead_rows.listed(user)))
