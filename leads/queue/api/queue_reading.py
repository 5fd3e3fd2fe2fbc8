"""API v2: the leads that are waiting for a user, in the order of their page, each with why it comes now and what can come of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from accounts.models import User
from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_number_parameter, parse_url_number
from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.documentation.call_parts import LIMIT, call
from crm.api.v2.records import get_id_from_url
from crm.api.v2.v2_view import AT_FIRST, MOST, OwnView, format_moment
from crm.platform.audit.viewing_entries import write_out_of_reach_entry
from crm.records.listing.record_list import get_records_for_page
from leads.kind import LEAD
from leads.models import Lead
from leads.queue.forms import get_viewable_colleagues
from leads.queue.lead_state import find_access_obstacle
from leads.queue.outcomes import QueueOutcome
from leads.queue.priority_reasons import REASONS, QueuePlace, describe_reason
from leads.queue.queue_page import QueuePage
from leads.queue.status_entry import build_status_form
from leads.queue.waiting_leads import get_unassigned_leads

REASON = build_response_serializer(
    "QueueReason",
    reason=serializers.ChoiceField(REASONS),
    at=serializers.DateTimeField(
        help_text="When the task or the first contact is or was due, when the meeting began, or since when the lead is in its status."
    ),
    words=build_text_field(help_text="The reason as the page says it, such as Task 3 days overdue."),
)
PLACE: dict[str, serializers.Field] = {
    "lead": build_number_field(help_text="Id of the lead."),
    "name": build_text_field(),
    "points": build_number_field(help_text="What the order is by: the most come first."),
    "reasons": REASON(many=True, help_text="Why it comes now, the most urgent reason first."),
}
OUTCOME = build_response_serializer(
    "QueueOutcome",
    outcome=build_text_field(help_text="For POST /api/v2/queue/{id}/outcome."),
    label=build_text_field(),
    hint=build_text_field(help_text="What it does."),
    status=build_number_field(allow_null=True, help_text="Id of the status that the lead moves to, if any."),
    asks=serializers.ListField(
        child=build_text_field(), help_text="The fields of the lead that this status asks for, for values."
    ),
)
QUEUE = build_response_serializer(
    "Queue",
    waiting=build_number_field(help_text="How many leads are waiting."),
    done=build_number_field(help_text="How many outcomes the user has recorded today."),
    skipped=build_number_field(help_text="How many leads the user has skipped today."),
    unassigned=build_number_field(
        help_text="How many unassigned leads POST /api/v2/queue/claim could give to the user, once no lead of their own is waiting."
    ),
    leads=build_response_serializer("QueuePlace", **PLACE)(
        many=True, help_text="The first ones, in their order."
    ),
)
LEAD_IN_QUEUE = build_response_serializer(
    "QueueLead",
    **PLACE,
    waiting=serializers.BooleanField(help_text="Whether the lead is in the user’s queue now."),
    seen=build_text_field(
        help_text="The state of the lead. Send it with an outcome, which is refused then if the lead has changed."
    ),
    outcomes=OUTCOME(many=True, help_text="What can come of it. Empty if the user may not decide about it."),
)


def build_place_json(place: QueuePlace | None, lead: Lead) -> dict[str, Any]:
    reasons = place.reasons if place else []
    return {
        "lead": lead.pk,
        "name": str(lead),
        "points": place.points if place else 0,
        "reasons": [
            {"reason": one.code, "at": format_moment(one.moment), "words": describe_reason(one)}
            for one in reasons
        ],
    }


def get_lead_for_queue(view: OwnView, pk: str) -> Lead:
    """A lead that the user sees, with everything that its page in the queue asks about it. Raises Problem 404."""
    number = get_id_from_url(LEAD, pk)
    found: list[Any] = get_records_for_page(LEAD, [number], seen_by=view.user, viewer=view.user, whole=True)
    if not found or found[0].deleted_at:
        write_out_of_reach_entry(Lead.objects, LEAD.name, number)
        raise ApiProblem(404, "not_found")
    return found[0]


def find_place(page: QueuePage, lead: Lead) -> QueuePlace | None:
    """Its place in the queue, also as an unassigned lead that was given to the user."""
    places = page.places
    if page.held_lead_id == lead.pk:
        places = get_unassigned_leads(page.person, page.rules)
    return next((place for place in places if place.lead == lead.pk), None)


@extend_schema_view(
    get=call(
        "Get the queue",
        QUEUE,
        name="get_queue",
        parameters=[
            LIMIT,
            document_query_parameter("user", int, "The id of a colleague. Default: the user of the token."),
        ],
        words=(
            "Returns the leads that are waiting for a user today, in the order of the page Queue, each with why it comes now. Other "
            "users' queues are for users who see departments or everything."
        ),
    )
)
class Queue(OwnView):
    resource = "leads"
    http_method_names = ["get", "head"]
    parameters = ("limit", "user")

    def get(self, request: Any) -> HttpResponse:
        asked = request.query_params
        size = parse_number_parameter("limit", asked.get("limit") or str(AT_FIRST), MOST)
        person = self.get_person(asked.get("user", ""))
        with timezone.override(self.user.zone):
            page = QueuePage(person, self.user)
            places: dict[int, QueuePlace | None] = {place.lead: place for place in page.places}
            if (held := page.held_lead_id) is not None:
                unassigned = {place.lead: place for place in get_unassigned_leads(person, page.rules)}
                places = {held: unassigned.get(held), **places}
            rows = Lead.objects.visible_to(self.user).in_bulk([*places][:size])
            body = {
                "waiting": page.waiting,
                "done": page.done,
                "skipped": page.skipped,
                "unassigned": len(page.unassigned),
                "leads": [build_place_json(places[pk], rows[pk]) for pk in places if pk in rows],
            }
        return build_json_response(body)

    def get_person(self, text: str) -> User:
        """Whose queue it is. Raises Problem 422."""
        if not text or text == str(self.user.pk):
            return self.user
        number = parse_url_number(text)
        if not number or not get_viewable_colleagues(self.user).filter(pk=number).exists():
            sentence = "There is no such user, or the user of the token may not see their queue."
            raise build_invalid_problem(user=sentence)
        return User.objects.with_rights().get(pk=number)


@extend_schema_view(
    get=call(
        "Get a lead of the queue",
        LEAD_IN_QUEUE,
        name="get_queue_lead",
        errors=[404],
        words=(
            "Says why a lead comes now in the queue of the token's user, and what can come of it: the outcomes that its page offers, with "
            "what the status of each asks for."
        ),
    )
)
class QueueLead(OwnView):
    resource = "leads"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        lead = get_lead_for_queue(self, pk)
        decides = self.allows("put") and find_access_obstacle(self.user, lead) is None
        with timezone.override(self.user.zone):
            page = QueuePage(self.user, self.user)
            page.lead = lead
            place = find_place(page, lead)
            body = build_place_json(place, lead) | {
                "waiting": place is not None or page.held_lead_id == lead.pk,
                "seen": page.state_mark,
                "outcomes": [self.build_outcome_json(lead, one) for one in page.outcomes] if decides else [],
            }
        return build_json_response(body)

    def build_outcome_json(self, lead: Lead, outcome: QueueOutcome) -> dict[str, Any]:
        asked = build_status_form(self.user, lead, outcome)
        return {
            "outcome": outcome.code,
            "label": outcome.button_label,
            "hint": str(outcome.hint),
            "status": outcome.status.pk if outcome.status else None,
            "asks": list(asked.fields) if asked else [],
        }
