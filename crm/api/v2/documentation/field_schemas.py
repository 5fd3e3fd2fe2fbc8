"""The types of API v2 in the documentation: derived from the fields, filters, and forms of a kind."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import get_text_list
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.utils.field_mapping import get_field_kwargs

from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.field_filters import FROM, NEGATION_SUFFIX, TO, AnyOf, Flag, YesNoFilter
from crm.fields.conditions.periods import Period
from crm.fields.conditions.ranges import DayOrMoment, MomentRange
from crm.fields.types.choices import Country, Department, Person, Related, Tags
from crm.fields.types.field_type import FieldType, get_field_type
from crm.fields.types.record_links import Link
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.conditions import get_conditions_by_parameter
from crm.transfer.imports.import_filter import OfImport

DAY = "A date such as 2026-05-31."
MOMENT = "A date such as 2026-05-31, or a time with its time zone such as 2026-05-31T08:38:04Z."
CODE = "ISO 3166 country code of two letters, or empty."


def build_constant_field(value: str) -> serializers.Field:
    """A text that is always the same."""
    own = type("Constant", (serializers.CharField,), {})
    return extend_schema_field({"type": "string", "const": value})(own)()


def build_response_field(kind: Kind, name: str) -> serializers.Field:
    """How a name in fields.OWN_API looks in a response."""
    if name in kind.json:
        return build_text_field()
    field: Any = kind.model._meta.get_field(name)
    return build_column_field(field, describe_values(get_field_type(field)))


def build_column_field(field: Any, words: str | None = None) -> serializers.Field:
    """How a column looks in a response. If it has choices and there are no words, the documentation lists their values."""
    if field.choices and not words:
        words = f"{get_text_list([value for value, _label in field.choices], 'or')}."
    if isinstance(field, ArrayField):
        return serializers.ListField(child=build_column_field(field.base_field), help_text=words)
    return _get_serializer_class(field)(allow_null=field.null, help_text=words)


# What the documentation says about a column besides its name and type, or '': or a field for what isn't a column of the model
# or looks different there.
Columns = Mapping[str, str | serializers.Field]


def build_row_serializer(name: str, model: Any, columns: Columns) -> type[serializers.Serializer]:
    """How a row of the model looks in a response."""
    return build_response_serializer(name, **_build_fields(model, columns, build_column_field))


def build_sent_fields(model: Any, columns: Columns) -> dict[str, serializers.Field]:
    """How columns look in a body that may leave each of them out. null empties those that may be empty."""
    return _build_fields(model, columns, _build_sent_field)


def _build_fields(model: Any, columns: Columns, build: Callable) -> dict[str, serializers.Field]:
    return {
        name: build(model._meta.get_field(name), words or None) if isinstance(words, str) else words
        for name, words in columns.items()
    }


def _build_sent_field(field: Any, words: str | None) -> serializers.Field:
    values: dict[str, Any] = {"required": False, "help_text": words}
    if field.choices and not field.blank:
        return serializers.ChoiceField(field.choices, **values)
    found = _get_serializer_class(field)
    values["allow_null"] = field.blank
    if found is serializers.CharField:
        values |= {"allow_blank": field.blank, "max_length": None if field.choices else field.max_length}
    if found is serializers.IntegerField and not field.is_relation:
        limits = get_field_kwargs(field.name, field)
        values |= {name: limits[name] for name in ("min_value", "max_value") if name in limits}
    return found(**values)


def _get_serializer_class(field: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return serializers.BooleanField
    if isinstance(field, models.DateTimeField):
        return serializers.DateTimeField
    if isinstance(field, models.DateField):
        return serializers.DateField
    if isinstance(field, models.DecimalField):
        return serializers.FloatField
    numeric = isinstance(field, models.IntegerField | models.AutoField) or field.is_relation
    return serializers.IntegerField if numeric else serializers.CharField


def describe_values(found: FieldType) -> str | None:
    """What the values are, for those that aren't clear from their type."""
    if isinstance(found, Tags):
        return "Ids of tags."
    if isinstance(found, Country):
        return CODE
    if isinstance(found, Person):
        return "Id of a user."
    if isinstance(found, Link):
        return "Id of a record of this type."
    if isinstance(found, Department):
        return "Id of a department."
    return "Id of a row of this table." if isinstance(found, Related) else None


def build_body_field(field: forms.Field) -> serializers.Field:
    """How a form field looks in a body."""
    words: dict[str, Any] = {"required": False, "help_text": str(field.label or "")}
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(**words)
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return serializers.ListField(child=build_number_field(), **words)
    if isinstance(field, forms.ModelChoiceField):
        return build_number_field(allow_null=not field.required, **words)
    if isinstance(field, forms.DecimalField):
        return serializers.FloatField(allow_null=True, **words)
    if isinstance(field, forms.DateField):
        return serializers.DateField(allow_null=True, **words)
    return build_text_field(
        allow_blank=True, allow_null=True, max_length=getattr(field, "max_length", None), **words
    )


def get_documented_parameters(kind: Kind) -> list[OpenApiParameter]:
    """Each filter of the list with its values, and each condition."""
    filters = [
        parameter
        for name in kind.fields.FILTER
        for parameter in _build_filter_parameters(kind, name, kind.filters.base_filters[name])
    ]
    conditions = get_conditions_by_parameter(kind).items()
    return filters + [
        _build_condition_parameter(name, field, operator) for name, (field, operator) in conditions
    ]


RANGE = "Two values with two dots between them; one of them may be empty."
VALUES = {
    "text": "A text; capitals and accents make no difference.",
    "number": "A number, such as 1250.5.",
    "numbers": RANGE,
    "days": f"{RANGE} {DAY}",
    "day": DAY,
}


def _build_condition_parameter(name: str, field: Any, operator: Operator) -> OpenApiParameter:
    asks = VALUES.get(operator.asks, "")
    if isinstance(operator.value(), DayOrMoment | MomentRange):
        asks = asks.replace(DAY, MOMENT)
    words = f"Records whose {field.verbose_name} {operator.label}. {asks}".strip()
    values = getattr(operator.value(), "choices", ())
    return document_query_parameter(name, words=words, enum=[value for value, _label in values] or None)


def _build_filter_parameters(kind: Kind, name: str, item: Any) -> list[OpenApiParameter]:
    label = str(item.label)
    if isinstance(item, AnyOf):
        several = {
            "type": "array",
            "items": {"type": "string", **({"enum": item.known} if item.known else {})},
        }
        words = f"Records whose {label} is one of these. {_describe_filter_values(kind, name)}".strip()
        turned = document_query_parameter(
            f"{name}{NEGATION_SUFFIX}", words=f"on: records whose {label} is none of these.", enum=["on"]
        )
        return [document_query_parameter(name, several, words, explode=True, style="form"), turned]
    if isinstance(item, Period):
        names = [value for value, _label in item.extra["choices"]]
        return [
            document_query_parameter(
                name, words=f"Records by {label}. between needs {name}{FROM} or {name}{TO}.", enum=names
            ),
            document_query_parameter(f"{name}{FROM}", OpenApiTypes.DATE, f"The first day of between. {DAY}"),
            document_query_parameter(f"{name}{TO}", OpenApiTypes.DATE, f"The last day of between. {DAY}"),
        ]
    if isinstance(item, YesNoFilter):
        return [document_query_parameter(name, words=f"Records by {label}.", enum=["yes", "no"])]
    if isinstance(item, Flag):
        return [document_query_parameter(name, words=f"on: records {label}.", enum=["on"])]
    if isinstance(item, OfImport):
        return [
            document_query_parameter(name, words="Records that the import with this ID added or changed.")
        ]
    return [document_query_parameter(name, words=f"Records whose {label} contains this text.")]


def _describe_filter_values(kind: Kind, name: str) -> str:
    """Where the values of a filter come from."""
    fields: Any = {field.name: field for field in kind.model._meta.fields}
    found = get_field_type(fields[name]) if name in fields else None
    if isinstance(found, Person):
        return (
            "Ids of users; me for the user of the token, team for the members of their departments, "
            "none for unassigned records."
        )
    if isinstance(found, Country):
        return "ISO 3166 codes of two letters; none for records without a country."
    if isinstance(found, Department):
        return "Ids; team for the departments of the user of the token."
    return "Ids." if isinstance(found, Related | Tags) else ""
