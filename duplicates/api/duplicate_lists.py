"""API v2: the records that may be the same as one, the groups of the last scan, and marking records as different."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.call_parameters import require_known
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.token_scopes import TokenResource
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import AFTER, call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_page.visible_record import get_visible_record
from crm.api.v2.v2_view import Fields, OwnView
from crm.records.kinds.kind_registry import Kind
from duplicates.comparison import MOST, ComparedGroup, build_comparisons
from duplicates.duplicate_groups import GroupFilter, GroupPlace, read_group_page
from duplicates.models.likeness import Reason
from duplicates.permissions import VIEW_PERMISSION
from duplicates.record_details import build_form_texts
from duplicates.record_graph import COMPARED_TABLES
from duplicates.similar_records import find_similar_records
from duplicates.verbs import mark_as_different
from duplicates.visible_records import get_visible_nodes

RESOURCES = [
    TokenResource(
        "duplicates",
        _("Duplicates"),
        {"get": VIEW_PERMISSION, "post": VIEW_PERMISSION},
        VIEW_PERMISSION,
        hint=_("Add covers marking records that aren’t duplicates."),
    )
]
REASON_NAMES = {reason: reason.name.lower() for reason in Reason}


def build_reasons_field(words: str | None = None) -> serializers.Field:
    names = [(name, str(reason.label)) for reason, name in REASON_NAMES.items()]
    return serializers.ListField(child=serializers.ChoiceField(names), help_text=words)


DUPLICATE = build_response_serializer(
    "Duplicate",
    of=serializers.ChoiceField(COMPARED_TABLES, help_text="The type of the record."),
    record=build_number_field(help_text="The id of the record."),
    name=build_text_field(),
    score=build_number_field(
        help_text="How likely it is the same, up to 100. 0 if only the company is the same."
    ),
    reasons=build_reasons_field("Empty if only the company is the same."),
)
GROUPED = build_response_serializer(
    "GroupedRecord",
    of=serializers.ChoiceField(COMPARED_TABLES, help_text="The type of the record."),
    record=build_number_field(help_text="The id of the record."),
    name=build_text_field(),
    may_change=serializers.BooleanField(help_text="Whether the user of the token may change it."),
)
GROUP = build_response_serializer(
    "DuplicateGroup",
    score=build_number_field(help_text="How likely they are the same, up to 100."),
    reasons=build_reasons_field(),
    records=GROUPED(many=True, help_text=f"Up to {MOST} of them."),
    more=build_number_field(help_text="How many more records the group has."),
)


class DuplicatesOfRecord(OwnView):
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        record = get_visible_record(self, pk)
        texts = build_form_texts(self.kind, record)
        found = find_similar_records(self.kind.name, texts, self.user, but=record.pk)
        return build_json_response(
            {
                "duplicates": [
                    {
                        "of": one.kind.name,
                        "record": one.record.pk,
                        "name": str(one.record),
                        "score": one.score if one.reasons else 0,
                        "reasons": [REASON_NAMES[reason] for reason in one.reasons],
                    }
                    for one in found
                ]
            }
        )


def build_duplicates_call(kind: Kind, *, resource: str) -> type[DuplicatesOfRecord]:
    """The call for one record type, with its documentation."""
    name = kind.model.__name__
    own = {"kind_name": kind.name, "resource": resource}
    view: Any = type(f"{name}Duplicates", (DuplicatesOfRecord,), own)
    document = extend_schema_view(
        get=call(
            f"Find duplicates of a {kind.words.one}",
            build_response_serializer(f"{name}Duplicates", duplicates=DUPLICATE(many=True)),
            name=f"list_{kind.name}_duplicates",
            errors=[404],
            words=(
                f"Returns the leads, contacts and companies that may be the same as one {kind.words.one}, the likeliest first, as its "
                "form warns of them: at most five, among those that the user of the token can see. Those that were marked as different "
                "are missing. The rules of duplicates in Settings give the scores."
            ),
        )
    )
    return document(view)


@extend_schema_view(
    get=call(
        "List duplicates",
        build_response_serializer(
            "DuplicateGroups", groups=GROUP(many=True), next=build_text_field(allow_null=True)
        ),
        name="list_duplicate_groups",
        parameters=[
            AFTER,
            document_query_parameter(
                "reason", words="Only groups with this reason.", enum=list(REASON_NAMES.values())
            ),
            document_query_parameter(
                "of", words="Only groups with a record of this type.", enum=list(COMPARED_TABLES)
            ),
        ],
        words=(
            "Returns the groups of records that the last scan found to be alike, the best first, as far as the user of the token sees "
            "their records. Follow next until it is null; a page has about 20 groups."
        ),
    )
)
class DuplicateGroups(OwnView):
    resource = "duplicates"
    http_method_names = ["get", "head"]
    parameters = ("after", "reason", "of")

    def get(self, request: Any) -> HttpResponse:
        data = request.query_params
        require_known("reason", data.get("reason", ""), ["", *REASON_NAMES.values()])
        require_known("of", data.get("of", ""), ["", *COMPARED_TABLES])
        after = GroupPlace.read(data.get("after", ""))
        if data.get("after") and after is None:
            raise ApiProblem(400, "invalid_cursor", "This cursor is damaged. Start again without after.")
        reason = next((int(one) for one, name in REASON_NAMES.items() if name == data.get("reason")), 0)
        page = read_group_page(self.user, GroupFilter(reason, data.get("of", "")), after)
        groups = [build_group_json(group) for group in build_comparisons(page.groups, self.user)]
        return build_json_response({"groups": groups, "next": str(page.next) if page.next else None})


def build_group_json(group: ComparedGroup) -> dict[str, Any]:
    return {
        "score": group.score,
        "reasons": [REASON_NAMES[reason] for reason in group.reasons],
        "records": [
            {
                "of": line.kind.name,
                "record": line.record.pk,
                "name": str(line.record),
                "may_change": line.record.may_change,
            }
            for line in group.lines
        ],
        "more": group.more,
    }


class ComparedRecordFields(serializers.Serializer):
    of = serializers.ChoiceField(COMPARED_TABLES, help_text="The type of the record.")
    record = serializers.IntegerField(**NUMBER, help_text="The id of the record.")


class DifferentFields(Fields):
    records = ComparedRecordFields(many=True, min_length=2, max_length=MOST)


@extend_schema_view(
    post=call(
        "Mark records as different",
        build_response_serializer(
            "MarkedDifferent",
            operation=build_number_field(
                allow_null=True,
                help_text="Id of the operation, which can be undone; null if all were marked before.",
            ),
        ),
        name="mark_different",
        sends=DifferentFields,
        parameters=[IDEMPOTENT],
        example={"records": [{"of": "lead", "record": 17}, {"of": "contact", "record": 5}]},
        words=(
            f"Marks from 2 to {MOST} records as no duplicates of each other: they aren't shown together again, and forms don't warn of "
            "them. The user of the token must be able to change all of them."
        ),
    )
)
class DifferentRecords(OwnView):
    resource = "duplicates"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = DifferentFields.read(self.sent_fields)
        nodes = sorted({(row["of"], row["record"]) for row in sent["records"]})
        if len(nodes) < 2:
            raise build_invalid_problem(records="Send at least two records.")
        if get_visible_nodes(nodes, self.user, changeable=True) != set(nodes):
            raise build_invalid_problem(
                records="You can’t change all of these records, or some of them no longer exist."
            )
        return build_json_response({"operation": mark_as_different(nodes, by=self.user, channel=API).pk})
