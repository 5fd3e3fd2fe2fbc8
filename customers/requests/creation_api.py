"""API v2: making a lead or a deal of a request, as the buttons on its page do."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer
from crm.api.problems import ApiProblem
from crm.api.token_scopes import has_token_right
from crm.api.v2.custom_fields import translate_custom_field_errors
from crm.api.v2.documentation.call_parts import WRONG, call
from crm.api.v2.form_values import refuse_wrong_types
from crm.api.v2.record_writing import API, build_refusal_problem, parse_writable_fields, refuse_errors
from crm.api.v2.records import get_changeable_record, get_id_from_url, lock_changeable_record
from crm.api.v2.v2_view import OWN_PREFIX, Fields, OwnView
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import carry_out, judge
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from customers.models import Request
from customers.requests.deal_creation import MakeDeal, needs_lead
from customers.requests.lead_creation import build_add_verb, build_lead_form
from customers.requests.verbs import CreateLead
from leads.kind import LEAD

# A request becomes these only once.
ONCE = ("has_lead", "has_deal")
# What comes of a request, in the order of an answer.
MADE = ("lead", "company", "contact", "deal")
VALUES = (
    "Values for the lead instead of those that the request proposes, by their names in POST /api/v2/leads."
)


class CreationFields(Fields):
    """The body, which may be empty."""

    lead = serializers.DictField(required=False, help_text=VALUES)
    preview = serializers.BooleanField(
        default=False, help_text="true says what would be made and changes nothing."
    )


class RequestCreation(OwnView):
    """`made` is the record type that comes of the request."""

    kind_name = "request"
    resource = "requests"
    made: ClassVar[str]
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def build_verb(self, row: Request, lead: dict[str, Any]) -> MakeDeal | CreateLead:
        """`lead` are the values that were sent for one. Raises Problem 409, or 422 for them."""
        if getattr(row, f"{self.made}_id"):
            raise ApiProblem(409, "already_done", get_reason_sentence(f"has_{self.made}"))
        if self.made == LEAD.name:
            return CreateLead(build_add_verb(row, get_lead_values(row, lead, self.user)), self.user)
        return MakeDeal(row, get_lead_values(row, lead, self.user) if needs_lead(row, self.user) else None)

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = CreationFields.read(self.sent_fields)
        self.require_adding([self.made])
        number = get_id_from_url(self.kind, pk)
        if sent["preview"]:
            self.require_right("get", "A preview shows records: this token or its user may not read them.")
            return self.preview(get_changeable_record(self, number), sent.get("lead", {}))
        row = lock_changeable_record(self, number)
        verb, rows = self.build_verb(row, sent.get("lead", {})), self.changeable_queryset(row)
        refuse(judge(verb, rows, by=self.user))
        self.require_adding(verb.get_added_kinds())
        outcome = carry_out(verb, rows, by=self.user, channel=API)
        refuse(outcome)
        # Someone may have changed in between what matches the sender.
        self.require_adding(added := verb.get_added_kinds())
        row.refresh_from_db()
        self.headers["Location"] = f"{OWN_PREFIX}{KINDS[self.made].urls}/{get_made_ids(row)[self.made]}"
        return build_json_response(build_creation_json(outcome.operation, get_made_ids(row), added), 201)

    def preview(self, row: Request, lead: dict[str, Any]) -> HttpResponse:
        made, added = get_made_ids(row), list[str]()
        problems: dict[str, list[str]] = {}
        try:
            verb = self.build_verb(row, lead)
            refuse(judge(verb, self.changeable_queryset(row), by=self.user))
        except ApiProblem as problem:
            problems = problem.errors or {"__all__": [problem.message]}
        else:
            added = verb.get_added_kinds()
            if isinstance(verb, MakeDeal):
                made |= {name: verb.get_known_id(name) for name in ("company", "contact")}
        return build_json_response(build_creation_json(None, made, added, problems))

    def changeable_queryset(self, row: Request) -> Any:
        return Request.objects.present().changeable_by(self.user).filter(pk=row.pk)

    def require_adding(self, kinds: Iterable[str]) -> None:
        """Raises Problem 403 unless the token may add one of each of these record types."""
        for name in kinds:
            if not has_token_right(self.token, f"{KINDS[name].urls}.post"):
                sentence = f"This token or its user may not add {KINDS[name].urls}."
                raise ApiProblem(403, "forbidden", sentence)


def get_made_ids(row: Request) -> dict[str, int | None]:
    return {name: getattr(row, f"{name}_id") for name in MADE}


def refuse(outcome: Outcome) -> None:
    """Raises Problem 409 if the request has become this before, or 422 for another refusal."""
    for code in outcome.refused:
        if code in ONCE:
            raise ApiProblem(409, "already_done", get_reason_sentence(code))
        raise build_refusal_problem(KINDS[Request.table], [code])


def get_lead_values(row: Request, named: dict[str, Any], user: Any) -> dict[str, Any]:
    """All values of the lead that the request becomes, with those that a program names. Raises Problem 422."""
    with name_lead_in_errors(), translate_custom_field_errors(LEAD, user):
        values = parse_writable_fields(LEAD, named, user)
        refuse_wrong_types(build_lead_form(row, user), values)
        form = build_lead_form(row, user, named=values)
        refuse_errors(form, values)
    return form.get_values()


@contextmanager
def name_lead_in_errors() -> Iterator[None]:
    """Errors are about fields of the lead in the body."""
    try:
        yield
    except ApiProblem as problem:
        problem.errors = {
            "lead" if name == "__all__" else f"lead.{name}": texts for name, texts in problem.errors.items()
        }
        raise


def build_creation_json(
    operation: Any,
    made: dict[str, int | None],
    added: list[str],
    problems: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    listed = [
        {"parameter": None if name == "__all__" else name, "detail": text}
        for name, texts in (problems or {}).items()
        for text in texts
    ]
    return {"operation": operation and operation.pk, **made, "added": added, "problems": listed}


CREATED = build_response_serializer(
    "RequestCreation",
    operation=build_number_field(
        allow_null=True, help_text="Id of the operation, which can be undone; null for a preview."
    ),
    **{
        name: build_number_field(allow_null=True, help_text=f"Id of the {name} of the request.")
        for name in MADE
    },
    added=serializers.ListField(
        child=serializers.ChoiceField(MADE),
        help_text="Which of them are new. Those of a preview have no id yet.",
    ),
    problems=WRONG(many=True, help_text="Only in a preview: why the same call without it would be refused."),
)
WORDS = {
    "lead": (
        "Adds a lead with what the request says, as the page does, and links the request to it, which is done then. If a lead needs "
        "more than that, the answer is 422 with the missing fields: send them in lead. For a request that has a lead, the answer is "
        "409 with the code already_done. The token also needs the right to add leads. With preview, nothing changes; GET "
        "/api/v2/requests/{id}/links has the records that match the sender."
    ),
    "deal": (
        "Adds a deal, as the page does, with the company and contact of the request: those that are linked or match the sender, else "
        "new ones. If company and person aren't known well enough, a lead is added with the deal; only then, lead has values for it. "
        "If several companies or contacts match, the answer is 422: link the right ones first. For a request that has a deal, it is "
        "409 with the code already_done. The token also needs the right to add each record in added. With preview, nothing changes."
    ),
}


def build_creation_call(made: str, example: dict[str, Any]) -> type[RequestCreation]:
    """The call that makes a record of this type, with its documentation."""
    view: Any = type(f"RequestCreationOf{made.title()}", (RequestCreation,), {"made": made})
    document = extend_schema_view(
        post=call(
            f"Make a {made} of a request",
            CREATED,
            name=f"make_{made}",
            sends=CreationFields,
            made=True,
            previews=True,
            parameters=[IDEMPOTENT],
            errors=[404],
            example=example,
            words=WORDS[made],
        )
    )
    return document(view)


MakeLeadCall = build_creation_call("lead", {"lead": {"city": "Cluj-Napoca"}})
MakeDealCall = build_creation_call("deal", {"preview": True})
urlpatterns = [
    path("requests/<str:pk>/make-lead", MakeLeadCall.as_view(), name="own_request_lead"),
    path("requests/<str:pk>/make-deal", MakeDealCall.as_view(), name="own_request_deal"),
]
