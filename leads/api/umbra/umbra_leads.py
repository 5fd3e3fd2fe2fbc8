"""The Umbra ERP dialect: leads under /v1/crm/leads, JSON in and out, Bearer tokens."""

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from rest_framework import serializers

from accounts.models import User
from crm.api.api_view import ApiView, build_json_response
from crm.api.call_body import LimitedJSON
from crm.api.call_parameters import get_bearer_token, parse_url_number
from crm.api.existing_records import UMBRA, find_record_to_update
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.models import Token
from crm.records.history.merged_records import find_present_survivor
from crm.records.paging.keyset_pages import read_page
from crm.records.paging.sorts import BY_AGE
from leads.api import dialect_fields, lead_writing
from leads.api.exact_counts import count_leads
from leads.api.public_ids import get_public_id, parse_public_id
from leads.api.umbra import lead_rows
from leads.kind import LEAD
from leads.models import Lead, Status

AT_FIRST, MOST, FARTHEST = 50, 500, 10**9
# Of the list of leads.
PARAMETERS = ("status", "assigned_to", "limit", "offset")
# Up to this number, the leads before a page are read along with it.
NEAR = 2_000
WORDS = {
    "no_key": "An access token is needed: Authorization: Bearer <token>.",
    "bad_key": "The access token is not valid.",
    "expired": "The access token has expired.",
    "forbidden": "This token or its user may not do this.",
    "not_found": "Lead not found.",
    "method": "This address does not know the method.",
}


class UmbraView(ApiView):
    parser_classes = [LimitedJSON]

    def get_secret(self, request: HttpRequest) -> str:
        return get_bearer_token(request)

    def get_known_fields(self):
        return UmbraLead().fields

    def build_problem_response(self, problem: ApiProblem) -> HttpResponse:
        body: dict[str, Any] = {"result": "error", "message": WORDS.get(problem.code, problem.message)}
        if problem.errors:
            body["errors"] = problem.errors
        if problem.record is not None:
            body["lead_id"] = get_public_id(problem.record)
        response = build_json_response(body, problem.status)
        if problem.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response


class UmbraLead(serializers.Serializer):
    """A lead. `first_name`, `last_name` and `email` are required to create one and optional to update one."""

    first_name = serializers.CharField(max_length=600)
    last_name = serializers.CharField(max_length=600)
    email = serializers.EmailField(max_length=254)
    company = serializers.CharField(max_length=300, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=60, required=False, allow_blank=True)
    source = serializers.ChoiceField(lead_rows.SOURCE_WORDS, required=False)
    assigned_to = serializers.CharField(max_length=100, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=50_000, required=False, allow_blank=True)
    status = serializers.ChoiceField(lead_rows.STATUS_WORDS, required=False)

    def to_internal_value(self, data: dict[str, Any]) -> dict[str, Any]:
        """Null means none. A company lead has no person's name: sent back, the names stay empty."""
        needed = () if self.partial else ("first_name", "last_name", "email")
        for name, value in [*data.items()]:
            if value is None and name in self.fields and name not in needed:
                data[name] = ""
        if self.partial:
            for name in ("first_name", "last_name", "email"):
                self.fields[name].allow_blank = True
        return super().to_internal_value(data)


# The names of this dialect and the fields of a lead
PLAIN = {
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "company": "company",
    "phone": "phone",
    "notes": "description",
}
NAMES = {column: name for name, column in PLAIN.items()} | {"owner": "assigned_to"}


def clean_umbra_fields(sent: dict[str, Any], *, partial: bool) -> dict[str, Any]:
    read = UmbraLead(data=sent, partial=partial)
    read.is_valid(raise_exception=True)
    return read.validated_data


def get_new_lead_values(sent: dict[str, Any], token: Token) -> dict[str, Any]:
    data = clean_umbra_fields(sent, partial=False)
    values = {column: data[name] for name, column in PLAIN.items() if name in data}
    home = lead_writing.get_token_department(token)
    owner = lead_writing.get_initial_owner(token.user)
    if data.get("assigned_to"):
        owner = find_owner(data["assigned_to"], token.user, None)
    lead_writing.set_owner(values, owner, home)
    status = lead_writing.get_initial_status(values["department"])
    if "status" in data:
        status = find_status(data["status"], status)
    values |= lead_writing.get_status_values(status)
    values["source"] = find_source(data.get("source", "other"))
    return values


def get_umbra_changes(sent: dict[str, Any], lead: Lead, user: User) -> dict[str, Any]:
    # Unchanged values aren't validated: a stored email may be unusual.
    same = {name for name, column in PLAIN.items() if name in sent and sent[name] == getattr(lead, column)}
    data = clean_umbra_fields({name: value for name, value in sent.items() if name not in same}, partial=True)
    values = {column: data[name] for name, column in PLAIN.items() if name in data}
    if "assigned_to" in data and data["assigned_to"] != lead_rows.build_public_user_id(lead.owner_id):
        lead_writing.set_owner(values, find_owner(data["assigned_to"], user, lead), lead.department)
    if "status" in data:
        status = find_status(data["status"], lead.status)
        if status.pk != lead.status_id:
            values |= lead_writing.get_status_values(status)
    if "source" in data and data["source"] != get_source_word(lead):
        values["source"] = find_source(data["source"])
    return values


def find_owner(text: str, user: User, lead: Lead | None) -> User | None:
    pk = lead_rows.parse_user_id(text) if text else 0
    return lead_writing.get_assignable_owner(-1 if pk is None else pk, user, lead, "assigned_to")


def find_status(word: str, present: Status) -> Status:
    """The lead keeps its status if this word already describes it."""
    if lead_rows.WORD_OF_KIND[present.kind] == word:
        return present
    found = lead_rows.find_status_by_word(word, present.pipeline_id)
    if found is None:
        raise build_invalid_problem(status=f"There is no status for {word} in this pipeline.")
    return found


def get_source_word(lead: Lead) -> str:
    kind = lead.source.kind
    return kind if kind in lead_rows.SOURCE_WORDS else "other"


def find_source(word: str):
    found = lead_rows.find_source_by_word(word)
    if found is None:
        raise build_invalid_problem(source="There is no source in use.")
    return found


class Leads(UmbraView):
    resource = "leads"

    def get(self, request):
        self.set_ignored_parameters_header(PARAMETERS, [*dialect_fields.UMBRA, *dialect_fields.UMBRA_ONE])
        statuses, owner = find_status_ids(request.query_params), request.query_params.get("assigned_to", "")
        found = Lead.objects.present()
        if statuses is not None:
            found = found.in_statuses(statuses)
        if owner:
            # An unknown or invisible owner simply has no leads, which reveals nothing about them.
            found = found.owned_by(lead_rows.parse_user_id(owner) or 0)
        limit = parse_number(request.query_params, "limit", AT_FIRST, 1, MOST)
        offset = parse_number(request.query_params, "offset", 0, 0, FARTHEST)
        ids = get_newest_ids(found, self.user, statuses, offset, limit)
        rows = Lead.objects.filter(pk__any=ids).order_by("-created_at", "-pk")
        body = {"result": "success", "leads": lead_rows.build_lead_rows(rows, lead_rows.LISTED)}
        return build_json_response(body | {"total_count": count_leads(found.visible_to(self.user))})

    def post(self, request):
        owned = bool(self.sent_fields.get("assigned_to"))
        values = get_new_lead_values(self.sent_fields, self.token)
        if known := find_record_to_update(UMBRA, LEAD, values, self.user, self.allows):
            lead_writing.update_known_lead(known, values, self.user, NAMES)
            return build_written_response(known.pk, "Lead updated successfully.")
        lead = lead_writing.create_lead(values, self.user, NAMES, owned=owned)
        return build_written_response(lead.pk, "Lead created successfully.")


def build_written_response(pk: int, message: str) -> HttpResponse:
    return build_json_response({"result": "success", "lead_id": get_public_id(pk), "message": message})


class OneLead(UmbraView):
    resource = "leads"

    def get(self, request, pk):
        wanted = parse_lead_id(pk)
        seen = Lead.objects.present().visible_to(self.user)
        found = lead_rows.build_lead_rows(seen.filter(pk=wanted), lead_rows.ONE)
        if not found and (into := find_present_survivor(LEAD, self.user, wanted)):
            found = lead_rows.build_lead_rows(seen.filter(pk=into), lead_rows.ONE)
        for lead in found:
            return build_json_response({"result": "success", "lead": lead})
        raise ApiProblem(404, "not_found")

    def put(self, request, pk):
        sent = self.sent_fields
        lead = lead_writing.get_changeable_lead(self.user, parse_lead_id(pk))
        if not set(sent) & set(UmbraLead().fields):
            raise ApiProblem(400, "empty", f"Send at least one of {', '.join(UmbraLead().fields)}.")
        lead_writing.change_lead(lead, get_umbra_changes(sent, lead, self.user), self.user, NAMES, "")
        return build_json_response({"result": "success", "message": "Lead updated successfully."})

    def delete(self, request, pk):
        lead_writing.move_lead_to_trash(
            lead_writing.get_changeable_lead(self.user, parse_lead_id(pk), merged=False), self.user, ""
        )
        return build_json_response({"result": "success", "message": "Lead deleted successfully."})


def parse_lead_id(text: str) -> int:
    """The ID in the URL: lead_…, or the number that all dialects accept; 0 for none."""
    return parse_public_id(text) or parse_url_number(text) or 0


def find_status_ids(data: QueryDict) -> list[int] | None:
    """The IDs of the statuses that the word in the URL describes; None without a word."""
    word = data.get("status", "")
    if not word:
        return None
    if word not in lead_rows.GROUPS:
        raise build_invalid_problem(status=f"It is one of {', '.join(lead_rows.STATUS_WORDS)}.")
    return list(Status.objects.of_leads().of_kind(*lead_rows.GROUPS[word]).values_list("pk", flat=True))


def get_newest_ids(rows, user: User, statuses: list[int] | None, offset: int, limit: int) -> list[int]:
    """The IDs of the newest of these leads that the user can see, read like the list on the screen."""
    if offset + limit <= NEAR:
        slices = Lead.scope.build_slices(user, BY_AGE.prefixes)
        if statuses is not None:
            # Each status is read separately, from the index that it leads.
            slices = [replace(part, beside=part.beside & Q(status=pk)) for part in slices for pk in statuses]
        return read_page(rows, slices, BY_AGE, size=offset + limit, descending=True).ids[offset:]
    seen = rows.visible_to(user).order_by("-created_at", "-pk")
    return list(seen.values_list("pk", flat=True)[offset : offset + limit])


def parse_number(data: QueryDict, name: str, at_first: int, least: int, most: int) -> int:
    text = data.get(name, "").strip()
    if not text:
        return at_first
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text) <= most):
        raise build_invalid_problem(**{name: f"It is a number from {least} to {most}."})
    return int(text)
