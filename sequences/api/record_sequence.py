"""API v2: starting a sequence for a lead or contact, and stopping the one that it is in, with the permissions of its page."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer
from crm.api.problems import build_invalid_problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.records import get_changeable_record, get_id_from_url
from crm.api.v2.v2_view import OWN_PREFIX, Fields, OwnView
from crm.records.history.verb_execution import Outcome, carry_out
from crm.records.kinds.reasons import get_reason_sentence
from sequences.models import Enrollment, Sequence
from sequences.record_page.start_preview import find_start_problem
from sequences.verbs import StartSequence, StopSequence


class StartFields(Fields):
    sequence = serializers.IntegerField(**NUMBER, help_text="Id of a sequence that is turned on.")
    again = serializers.BooleanField(
        default=False,
        help_text="true starts it also for a record that was in this sequence before. It gets the same emails again.",
    )


# Once for both record types, because the documentation has one name for each.
STARTED = build_response_serializer(
    "SequenceStarted",
    enrollment=build_number_field(help_text="Ask GET /api/v2/enrollments/{id} what comes next."),
    operation=build_number_field(help_text="Id of the operation, which can be undone."),
)
STOPPED = build_response_serializer(
    "SequenceStopped",
    operation=build_number_field(
        allow_null=True, help_text="Id of the operation; null if it was in no sequence."
    ),
)


class RecordSequence(OwnView):
    http_method_names = ["post", "delete"]
    actions = {"POST": "put", "DELETE": "put"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = StartFields.read(self.sent_fields)
        record = get_changeable_record(self, get_id_from_url(self.kind, pk))
        sequence = Sequence.objects.active().of_type(self.kind.name).filter(pk=sent["sequence"]).first()
        if sequence is None:
            raise build_invalid_problem(sequence="There is no sequence with this id for such records.")
        verb = StartSequence(sequence, self.user, again=sent["again"])
        if problem := find_start_problem(verb, record):
            raise build_invalid_problem(sequence=problem)
        # Another call may start one in between; one that fails writes nothing, not even that the record was refused.
        with transaction.atomic():
            outcome = self.carry_out(verb, record)
            for code in outcome.refused:
                raise build_invalid_problem(sequence=str(get_reason_sentence(code, self.kind)))
        enrollment = Enrollment.objects.running().of_record(record.table, record.pk).get()
        self.headers["Location"] = f"{OWN_PREFIX}enrollments/{enrollment.pk}"
        return build_json_response({"enrollment": enrollment.pk, "operation": outcome.operation.pk}, 201)

    def delete(self, request: HttpRequest, pk: str) -> HttpResponse:
        record = get_changeable_record(self, get_id_from_url(self.kind, pk))
        outcome = self.carry_out(StopSequence(), record)
        return build_json_response({"operation": outcome.operation.pk if outcome.changed else None})

    def carry_out(self, verb: StartSequence | StopSequence, record: Any) -> Outcome:
        rows = type(record).objects.present().changeable_by(self.user)
        return carry_out(verb, rows, by=self.user, wanted=[record.pk], channel=API)


def build_sequence_call(kind_name: str) -> type[RecordSequence]:
    """The two calls for one record type, with their documentation."""
    names = {"kind_name": kind_name, "resource": f"{kind_name}s"}
    view: Any = type(f"{kind_name.title()}Sequence", (RecordSequence,), names)
    document = extend_schema_view(
        post=call(
            f"Start a sequence for a {kind_name}",
            STARTED,
            name=f"start_{kind_name}_sequence",
            sends=StartFields,
            made=True,
            parameters=[IDEMPOTENT],
            errors=[404],
            words=(
                "Starts it as the page of the record does. If it can't start, the answer is 422 with the sentence that the "
                "page shows. The first step is done in the next working time of its sender."
            ),
        ),
        delete=call(
            f"Stop the sequence of a {kind_name}",
            STOPPED,
            name=f"stop_{kind_name}_sequence",
            errors=[404],
            words="Ends the sequence that the record is in. Nothing more is sent; an open task stays.",
        ),
    )
    return document(view)


LeadSequence, ContactSequence = map(build_sequence_call, ("lead", "contact"))
