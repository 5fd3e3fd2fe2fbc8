"""API v2: merging other records into one, with the choices and the refusals of the page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.records import get_changeable_record, get_id_from_url
from crm.api.v2.v2_view import Fields, OwnView
from crm.records.history.jobs import build_query_dict
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from duplicates.merging.emails_and_phones import PARTNERS
from duplicates.merging.field_values import get_record_parts, may_choose
from duplicates.merging.merge_page import MOST, SIDE_BY_SIDE, MergePage
from duplicates.merging.merge_verb import ChangedMeanwhile


class MergeFields(Fields):
    others = serializers.ListField(
        child=serializers.IntegerField(**NUMBER),
        min_length=1,
        max_length=MOST - 1,
        help_text="The ids of the records that are merged into the one in the URL and go to Trash.",
    )
    values = serializers.DictField(
        child=serializers.IntegerField(**NUMBER),
        required=False,
        help_text=(
            "By the name of a field, the id of the record whose value is kept. Of the other fields, the newest value that isn't empty is "
            "kept; status, owner and department stay those of the record in the URL."
        ),
    )
    leave_empty = serializers.ListField(
        child=serializers.ChoiceField(sorted(PARTNERS)),
        required=False,
        help_text="Empty fields for emails and phones that shouldn't get one that no other field keeps.",
    )
    versions = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=2**31 - 1),
        required=False,
        help_text="The versions in a preview, by id: if one has changed since, the answer is 409.",
    )
    preview = serializers.BooleanField(
        default=False, help_text="true says what would be kept and changes nothing."
    )


class MergeRecords(OwnView):
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = MergeFields.read(self.sent_fields)
        self.require_right(
            "delete", "A merge moves records to Trash: this token or its user may not delete them."
        )
        if sent["preview"]:
            self.require_right("get", "A preview shows records: this token or its user may not read them.")
        kept = get_changeable_record(self, get_id_from_url(self.kind, pk)).pk
        page = self.build_page(kept, sent)
        if sent["preview"]:
            return build_json_response({"id": kept, "operation": None, "preview": build_preview_json(page)})
        verb = replace(page.build_verb(), versions=parse_versions(sent, page))
        rows = self.kind.model.objects.present().changeable_by(self.user)
        try:
            outcome = carry_out(verb, rows, by=self.user, wanted=verb.ids, channel=API)
        except ChangedMeanwhile as changed:
            ids = ", ".join(map(str, sorted(changed.ids)))
            sentence = f"Records have changed since the preview: {ids}. Ask for a new preview."
            raise ApiProblem(409, "changed_since", sentence, {"versions": [sentence]}) from changed
        if not outcome.changed:
            raise build_invalid_problem(
                others=" ".join(get_reason_sentence(code, self.kind) for code in outcome.refused)
            )
        return build_json_response({"id": kept, "operation": outcome.operation.pk, "preview": None})

    def build_page(self, kept: int, sent: Mapping[str, Any]) -> MergePage:
        """The page of the merge, filled in as sent. Raises Problem 422 for a record or a field that can't take part."""
        ids = [kept, *dict.fromkeys(sent["others"])]
        if kept in sent["others"]:
            raise build_invalid_problem(others="The record in the URL can't be merged into itself.")
        data: dict[str, Any] = {"kept": str(kept), "part": [str(pk) for pk in ids]}
        data["also"] = [name for name in PARTNERS if name not in sent.get("leave_empty", ())]
        data |= {f"keep_{name}": str(pk) for name, pk in sent.get("values", {}).items()}
        page = MergePage(self.kind, ids, self.user, build_query_dict(data))
        there = {one.pk for one in page.open}
        if missing := [str(pk) for pk in ids if pk not in there]:
            names = ", ".join(missing)
            raise build_invalid_problem(
                others=f"You can't change these records, or they don't exist: {names}."
            )
        refuse_wrong_values(self.kind, self.user, sent.get("values", {}), there)
        return page


def refuse_wrong_values(kind: Kind, user: Any, values: Mapping[str, int], there: set[int]) -> None:
    """Raises Problem 422 for a field that can't be chosen, or a record that doesn't take part."""
    known = [part.name for part in get_record_parts(kind.model) if may_choose(part, kind.model, user)]
    wrong = {
        f"values.{name}": f"This isn't one of the fields to choose: {', '.join(known)}."
        if name not in known
        else f"Record {pk} doesn't take part in this merge."
        for name, pk in values.items()
        if name not in known or pk not in there
    }
    if wrong:
        raise build_invalid_problem(**wrong)


def parse_versions(sent: Mapping[str, Any], page: MergePage) -> dict[int, int]:
    """By id. Raises Problem 422 for a record that doesn't take part."""
    known = {str(pk): pk for pk in page.selected}
    if unknown := [name for name in sent.get("versions", {}) if name not in known]:
        raise build_invalid_problem(versions=f"Record {unknown[0][:20]} doesn't take part in this merge.")
    return {known[name]: version for name, version in sent.get("versions", {}).items()}


def build_preview_json(page: MergePage) -> dict[str, Any]:
    return {
        "records": [
            {
                "id": column["record"].pk,
                "name": str(column["record"]),
                "version": column["version"],
                "belongings": column["belongings"],
            }
            for column in page.columns
        ],
        "fields": [
            {
                "field": row.name,
                "label": row.label,
                "kept": next((cell.record.pk for cell in row.cells if cell.chosen), page.kept),
                "values": [{"id": cell.record.pk, "value": str(cell.text)} for cell in row.cells],
            }
            for row in page.rows
        ],
        "moved_addresses": [
            {"field": offer.name, "label": offer.label, "value": offer.text}
            for offer in page.offers
            if offer.chosen
        ],
        "dropped_addresses": page.unknown_addresses_text,
        "problem": str(get_reason_sentence(page.problem, page.kind)) if page.problem else "",
    }


MERGED_RECORD = build_response_serializer(
    "MergedRecord",
    id=build_number_field(),
    name=build_text_field(),
    version=build_number_field(help_text="Send it back in versions to be sure that it is merged as shown."),
    belongings=build_text_field(
        help_text="What moves to the record that is kept, in words, such as 3 activities."
    ),
)
MERGED_VALUE = build_response_serializer(
    "MergedValue",
    id=build_number_field(help_text="The id of the record."),
    value=build_text_field(help_text="Its value in words, or empty."),
)
MERGED_FIELD = build_response_serializer(
    "MergedField",
    field=build_text_field(help_text="Its name, for values."),
    label=build_text_field(),
    kept=build_number_field(help_text="The id of the record whose value would be kept."),
    values=MERGED_VALUE(many=True),
)
MOVED_ADDRESS = build_response_serializer(
    "MovedAddress",
    field=build_text_field(help_text="The empty field that it goes into."),
    label=build_text_field(),
    value=build_text_field(),
)
MERGE_PREVIEW = build_response_serializer(
    "MergePreview",
    records=MERGED_RECORD(many=True),
    fields=MERGED_FIELD(
        many=True, help_text=f"The fields in which they differ. Empty for more than {SIDE_BY_SIDE} records."
    ),
    moved_addresses=MOVED_ADDRESS(
        many=True, help_text="Emails and phones that go into another, empty field."
    ),
    dropped_addresses=build_text_field(help_text="Emails and phones for which there is no field, or empty."),
    problem=build_text_field(help_text="Why they can't be merged, or empty."),
)
# Once for all record types, because the documentation has one name for each.
MERGED = build_response_serializer(
    "MergeResult",
    id=build_number_field(help_text="The id of the record that is kept."),
    operation=build_number_field(
        allow_null=True, help_text="Id of the operation, which can be undone; null for a preview."
    ),
    preview=MERGE_PREVIEW(allow_null=True, help_text="null unless the call was a preview."),
)


def build_merge_call(kind: Kind, *, resource: str) -> type[MergeRecords]:
    """The call for one record type, with its documentation."""
    name, one, many = kind.model.__name__, kind.words.one, kind.urls
    view: Any = type(f"{name}Merge", (MergeRecords,), {"kind_name": kind.name, "resource": resource})
    document = extend_schema_view(
        post=call(
            f"Merge {many} into one",
            MERGED,
            name=f"merge_{kind.name}",
            sends=MergeFields,
            parameters=[IDEMPOTENT],
            errors=[404],
            example={"others": [21, 35], "values": {"phone": 21}, "preview": True},
            words=(
                f"Merges other {many} into the {one} in the URL. It gets their activities, tasks, tags and links, and they go to Trash; their "
                "ids lead to it from then on. With preview, the answer has the fields in which they differ and what would be kept, and nothing "
                "changes. The token needs the rights to change and to delete. Undo the operation to have them as before."
            ),
        )
    )
    return document(view)
