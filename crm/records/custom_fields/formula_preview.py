"""The values that a formula would have for some records, as the form of its definition shows them."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from crm.fields.custom.formulas.formula_set import FormulaSet
from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.schemas import Schema
from crm.models import CustomField
from crm.records.custom_fields.formula_input import get_definitions_with_proposed
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList

PREVIEWED = 5


@dataclass(frozen=True)
class FormulaPreview:
    """A record with the value that the formula has for it."""

    name: str
    text: str


def build_previews(kind: Schema, own: CustomField, user: Any) -> list[FormulaPreview]:
    """The value for some of the newest records that the user sees. `own` has its formula as it would be stored."""
    field = build_model_field(own, book=FormulaSet(kind, get_definitions_with_proposed(kind, own)))
    ids = RecordList(KINDS[kind.name], QueryDict(), user).get_page(PREVIEWED).ids
    rows: Any = kind.model.objects
    found = (
        rows.visible_to(user).filter(pk__any=ids).annotate(**{field.name: field.expression}).in_order_of(ids)
    )
    return [
        FormulaPreview(row.shown_name, field.type.format_value(field, getattr(row, field.name), user))
        for row in found
    ]
