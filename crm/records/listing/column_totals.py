"""The total of a number or money column over all records of a list."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.fields.types.field_type import get_field_type
from crm.fields.types.numbers import Money
from crm.models import CustomField
from crm.platform.configuration.company import get_company_currency
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import RecordList
from crm.templatetags.look import money

SUMMED = (CustomField.Type.NUMBER, CustomField.Type.MONEY)


def has_total(kind: Kind, name: str) -> bool:
    """Whether the values of a column can be added up."""
    if custom := get_custom_field(kind.name, name):
        return custom.value_type in SUMMED
    return (
        isinstance(get_field_type(_get_model_field(kind, name)), Money)
        if _get_model_field(kind, name)
        else False
    )


def get_total_in_words(listing: RecordList, name: str) -> str:
    """The total in words: "12,500 EUR, in 31 leads". Money is added up in the base currency."""
    kind = listing.kind
    rows = annotate_custom_values(listing.visible, [name]).order_by()
    if custom := get_custom_field(kind.name, name):
        found = rows.aggregate(total=Sum(name), counted=Count(name))
        return _describe_total(kind, custom.type.format_value(custom, found["total"] or 0), found["counted"])
    field: Any = _get_model_field(kind, name)
    base = field.base_column
    without_rate = Q(**{f"{name}__isnull": False, f"{base}__isnull": True})
    found = rows.aggregate(total=Sum(base), counted=Count(base), left=Count("pk", filter=without_rate))
    words = _describe_total(
        kind, money(found["total"] or Decimal(0), get_company_currency()), found["counted"]
    )
    if not found["left"]:
        return words
    rest = _("Without an exchange rate, and not included: %(records)s.")
    return f"{words} {rest % {'records': kind.words.counted(found['left'])}}"


def _get_model_field(kind: Kind, name: str) -> Any:
    return next((field for field in kind.model._meta.concrete_fields if field.name == name), None)


def _describe_total(kind: Kind, total: str, counted: int) -> str:
    return _("%(total)s in %(records)s with a value.") % {
        "total": total,
        "records": kind.words.counted(counted),
    }
