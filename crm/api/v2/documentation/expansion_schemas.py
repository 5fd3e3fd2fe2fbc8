"""How the linked objects of a record look in the documentation."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.v2.expansion.expanded_links import get_expandable_fields, has_category
from crm.records.kinds.kind_registry import Kind

NAMED = {"id": build_number_field(), "name": build_text_field()}
LINKED = build_response_serializer("LinkedName", **NAMED)
CATEGORIZED = build_response_serializer(
    "LinkedCategory",
    **NAMED,
    category=build_text_field(help_text="How Leadwell treats it, as in its list."),
)


def build_expanded_field(kind: Kind) -> serializers.Field:
    """The objects by field; only those that the call asks for are there."""
    fields = {
        name: (CATEGORIZED if has_category(field.related_model) else LINKED)(required=False, allow_null=True)
        for name, field in get_expandable_fields(kind).items()
    }
    return build_response_serializer(f"{kind.model.__name__}Expanded", **fields)(
        required=False,
        help_text="What the fields in expand link to; missing without expand. null if the field is empty, or if the user of the "
        "token can't see the record.",
    )


def document_expansion(kind: Kind) -> OpenApiParameter:
    names = ", ".join(get_expandable_fields(kind))
    return document_query_parameter(
        "expand",
        words=f"Fields whose linked objects are returned in expanded, separated by commas. Possible: {names}.",
    )
