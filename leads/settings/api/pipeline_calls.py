"""API v2: retiring a pipeline, whose records move to another one, and using it again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer
from crm.api.problems import build_invalid_problem
from crm.api.v2.documentation.call_parts import ETAG, IF_MATCH, STARTED, build_refusals_field, call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import OPERATION
from crm.api.v2.v2_view import Fields, OwnView, refuse_unknown_parameters
from crm.platform import jobs
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.jobs import build_query_dict
from crm.records.history.multi_part_changes import get_too_large_sentence
from leads.models import Pipeline
from leads.settings.api.row_list import RowList, SettingsRows
from leads.settings.api.row_removal import build_refused_problem
from leads.settings.forms.pipelines import PipelineForm
from leads.settings.pipeline_retirement import (
    activate_pipeline,
    carry_out_retirement,
    get_retirement_obstacle,
    pipeline_records_queryset,
    preview_retirement,
)
from leads.settings.retirement import RetirementRefused

DELETE_PERMISSION = "leads.delete_pipeline"


class PipelineRetirementFields(Fields):
    replace_with = serializers.IntegerField(
        **NUMBER,
        required=False,
        help_text="Id of the pipeline that its records get. Required if there are any.",
    )
    statuses = serializers.DictField(
        child=serializers.IntegerField(**NUMBER),
        required=False,
        help_text=(
            "By the id of a status of this pipeline, the id of the one that its records get. Without it, they get one of the same "
            "category."
        ),
    )
    preview = serializers.BooleanField(
        default=False, help_text="true says what would happen to the records and changes nothing."
    )


class RetirePipeline(SettingsRows, OwnView):
    http_method_names = ["post"]
    actions = {"POST": "delete"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        self.require_permissions(DELETE_PERMISSION, "leads.change_lead")
        pipeline = self.get_row(request, pk)
        sent = PipelineRetirementFields.read(self.sent_fields)
        number = pipeline_records_queryset(pipeline).count()
        if refusal := get_retirement_obstacle(pipeline) or get_too_large_sentence(number):
            raise build_refused_problem(refusal)
        data = build_form_data(sent)
        mapping = read_mapping(pipeline, data, sent, self.user) if number else ()
        if sent["preview"]:
            outcome = preview_retirement(pipeline, mapping, self.user)
            refused = {code: len(ids) for code, ids in outcome.refused.items()}
            moved = len(outcome.changed)
            return build_json_response(
                {"operation": None, "retired": moved == number, "stay": number - moved, "refused": refused}
            )
        if number > ROWS_AT_ONCE:
            arguments = {"pk": pipeline.pk, "form": data, "channel": API}
            job = jobs.start_job("retire_pipeline", self.user, arguments, total=number)
            return build_json_response({"job": job.pk}, 202)
        return self.retire(pipeline, mapping)

    def retire(self, pipeline: Pipeline, mapping: Any) -> HttpResponse:
        try:
            record, stay = carry_out_retirement(pipeline.pk, mapping, by=self.user, channel=API)
        except RetirementRefused as refused:
            raise build_refused_problem(str(refused)) from refused
        return build_json_response({"operation": record.pk, "retired": not stay, "stay": stay, "refused": {}})


def build_form_data(sent: dict[str, Any]) -> dict[str, list[str]]:
    """What was sent as the form of the page takes it."""
    data = {f"from_{old}": [str(new)] for old, new in sent.get("statuses", {}).items()}
    return data | ({"pipeline": [str(sent["replace_with"])]} if "replace_with" in sent else {})


def read_mapping(pipeline: Pipeline, data: dict[str, list[str]], sent: dict[str, Any], user: Any) -> Any:
    """Which status takes the place of each. Raises Problem 422, and 409 if it isn't said where the records go."""
    if "replace_with" not in sent:
        records = pipeline.kind.words.counted(pipeline_records_queryset(pipeline).count())
        raise build_refused_problem(
            f"It is used by {records}. Send the id of another pipeline in replace_with."
        )
    form = PipelineForm(build_query_dict(data), user=user, leaving=pipeline)
    if unknown := [name for name in data if name not in form.fields]:
        names = ", ".join(name.removeprefix("from_") for name in unknown)
        raise build_invalid_problem(statuses=f"These aren't statuses of this pipeline: {names[:100]}.")
    if not form.is_valid():
        raise build_invalid_problem(
            **{
                "replace_with" if name == "pipeline" else "statuses": str(texts[0])
                for name, texts in form.errors.items()
            }
        )
    return form.cleaned_data["mapping"]


class ActivatePipeline(SettingsRows, OwnView):
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        self.require_permissions(DELETE_PERMISSION)
        pipeline = self.get_row(request, pk)
        record = activate_pipeline(pipeline, by=self.user, channel=API)
        return self.build_row_response(pipeline.pk, record)


RETIRED = build_response_serializer(
    "PipelineRetirement",
    operation=OPERATION,
    retired=serializers.BooleanField(
        help_text="false if some records can't be moved: then the pipeline stays in use."
    ),
    stay=build_number_field(help_text="How many records stay in it."),
    refused=build_refusals_field(),
)


def build_retirement_calls(listed: RowList) -> tuple[type[RetirePipeline], type[ActivatePipeline]]:
    name = listed.reading.__name__
    retire: Any = type(f"Retire{name}", (RetirePipeline,), {"listed": listed})
    activate: Any = type(f"Activate{name}", (ActivatePipeline,), {"listed": listed})
    document_retirement = extend_schema_view(
        post=call(
            f"Retire a {listed.one}",
            RETIRED,
            name=f"retire_{listed.call_name}",
            sends=PipelineRetirementFields,
            later=STARTED,
            parameters=[IDEMPOTENT, IF_MATCH],
            errors=[404, 412],
            example={"replace_with": 2, "preview": True},
            words=(
                "Moves the records of a pipeline to another one, status by status, and retires it, in one operation, which can be undone. "
                "Records that don't meet the rules of their new status stay, and so does the pipeline. For many records a job does the "
                "work, and the answer is 202 with its id."
            ),
        )
    )
    document_activation = extend_schema_view(
        post=call(
            f"Use a {listed.one} again",
            listed.written_serializer,
            name=f"activate_{listed.call_name}",
            parameters=[IDEMPOTENT, IF_MATCH, ETAG],
            errors=[404, 412, 413, 415],
            words="Puts a retired pipeline back into use. The call has no body.",
        )
    )
    return document_retirement(retire), document_activation(activate)
