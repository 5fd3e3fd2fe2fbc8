"""API v2: who a request is from: the records that it is linked to, those that match the sender, and linking to one of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.problems import ApiProblem, build_invalid_form_problem
from crm.api.token_scopes import has_token_right
from crm.api.v2.documentation.call_parts import ETAG, IF_MATCH, call
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_page.visible_record import get_visible_record
from crm.api.v2.record_writing import API, build_refusal_problem
from crm.api.v2.records import get_id_from_url, lock_changeable_record
from crm.api.v2.settings_changes.form_writing import OPERATION
from crm.api.v2.v2_view import Fields, OwnView
from crm.records.history.jobs import build_query_dict
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Edit
from crm.records.kinds.kind_registry import KINDS
from customers.models import Request
from customers.models.request import LINKED
from customers.requests.sender_matches import LinkForm, LinkPlace, build_link_places, get_link_changes


def build_link_field(name: str) -> serializers.Field:
    return serializers.IntegerField(
        **NUMBER, required=False, allow_null=True, help_text=f"Id of a {name}; null removes the link."
    )


class LinkFields(Fields):
    """What isn't sent stays."""

    lead = build_link_field("lead")
    company = build_link_field("company")
    contact = build_link_field("contact")


LINKED_RECORD = build_response_serializer("LinkedRecord", id=build_number_field(), name=build_text_field())
MATCH = build_response_serializer(
    "SenderMatch",
    id=build_number_field(),
    name=build_text_field(),
    reasons=serializers.ListField(
        child=build_text_field(),
        help_text="Why it may be meant: email, domain, company_name, phone or name.",
    ),
)
LINK = build_response_serializer(
    "RequestLink",
    linked=LINKED_RECORD(allow_null=True, help_text="The record that the request is linked to."),
    matches=MATCH(
        many=True,
        help_text="The records that match the sender, the best first, if none is linked and the token may change the request and read them.",
    ),
)
LINKS = build_response_serializer("RequestLinks", **{name: LINK() for name in LINKED})
WRITTEN = build_response_serializer(
    "RequestLinked",
    operation=OPERATION,
    **{name: build_number_field(allow_null=True, help_text=f"Id of the linked {name}.") for name in LINKED},
)


@extend_schema_view(
    get=call(
        "Get the links of a request",
        LINKS,
        name="get_request_links",
        parameters=[ETAG],
        errors=[404],
        words=(
            "Returns the lead, company and contact that a request is linked to, and for each that is missing the records that match its "
            "sender, with the reasons, as its page does. The deal that was made of it is in the request itself."
        ),
    ),
    patch=call(
        "Change the links of a request",
        WRITTEN,
        name="change_request_links",
        sends=LinkFields,
        parameters=[IF_MATCH, ETAG],
        errors=[404, 412],
        example={"contact": 17},
        words=(
            "Links a request to records, or removes links, in one operation, as its page does: a contact brings its company, unless the "
            "request has one or company is sent. The user of the token must be able to see the records."
        ),
    ),
)
class RequestLinks(OwnView):
    kind_name = "request"
    resource = "requests"
    http_method_names = ["get", "head", "patch"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = get_visible_record(self, pk)
        may = self.allows("put") and self.changeable_queryset(row.pk).exists()
        places = {place.name: place for place in build_link_places(row, self.user, may_change=may)}
        self.headers["ETag"] = build_etag(row.version, self.into)
        return build_json_response({name: self.build_link_json(places.get(name)) for name in LINKED})

    def build_link_json(self, place: LinkPlace | None) -> dict[str, Any]:
        linked = place.linked if place else None
        reads = place is not None and has_token_right(self.token, f"{KINDS[place.name].urls}.get")
        return {
            "linked": linked and {"id": linked.pk, "name": str(linked)},
            "matches": [
                {"id": match.record.pk, "name": str(match.record), "reasons": list(match.reasons)}
                for match in (place.matches if place and reads else ())
            ],
        }

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = LinkFields.read(self.sent_fields)
        if hidden := [name for name in sent if not self.user.has_perm(LINKED[name].get_right("view"))]:
            words = f"The user of this token may not see {KINDS[hidden[0]].urls}."
            raise ApiProblem(403, "forbidden", words)
        row = lock_changeable_record(self, get_id_from_url(self.kind, pk))
        check_version(request, row.version)
        operation = self.change(row, sent) if sent else None
        row.refresh_from_db()
        self.headers["ETag"] = build_etag(row.version)
        links = {name: getattr(row, f"{name}_id") for name in LINKED}
        return build_json_response({"operation": operation and operation.pk, **links})

    def change(self, row: Request, sent: dict[str, Any]) -> Any:
        outcome = carry_out(
            Edit(get_sent_changes(row, sent, self.user)),
            self.changeable_queryset(row.pk),
            by=self.user,
            channel=API,
        )
        if outcome.refused:
            raise build_refusal_problem(self.kind, outcome.refused)
        return outcome.operation

    def changeable_queryset(self, pk: int) -> Any:
        return Request.objects.present().changeable_by(self.user).filter(pk=pk)


def get_sent_changes(row: Request, sent: dict[str, Any], user: Any) -> dict[str, Any]:
    """What the form of the page sets for each of them. Raises Problem 422 for a record that the user doesn't see."""
    changes: dict[str, Any] = {}
    # What is sent counts more than what a contact brings.
    for name in sorted(sent, key=lambda name: name != "contact"):
        label = f"#{sent[name]}" if sent[name] else ""
        form = LinkForm(build_query_dict({name: label}), name=name, user=user)
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors)
        changes |= get_link_changes(row, form, user)
    return changes


urlpatterns = [path("requests/<str:pk>/links", RequestLinks.as_view(), name="own_request_links")]
