"""API v2: what is done with a lead of the queue: its outcome, skipping it, being given an unassigned one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer, build_text_field
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.custom_fields import parse_custom_fields, translate_custom_field_errors
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.form_values import flatten_sent_values, refuse_wrong_types
from crm.api.v2.record_writing import API
from crm.api.v2.records import get_id_from_url
from crm.api.v2.settings_changes.form_writing import OPERATION
from crm.api.v2.v2_view import Fields, OwnView, get_unknown_parameter_errors, refuse_unknown_parameters
from crm.records.history.jobs import build_query_dict
from crm.records.kinds.reasons import get_reason_sentence
from leads.kind import LEAD
from leads.models import Lead, QueueRules, QueueStep
from leads.queue.api.queue_reading import get_lead_for_queue
from leads.queue.forms import OutcomeForm, SkipForm
from leads.queue.lead_claims import claim_next_lead
from leads.queue.lead_state import ObstacleKind, QueueObstacle, find_obstacle, get_state_mark
from leads.queue.outcome_recording import (
    OutcomeDetails,
    OutcomeRefused,
    record_outcome,
    record_skip,
    restore_skipped_leads,
)
from leads.queue.outcomes import EVERY, QueueOutcome, get_outcome
from leads.queue.status_entry import build_status_form, get_status_changes

SEEN = "The seen of GET /api/v2/queue/{id}. With it, the call is refused if the lead has changed since."
# The status and the code of a problem for each obstacle.
PROBLEMS = {
    ObstacleKind.GIVEN: (409, "busy"),
    # As on the page: others may have taken it since the queue was read.
    ObstacleKind.NOT_CHANGEABLE: (409, "busy"),
    ObstacleKind.DONE: (409, "already_done"),
    ObstacleKind.CHANGED: (412, "changed_since"),
}
OUTCOMES = sorted(EVERY)
# What a status asks for is named with this.
VALUES = "values"
STEP = build_response_serializer("QueueOperation", operation=OPERATION)


class SeenLead(Fields):
    seen = serializers.CharField(required=False, max_length=50, help_text=SEEN)


class OutcomeFields(SeenLead):
    outcome = serializers.ChoiceField(OUTCOMES, help_text="One of those that the lead has.")
    note = build_text_field(required=False, allow_blank=True, help_text="How it went.")
    day = serializers.DateField(required=False, help_text="The day of the next call; without it, as planned.")
    at = serializers.TimeField(required=False, help_text="Its time, on the clock of the user of the token.")
    values = serializers.DictField(
        required=False, help_text="What the status of the outcome asks for, by the names in asks."
    )


class SkipFields(SeenLead):
    reason = serializers.ChoiceField(QueueStep.Reason.choices, default=QueueStep.Reason.LATER)


def lock_seen_lead(view: OwnView, pk: str, sent: dict[str, Any]) -> Lead:
    """The lead, locked, if the user may still decide about it. Raises Problem 404, 403, 409 or 412."""
    Lead.objects.present().visible_to(view.user).lock_one(get_id_from_url(LEAD, pk))
    lead = get_lead_for_queue(view, pk)
    if obstacle := find_obstacle(view.user, lead, sent.get("seen", get_state_mark(lead))):
        raise build_obstacle_problem(obstacle)
    return lead


def build_obstacle_problem(obstacle: QueueObstacle) -> ApiProblem:
    status, code = PROBLEMS[obstacle.kind]
    named = {"seen": [obstacle.sentence]} if status == 412 else {}
    return ApiProblem(status, code, obstacle.sentence, named)


@extend_schema_view(
    post=call(
        "Log the outcome of a lead in the queue",
        STEP,
        name="log_queue_outcome",
        sends=OutcomeFields,
        parameters=[IDEMPOTENT],
        errors=[404, 412],
        example={"outcome": "no_answer", "note": "Mailbox full"},
        words=(
            "Records what came of a lead, as the page Queue does, in one operation that can be undone: the call is logged, the tasks "
            "that are due are completed or put off, the next one is planned, and the lead moves to another status, as the outcome says. "
            "An unassigned lead becomes the user's. What the status asks for is sent in values."
        ),
    )
)
class LogOutcome(OwnView):
    resource = "leads"
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = OutcomeFields.read(self.sent_fields)
        lead = lock_seen_lead(self, pk, sent)
        chosen = get_outcome(lead, sent["outcome"])
        if chosen is None:
            raise build_invalid_problem(outcome="This lead doesn't have this outcome now.")
        form = self.fill_outcome_form()
        changes = read_status_changes(lead, chosen, sent.get(VALUES, {}), self.user)
        details = OutcomeDetails(**form.cleaned_data, changes=changes)
        try:
            record = record_outcome(self.user, lead, chosen, details, channel=API)
        except OutcomeRefused as refused:
            raise build_invalid_problem(
                __all__=" ".join(get_reason_sentence(code, LEAD) for code in refused.codes)
            ) from refused
        return build_json_response({"operation": record.pk})

    def fill_outcome_form(self) -> OutcomeForm:
        """The note, the day and the time. Raises Problem 422."""
        told: dict[str, Any] = {
            name: self.sent_fields[name] for name in ("note", "day", "at") if name in self.sent_fields
        }
        form = OutcomeForm(build_query_dict(flatten_sent_values(told)), user=self.user)
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors)
        return form


def read_status_changes(
    lead: Lead, chosen: QueueOutcome, values: dict[str, Any], user: Any
) -> dict[str, Any] | None:
    """What the lead gets with the status of the outcome; None if it stays in its own. Raises Problem 422."""
    blank = build_status_form(user, lead, chosen)
    try:
        with translate_custom_field_errors(LEAD, user):
            named = parse_custom_fields(LEAD, values, user)
            known = blank.fields if blank else {}
            if wrong := get_unknown_parameter_errors(named, known):
                raise build_invalid_problem(**wrong)
            if blank is None or not blank.fields:
                return get_status_changes(blank, chosen) if blank else None
            refuse_wrong_types(blank, named)
            form: Any = build_status_form(user, lead, chosen, build_query_dict(flatten_sent_values(named)))
            if not form.is_valid():
                raise build_invalid_form_problem(form.errors)
            return get_status_changes(form, chosen)
    except ApiProblem as problem:
        problem.errors = {f"{VALUES}.{name}": texts for name, texts in problem.errors.items()}
        raise


@extend_schema_view(
    post=call(
        "Skip a lead in the queue",
        STEP,
        name="skip_queue_lead",
        sends=SkipFields,
        parameters=[IDEMPOTENT],
        errors=[404, 412],
        example={"reason": "later"},
        words=(
            "Takes a lead out of the queue of the token's user until tomorrow, or until its next task of today, in one operation that "
            "can be undone. The lead itself stays as it is."
        ),
    )
)
class SkipLead(OwnView):
    resource = "leads"
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = SkipFields.read(self.sent_fields)
        lead = lock_seen_lead(self, pk, sent)
        form = SkipForm({"reason": sent["reason"]})
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors)
        record = record_skip(self.user, lead, form.cleaned_data["reason"], channel=API)
        return build_json_response({"operation": record.pk})


@extend_schema_view(
    post=call(
        "Restore skipped leads to the queue",
        STEP,
        name="restore_skipped_leads",
        parameters=[IDEMPOTENT],
        errors=[413, 415],
        words="Brings the leads that the user has skipped today back into the queue. The call has no body.",
    )
)
class RestoreSkipped(OwnView):
    resource = "leads"
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        record = restore_skipped_leads(self.user, channel=API)
        return build_json_response({"operation": record and record.pk})


@extend_schema_view(
    post=call(
        "Claim an unassigned lead",
        build_response_serializer(
            "QueueClaim",
            lead=build_number_field(allow_null=True, help_text="Id of the lead; null if none is waiting."),
        ),
        name="claim_lead",
        parameters=[IDEMPOTENT],
        errors=[413, 415],
        words=(
            "Gives the next unassigned lead to the token's user, who is the only one to get it for a while: others who ask at the same time "
            "get other leads. It becomes theirs with its first outcome. A user who was given one before gets the same again. The call has no "
            "body."
        ),
    )
)
class ClaimLead(OwnView):
    resource = "leads"
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        return build_json_response({"lead": claim_next_lead(self.user, QueueRules.get_current())})
