"""The documentation of API v2's calls on a kind of record, and of its small tables."""

from functools import cache
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.v2 import bulk_changes, records
from crm.api.v2.changes.change_feed import RecordChanges
from crm.api.v2.custom_fields import build_definitions_reader
from crm.api.v2.documentation.call_parts import (
    FIELDS,
    IF_NONE_MATCH,
    STARTED,
    build_refusals_field,
    call,
    document_table,
)
from crm.api.v2.documentation.change_calls import document_changes
from crm.api.v2.documentation.expansion_schemas import build_expanded_field, document_expansion
from crm.api.v2.documentation.field_schemas import (
    build_body_field,
    build_constant_field,
    build_response_field,
    get_documented_parameters,
)
from crm.api.v2.expansion.expanded_links import EXPANDED_KEY
from crm.api.v2.field_files import FieldFile
from crm.api.v2.record_parts import get_record_parts
from crm.api.v2.reference_tables import Reference, build_reference_call
from crm.api.v2.v2_view import MOST
from crm.fields.custom.definitions.built_in_fields import use_delivered_labels
from crm.models import CustomField
from crm.records.editing.bulk_actions import ROWS_AT_ONCE, BulkAction
from crm.records.kinds.kind_registry import Kind
from crm.records.paging.sorts import CHANGED

DUPLICATES = (
    "An administrator can choose what happens to leads, contacts and companies that already exist, among those that the user "
    "of the token sees. If they are rejected, the answer is 409 with the code duplicate and, for tokens that may read, the id "
    "of the existing record in duplicate_of. If they update the existing record, the answer is 200 instead of 201 with its id; "
    "owner, department, status and source stay as they are, nothing is emptied, and tags are added."
)
MERGED = (
    "For the id of a merged record, the answer is the record that it was merged into, whose id is in the body and whose "
    "address is in the header Content-Location."
)
JUDGED = "Only in a preview of more than a million records: how many were judged within a few seconds."
SHARED_VALUES: dict[str, serializers.Field] = {
    "owner": build_number_field(allow_null=True, help_text="Id of a user; null for unassigned."),
    "country": build_text_field(allow_null=True, help_text="ISO 3166 code of two letters; null for none."),
}
BY_KEY = (
    "Custom fields by key, such as c12. Numbers are numbers, choices are keys, several choices are a list of keys, users "
    "are ids. A link is an object with the id and the title of the record; send its id, or such an object. "
    "A file is an object with name, size in bytes, content_type and the url that sends it to the same token; programs can't change it."
)


def document_custom_fields(kind: Kind, *, resource: str) -> type[Reference]:
    """The call that lists the custom fields of a kind."""
    choice = build_response_serializer(
        f"{kind.model.__name__}CustomFieldChoice",
        key=build_text_field(),
        label=build_text_field(),
        retired=serializers.BooleanField(help_text="true if records can't get it any more."),
    )
    fields = {
        "key": build_text_field(help_text="Its name in custom_fields, in filters and in sort, such as c12."),
        "label": build_text_field(),
        "type": serializers.ChoiceField(CustomField.Type.choices),
        "result": serializers.ChoiceField(
            CustomField.Type.choices,
            help_text="The type of its values: that of its results for a formula, which is read-only, and else the same.",
        ),
        "required": serializers.BooleanField(help_text="true if new records must have a value."),
        "unique": serializers.BooleanField(help_text="true if two records can't have the same value."),
        "help": build_text_field(),
        "unit": build_text_field(help_text="What a number is measured in, such as kg or %, or empty."),
        "links_to": build_text_field(
            help_text="The record type that a link leads to, such as company, or empty."
        ),
        "decimals": build_number_field(help_text="How many decimal places a number has."),
        "read_only": serializers.BooleanField(help_text="true if the user of the token may not change it."),
        "departments": serializers.ListField(
            child=build_number_field(),
            help_text="The ids of the departments whose records have it. Empty: all.",
        ),
        "choices": choice(many=True, help_text="Empty unless the type is choice or choices."),
    }
    words = (
        f"Lists the custom fields of {kind.urls} that the user of the token can see, in their order. Administrators add "
        f"and change them in Settings; a key never changes."
    )
    return build_reference_call(
        build_definitions_reader(kind.name),
        fields,
        resource=resource,
        summary=f"List custom fields of {kind.urls}",
        words=words,
        # Generators already name the custom fields of one record OwnLeadCustomFields.
        title=f"CustomFieldsOf{kind.urls.title()}",
    )


def build_file_call(kind: Kind, *, resource: str) -> type[FieldFile]:
    """The call that sends the file of a custom field."""
    name = kind.model.__name__
    found = type(f"{name}File", (FieldFile,), {"kind_name": kind.name, "resource": resource})
    extend_schema_view(
        get=call(
            f"Download the file of a custom field of {kind.urls}",
            OpenApiTypes.BINARY,
            name=f"download_{kind.name}_file",
            media_sent="application/octet-stream",
            words=(
                f"Sends the file that the {kind.words.one} has in a custom field, such as c12. The token's user must see the "
                "record and the field; without a file the answer is 404."
            ),
            errors=[404],
        )
    )(found)
    return found


@use_delivered_labels()
def build_kind_calls(
    kind: Kind, *, resource: str
) -> tuple[type[records.Records], type[records.OneRecord], type[bulk_changes.Bulk], type[RecordChanges]]:
    """The calls on one kind, as separate views, because each is documented: the list, one record, bulk changes, and what has
    changed.

    `resource` is what a token needs a right to (crm/api/token_scopes.py).
    """
    own = {"kind_name": kind.name, "resource": resource}
    name, many = kind.model.__name__, kind.urls
    listing = type(many.title(), (records.Records,), own)
    one = type(f"One{name}", (records.OneRecord,), own)
    bulk = type(f"{many.title()}Bulk", (bulk_changes.Bulk,), own)
    changes = type(f"{many.title()}Changes", (RecordChanges,), {**own, "many": many})
    shown = build_record_serializer(kind)
    sent = build_response_serializer(f"{name}Fields", **build_sent_record_fields(kind))
    document_records(listing, one, kind, shown, sent)
    document_bulk(bulk, kind)
    document_changes(changes, many=many, shown=shown)
    return listing, one, bulk, changes


@cache
def build_record_serializer(kind: Kind) -> type[serializers.Serializer]:
    """A record in an answer: the same class for each call, because its name is that of the schema."""
    return build_response_serializer(
        kind.model.__name__,
        **{field: build_response_field(kind, field) for field in kind.fields.OWN_API},
        **{name: part.shown() for name, part in get_record_parts(kind).items()},
        custom_fields=serializers.DictField(help_text=f"{BY_KEY} Empty ones are missing."),
        **{EXPANDED_KEY: build_expanded_field(kind)},
    )


def document_sort(kind: Kind) -> OpenApiParameter:
    words = f"With a minus in front for descending order. {CHANGED} needs a condition that says since when, such as {CHANGED}.since."
    return document_query_parameter("sort", words=words, enum=get_sort_names(kind))


def document_search(kind: Kind) -> OpenApiParameter:
    return document_query_parameter(
        "q", words=f"Words to search for. The token needs the right to search {kind.urls}."
    )


def document_view() -> OpenApiParameter:
    return document_query_parameter(
        "view",
        int,
        "Id of a saved view, whose filter, search and sort apply. Other filters narrow it further; one of the same name takes its place.",
    )


def build_sent_record_fields(kind: Kind) -> dict[str, serializers.Field]:
    """What a program sends of a record."""
    fields = kind.form.base_fields
    return {
        **{field: build_body_field(fields[field]) for field in kind.fields.FORM_FIELDS},
        **{name: part.sent() for name, part in get_record_parts(kind).items() if part.sent},
        "custom_fields": serializers.DictField(
            required=False, help_text=f"{BY_KEY} Only the keys that you send change; null clears a field."
        ),
    }


def document_records(listing: Any, one_record: Any, kind: Kind, shown: Any, sent: Any) -> None:
    many, one = kind.urls, str(kind.words.one)
    document_table(
        listing,
        one_record,
        name=one,
        many=many,
        shown=shown,
        new=sent,
        changes=sent,
        filters=[
            document_sort(kind),
            document_search(kind),
            document_view(),
            document_query_parameter(
                "ids",
                words=f"Up to {MOST} ids, separated by commas, instead of filter and sort. Those that the user can't see are missing.",
            ),
            FIELDS,
            document_expansion(kind),
            *get_documented_parameters(kind),
        ],
        one_parameters=[FIELDS, document_expansion(kind), IF_NONE_MATCH],
        known=True,
        words={
            "list": (
                f"Returns the {many} that the user of the token can see, page by page. The filters are those of the list "
                f"in Leadwell: you can copy them from the address of the page. Of the filters with any. before their name, such as "
                f"any.country and any.email.contains, a record must meet at least one. Custom fields are filtered and sorted by "
                f"key, such as c12.contains=x and sort=c12. Follow next until it is null. A cursor "
                f"belongs to one user, filter and sort; with others the answer is 400 with the code invalid_cursor."
            ),
            "add": (
                f"Adds one {one}. Fields that you leave out get the value that the form in Leadwell proposes. The owner is "
                f"empty if the user of the token may assign {many}, and that user otherwise. An owner brings their "
                f"department. {DUPLICATES}"
            ),
            "get": MERGED,
            "change": (
                f"Send If-Match to make sure that the {one} hasn’t changed since you read it. The id of a merged {one} changes the "
                "one it was merged into."
            ),
            "delete": (
                f"Moves the {one} to Trash. People can restore it there. The id of a merged {one} is answered with 404."
            ),
        },
    )


def get_sort_names(kind: Kind) -> list[str]:
    return [sign + name for name in sorted(kind.sorts.own) for sign in ("", "-")]


def document_bulk(view: Any, kind: Kind) -> None:
    many, name = kind.urls, kind.model.__name__
    extend_schema_view(
        post=call(
            f"Change many {many}",
            build_response_serializer(
                f"{name}Outcome",
                operation=build_number_field(
                    allow_null=True, help_text="Id of the operation; null for a preview."
                ),
                changed=build_number_field(),
                unchanged=build_number_field(help_text="Records that already had this value."),
                refused=build_refusals_field(),
                judged=build_number_field(required=False, help_text=JUDGED),
                unjudged=build_number_field(required=False, help_text="The others of this preview."),
            ),
            name=f"bulk_change_{many}",
            sends=PolymorphicProxySerializer(
                f"{name}Bulk",
                {action.name: build_action_serializer(kind, action) for action in kind.actions},
                resource_type_field_name="action",
            ),
            later=STARTED,
            parameters=[IDEMPOTENT],
            example={"action": "share", "filter": "country=DE", "preview": True},
            words=(
                f"Does one thing to many {many}, in one operation that can be undone. Choose the records by ids or by "
                f"filter; all=1 as the filter stands for all records. With preview the answer says what would change, and "
                f"nothing changes; the token then needs the right to read. For more than {ROWS_AT_ONCE:,} records a job "
                f"does the work, and the answer is 202 with its id."
            ),
        )
    )(view)


def build_action_serializer(kind: Kind, action: BulkAction) -> type[serializers.Serializer]:
    """The body of one action, with its values."""
    name = f"{kind.model.__name__}Bulk{action.name.title().replace('-', '').replace('_', '')}"
    fields = {
        key: value
        for key, value in bulk_changes.BulkFields().fields.items()
        if key not in ("action", "values")
    }
    values = {
        key: SHARED_VALUES.get(key) or build_body_field(field)
        for key, field in getattr(action.form, "base_fields", {}).items()
    }
    own: dict[str, Any] = {"action": build_constant_field(action.name)}
    if values:
        own["values"] = build_response_serializer(f"{name}Values", **values)()
    return build_response_serializer(name, **own, **fields)
