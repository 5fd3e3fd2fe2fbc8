"""API v2: reading sequences, and the records that are or were in one."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.call_parameters import LARGEST_ID, parse_number_parameter, require_known
from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.token_scopes import TokenResource
from crm.api.v2.documentation.call_parts import BEFORE, LIMIT, call
from crm.api.v2.documentation.field_schemas import build_row_serializer
from crm.api.v2.v2_view import OwnView, format_moment, get_page_before, get_row_or_404
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from leads.models import Lead
from sequences.models import Enrollment, EnrollmentStep, Sequence, SequenceStep
from sequences.models.sequence import SEQUENCED

# Whoever may see records sees the sequences that they are in, as on their pages.
VIEW = Lead.get_right("view")
RESOURCES = [TokenResource("sequences", _("Sequences"), {"get": VIEW}, VIEW)]


def visible_sequences_queryset(user: Any) -> Any:
    """Those for records that the user may view."""
    tables = [table for table in SEQUENCED if user.has_perm(KINDS[table].get_right("view"))]
    return Sequence.objects.active().filter(table_of__in=tables).in_order()


def build_sequence_json(row: Sequence) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "of": row.table_of,
        "turned_on": row.turned_on,
        "sender": row.sender,
        "route": row.route,
        "stop_statuses": row.stop_statuses,
        "steps": [step.as_json for step in row.parsed_steps],
    }


def build_enrollment_json(row: Enrollment) -> dict[str, Any]:
    coming = getattr(row, "coming", None)
    return {
        "id": row.pk,
        "sequence": row.sequence_id,
        "of": row.table_of,
        "record": row.record,
        "author": row.author_id,
        "state": row.state,
        "stop_reason": row.stop_reason,
        "started": row.started,
        "started_at": format_moment(row.started_at),
        "ended_at": format_moment(row.ended_at),
        "next_step": coming.key if coming else "",
        "due_at": format_moment(coming.due_at) if coming else None,
        "steps_done": [_build_done_json(step) for step in row.steps_done.all()],
    }


def _build_done_json(step: EnrollmentStep) -> dict[str, Any]:
    return {
        "key": step.key,
        "done_at": format_moment(step.done_at),
        "outcome": step.outcome,
        "activity": step.activity,
        "task": step.task,
        "reason": get_reason_sentence(step.reason) if step.reason else "",
    }


class StepFields(serializers.Serializer):
    key = build_text_field(help_text="It stays the same when steps are moved or edited.")
    kind = serializers.ChoiceField(SequenceStep.Kind.choices)
    after = build_number_field(help_text="Working days after the step before; 0 is at once.")
    at = build_text_field(help_text="The time of day, such as 09:30, or empty.")
    template = build_number_field(allow_null=True, help_text="Id of the template of an email.")
    in_thread = serializers.BooleanField(help_text="Whether an email is in the thread of those before it.")
    title = build_text_field(help_text="The title of a task or a call.")
    note = build_text_field(help_text="The description of a task or a call.")


SEQUENCE = build_row_serializer(
    "Sequence",
    Sequence,
    {
        "id": "",
        "name": "",
        "of": build_text_field(help_text="The record type: lead or contact."),
        "turned_on": "",
        "sender": "",
        "route": "The mailbox that emails are sent through.",
        "stop_statuses": serializers.ListField(
            child=serializers.IntegerField(),
            help_text="Ids of statuses that end it, in addition to all closed ones.",
        ),
        "steps": StepFields(many=True),
    },
)
DONE = build_row_serializer(
    "SequenceStepDone",
    EnrollmentStep,
    {
        "key": "That of the step.",
        "done_at": "",
        "outcome": "",
        "activity": "Id of the email.",
        "task": "Id of the task or call.",
        "reason": build_text_field(help_text="Why the step was skipped, in words, or empty."),
    },
)
ENROLLMENT = build_row_serializer(
    "Enrollment",
    Enrollment,
    {
        "id": "",
        "sequence": "",
        "of": build_text_field(help_text="The record type: lead or contact."),
        "record": "Id of the record.",
        "author": "Id of the user in whose name the steps are done.",
        "state": "",
        "stop_reason": "Why it stopped before its last step, or empty.",
        "started": "Id of the operation that started it.",
        "started_at": "",
        "ended_at": "",
        "next_step": build_text_field(help_text="The key of the step that comes next, or empty."),
        "due_at": serializers.DateTimeField(allow_null=True, help_text="When it is due."),
        "steps_done": DONE(many=True),
    },
)


@extend_schema_view(
    get=call(
        "List sequences",
        build_response_serializer("Sequences", sequences=SEQUENCE(many=True)),
        name="list_sequences",
        words=(
            "Lists the sequences in their order, each with its steps. Start or stop one for a lead or contact with its own calls, "
            "or for many with a bulk change with the action start_sequence or stop_sequence and the value sequence."
        ),
    )
)
class Sequences(OwnView):
    resource = "sequences"
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        rows = visible_sequences_queryset(self.user)
        return build_json_response({"sequences": [build_sequence_json(row) for row in rows]})


@extend_schema_view(
    get=call(
        "Get a sequence",
        SEQUENCE,
        name="get_sequence",
        errors=[404],
        words="Returns one sequence with its steps.",
    )
)
class OneSequence(OwnView):
    resource = "sequences"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_json_response(
            build_sequence_json(get_row_or_404(visible_sequences_queryset(self.user), pk))
        )


@extend_schema_view(
    get=call(
        "List records in sequences",
        build_response_serializer(
            "Enrollments", enrollments=ENROLLMENT(many=True), next=build_number_field(allow_null=True)
        ),
        name="list_enrollments",
        parameters=[
            LIMIT,
            BEFORE,
            document_query_parameter("sequence", int, "Only those of the sequence with this id."),
            document_query_parameter(
                "of", {"type": "string", "enum": list(SEQUENCED)}, "Only records of this type."
            ),
            document_query_parameter("record", int, "Only those of the record with this id."),
            document_query_parameter(
                "state", {"type": "string", "enum": Enrollment.State.values}, "Only in this state."
            ),
        ],
        words=(
            "Returns the records that are or were in a sequence, as far as the user of the token can see them, newest first. "
            "Follow next until it is null. Those that ended more than a year ago aren't kept."
        ),
    )
)
class Enrollments(OwnView):
    resource = "sequences"
    http_method_names = ["get", "head"]
    parameters = ("limit", "before", "sequence", "of", "record", "state")

    def get(self, request: Any) -> HttpResponse:
        data = request.query_params
        rows = enrollments_to_show_queryset(self.user)
        for name, known in {"of": SEQUENCED, "state": Enrollment.State.values}.items():
            require_known(name, data.get(name, ""), ["", *known])
        numbers = {
            name: parse_number_parameter(name, data[name], LARGEST_ID)
            for name in ("sequence", "record")
            if data.get(name)
        }
        if "sequence" in numbers:
            rows = rows.of_sequence(numbers["sequence"])
        if "record" in numbers:
            rows = rows.with_record(numbers["record"])
        if data.get("of"):
            rows = rows.of_type(data["of"])
        if data.get("state"):
            rows = rows.in_state(data["state"])
        page, following = get_page_before(rows.newest_first(), data)
        return build_json_response(
            {"enrollments": [build_enrollment_json(row) for row in page], "next": following}
        )


@extend_schema_view(
    get=call(
        "Get a record in a sequence",
        ENROLLMENT,
        name="get_enrollment",
        errors=[404],
        words="Returns one record in a sequence with the steps that were done and the one that comes next.",
    )
)
class OneEnrollment(OwnView):
    resource = "sequences"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_json_response(
            build_enrollment_json(get_row_or_404(enrollments_to_show_queryset(self.user), pk))
        )


def enrollments_to_show_queryset(user: Any) -> Any:
    """Those that the user sees, with what is said of them."""
    return Enrollment.objects.visible_to(user).select_related("coming").prefetch_related("steps_done")
