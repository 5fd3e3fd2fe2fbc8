"""API v2: deleting a status or a source, and merging rows: with the questions and the refusals of their pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT, document_query_parameter
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.documentation.call_parts import IF_MATCH, STARTED, call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import DONE
from crm.api.v2.v2_view import Fields, OwnView
from crm.platform import jobs
from crm.platform.models.retirable import get_retirement_obstacle
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.multi_part_changes import get_too_large_sentence
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.kinds.record_uses import format_uses_as_text
from leads.settings.api.row_list import RowList, SettingsRows
from leads.settings.forms.successors import MergeForm, SuccessorForm
from leads.settings.lists.list_state import get_sort_label
from leads.settings.merge import get_merge_obstacle, get_merge_rights
from leads.settings.retirement import RetirementRefused, RowRetirement
from leads.settings.usage import SettingsUsage, get_setting_usage

# What a program calls the fields of SuccessorForm and MergeForm.
SENT_NAMES = {"successor": "replace_with", "reason": "lost_reason", "remark": "details"}
REASON = "Id of a lost reason, if the replacement is a lost or disqualified status and the records have none."
DETAILS = "Details about the lost reason."


def build_refused_problem(sentence: str) -> ApiProblem:
    return ApiProblem(409, "in_use", sentence)


def describe_usage(usage: SettingsUsage) -> str:
    """What uses a row, with the numbers, as far as the user sees it."""
    words, found = usage.kind.words, []
    if usage.present_count:
        found.append(f"It is used by {words.counted(usage.present_count)}.")
    if usage.binned:
        found.append(f"In Trash: {words.counted(usage.binned)}.")
    if usage.views:
        found.append(f"Saved views: {len(usage.views)}.")
    if usage.others:
        found.append(format_uses_as_text(usage.others))
    return " ".join(found) or "It is used by records that the user of this token can't change."


class RowDeletionFields(Fields):
    replace_with = serializers.IntegerField(**NUMBER, required=False)
    lost_reason = serializers.IntegerField(**NUMBER, required=False)
    details = serializers.CharField(max_length=500, required=False)


class DeletedRow(SettingsRows):
    """The part of a view that deletes a row."""

    def get_known_parameters(self, method: str) -> Any:
        return [*RowDeletionFields().fields] if method == "DELETE" else ()

    def delete(self, request: Any, pk: str) -> HttpResponse:
        self.require_permissions(self.listed.table.get_right("delete"))
        sent = RowDeletionFields.read(request.query_params.dict())
        row = self.get_row(request, pk)
        usage = get_setting_usage(self.listed.table.table, row, self.user)
        reason = get_retirement_obstacle(row)
        if refusal := get_reason_sentence(reason) if reason else get_too_large_sentence(usage.records):
            raise build_refused_problem(refusal)
        if usage and "replace_with" not in sent:
            raise build_refused_problem(
                f"{describe_usage(usage)} Send the id of its replacement in replace_with."
            )
        data = {own: str(sent[name]) for own, name in SENT_NAMES.items() if name in sent}
        form = SuccessorForm(data, row=row, used=bool(usage))
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors, SENT_NAMES)
        retirement = RowRetirement(self.listed.table, row.pk, **form.get_retirement_data(), channel=API)
        return carry_out_now_or_later(retirement, "retire_setting", usage.records, self.user)


def carry_out_now_or_later(change: Any, job: str, records: int, user: Any) -> HttpResponse:
    """Immediately, or as a job for several thousand records. Raises Problem 409 if it is refused."""
    if records > ROWS_AT_ONCE:
        started = jobs.start_job(job, user, change.get_arguments(), total=records)
        return build_json_response({"job": started.pk}, 202)
    try:
        record = change.carry_out(by=user)
    except RetirementRefused as refused:
        raise build_refused_problem(str(refused)) from refused
    return build_json_response({"operation": record.pk})


class MergeRowsFields(Fields):
    others = serializers.ListField(
        child=serializers.IntegerField(**NUMBER),
        min_length=1,
        max_length=100,
        help_text="The ids of those that are merged into the one in the URL.",
    )
    lost_reason = serializers.IntegerField(**NUMBER, required=False, allow_null=True, help_text=REASON)
    details = serializers.CharField(required=False, max_length=500, allow_blank=True, help_text=DETAILS)


class MergeRows(SettingsRows, OwnView):
    http_method_names = ["post"]
    actions = {"POST": "delete"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        table = self.listed.table
        self.require_permissions(*get_merge_rights(table))
        into = self.get_row(request, pk)
        sent = MergeRowsFields.read(self.sent_fields)
        others = dict.fromkeys(sent["others"])
        found = self.listed.rows().in_bulk(others)
        if missing := [str(other) for other in others if other not in found or other == into.pk]:
            raise build_invalid_problem(others=f"These can't be merged into it: {', '.join(missing)}.")
        rows = sorted(found.values(), key=get_sort_label)
        if reason := get_merge_obstacle(rows, into):
            raise build_refused_problem(reason)
        data = {own: str(sent[name] or "") for own, name in SENT_NAMES.items() if name in sent}
        form = MergeForm({**data, "into": str(into.pk)}, kind=table, rows=rows)
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors, SENT_NAMES)
        merging = form.build_merge(API)
        if table.table != "lost_reason" and (reason := get_too_large_sentence(merging.record_count)):
            raise build_refused_problem(reason)
        return carry_out_now_or_later(merging, "merge_settings", merging.record_count, self.user)


def document_deletion(listed: RowList, view: Any) -> Any:
    """Document how a row of this list is deleted, in the view of one row."""
    return extend_schema_view(
        delete=call(
            f"Delete a {listed.one}",
            DONE,
            name=f"delete_{listed.call_name}",
            later=STARTED,
            parameters=[
                document_query_parameter(
                    "replace_with",
                    int,
                    "Id of the one that its records, saved views and rules get. Required if anything uses it, and else without effect.",
                ),
                document_query_parameter("lost_reason", int, REASON),
                document_query_parameter("details", words=DETAILS),
                IF_MATCH,
            ],
            errors=[404, 412],
            words=(
                f"Deletes a {listed.one} as its page does: what uses it gets another one, in one operation, which can be undone. If it is in "
                "use and replace_with is missing, the answer is 409 with the code in_use and the numbers. For many records a job does the "
                "work, and the answer is 202 with its id."
            ),
        )
    )(view)


def build_merge_call(listed: RowList) -> type[MergeRows]:
    name = listed.reading.__name__
    view: Any = type(f"Merge{name}", (MergeRows,), {"listed": listed})
    return extend_schema_view(
        post=call(
            f"Merge {listed.many}",
            DONE,
            name=f"merge_{listed.call_name}",
            sends=MergeRowsFields,
            later=STARTED,
            parameters=[IDEMPOTENT, IF_MATCH],
            errors=[404, 412],
            example={"others": [7, 8]},
            words=(
                f"Merges other {listed.many} into the one in the URL: their records and saved views get it, then they are retired, in one "
                "operation, which can be undone. The token needs its right to delete. For many records a job does the work, and the answer "
                "is 202 with its id."
            ),
        )
    )(view)
