"""The documentation of API v2's calls on what belongs to records of every type, such as activities and tasks."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from crm.api.openapi_parts import build_response_serializer, document_query_parameter
from crm.api.v2.changes.change_feed import ItemChanges
from crm.api.v2.documentation.call_parts import document_table
from crm.api.v2.documentation.change_calls import document_changes
from crm.api.v2.record_items import (
    Filters,
    OfRecord,
    OneRecordItemView,
    RecordItemListView,
    check_known_kind,
)
from crm.records.kinds.kind_registry import KINDS
from crm.records.paging.index_walk import ROWS_A_PAGE

USER = "Id of a user; null for none."


def document_items(
    listing: type[RecordItemListView],
    one: type[OneRecordItemView],
    changed: type[ItemChanges],
    *,
    sent: dict[str, Any],
    words: str,
) -> None:
    """The views of one table. `sent` are the fields of bodies, `words` say what is special about changing a row."""
    name, many = listing.one, listing.many
    new = {field: sent[field] for field in listing.written}
    changes = {field: sent[field] for field in one.written}
    document_table(
        listing,
        one,
        name=name,
        many=many,
        shown=listing.row,
        new=build_response_serializer(f"{name.title()}Fields", **OfRecord().fields, **new),
        changes=build_response_serializer(f"{name.title()}Change", **changes),
        filters=document_filters(listing.filters),
        errors=[404],
        words={
            "list": (
                f"Returns the {many} of the records that the user of the token can see, the newest first. Those of records in "
                f"Trash aren't included. Follow next until it is null: a page can have fewer {many} than limit, or none, and "
                f"still have a next one, because a call looks through at most {ROWS_A_PAGE:,} rows."
            ),
            "add": (
                f"Adds one {name} to a record that the user of the token can change. A record that this user can't see is not "
                "found."
            ),
            "get": "",
            "change": words,
            "delete": f"Deletes the {name}. Undo the operation to bring it back.",
        },
    )
    document_changes(changed, many=many, shown=listing.row)


def document_filters(filters: type[Filters]) -> list[OpenApiParameter]:
    """The query parameters of a list. The help of the fields says which rows they find."""
    return [_document_filter(name, field) for name, field in filters().fields.items()]


def _document_filter(name: str, field: Any) -> OpenApiParameter:
    if isinstance(field, serializers.IntegerField):
        return document_query_parameter(name, int, field.help_text)
    if isinstance(field, serializers.DateTimeField):
        return document_query_parameter(name, OpenApiTypes.DATETIME, field.help_text)
    values = [*KINDS] if check_known_kind in field.validators else None
    if isinstance(field, serializers.BooleanField):
        values = ["yes", "no"]
    if isinstance(field, serializers.ChoiceField):
        values = [*field.choices]
    return document_query_parameter(name, words=field.help_text, enum=values)
