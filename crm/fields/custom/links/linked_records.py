"""Links to a record as a custom field: the model field, its form field and its type.

The value is the number of a record of the type that the definition names. As with built-in links, whoever sees a record also
sees the name of what it is linked to, and choosing and opening that requires access to it.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.field_filters import build_folded_expression
from crm.fields.conditions.operators import EMPTINESS_OPERATORS, MAX_OPERAND_LENGTH
from crm.fields.custom.values.json_types import CustomTypeMixin
from crm.fields.record_labels import get_record_label, parse_label_name, parse_label_number
from crm.fields.types import record_links
from crm.platform.record_types import RECORD_TYPES
from crm.platform.web.rendering.html_building import html

# Separates the records in a condition with several.
SEPARATOR = ";"


class LinkedRecord(models.BigIntegerField):
    """The number of a record. The database knows no foreign key in JSON, so what deletes and merges records follows it
    (crm/fields/custom/links/incoming_links.py)."""

    def __init__(self, links_to: str = "", **keywords) -> None:
        self.links_to = links_to
        super().__init__(**keywords)

    @property
    def related_model(self) -> Any:  # type: ignore[override]
        return RECORD_TYPES[self.links_to].model

    def formfield(self, **keywords) -> Any:
        return LinkedRecordChoice(
            self.related_model.objects.none(),
            label=self.verbose_name,
            help_text=self.help_text,
            required=False,
        )


class LinkedRecordChoice(record_links.RecordChoice):
    """The same choice as for a built-in link; its value is the number of the record. `known` is the linked record, if it was
    fetched with the others."""

    known: Any = None

    def prepare_value(self, value: Any) -> Any:
        if self.known is not None and value == self.known.pk:
            return get_record_label(self.known)
        return super().prepare_value(value)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found and found.pk

    def offer_to(self, user: Any, held: Any) -> None:
        """Offer the present records that the user sees, besides the linked one. Without permission to view such records,
        the link stays as it is."""
        linked: Any = self.queryset.model
        kept = linked.objects.filter(pk=held)
        may_view = user is None or user.has_perm(linked.get_right("view"))
        self.offered = linked.objects.present().visible_to(user) if user and may_view else None
        self.queryset = self.offered | kept if user and may_view else kept
        self.disabled = not may_view


def _build_record_condition(field: Any, text: str) -> Q:
    """The records that link to the one with this number, or to those with this name."""
    number = parse_label_number(text)
    if number is not None:
        return Q(**{field.name: number})
    key: Any = field.related_model._meta.get_field("name_key")
    named = field.related_model._default_manager.filter(name_key=key.build_key_expression(text))
    return Q(**{f"{field.name}__in": named.order_by().values("pk")})


def _build_any_record_condition(field: Any, text: str) -> Q:
    found = Q(pk__in=[])
    for one in filter(None, map(str.strip, text.split(SEPARATOR))):
        found |= _build_record_condition(field, one)
    return found


def _build_contains_condition(field: Any, text: str) -> Q:
    if parse_label_number(text) is not None and parse_label_name(text):
        # A record that was chosen from the suggestions.
        return _build_record_condition(field, text)
    named = field.related_model._default_manager.filter(
        name_key__contains=build_folded_expression(Value(text))
    )
    return Q(**{f"{field.name}__in": named.order_by().values("pk")})


OPERATORS = (
    replace(record_links.OF_TEXT["is"], condition=_build_record_condition, searched=False),
    Operator(
        "one_of",
        gettext_lazy("is one of"),
        lambda: forms.CharField(max_length=MAX_OPERAND_LENGTH, required=False),
        _build_any_record_condition,
        lambda text: _("is one of “%(text)s”") % {"text": text},
    ),
    replace(record_links.OF_TEXT["contains"], condition=_build_contains_condition, searched=False),
    *EMPTINESS_OPERATORS,
)


class Link(CustomTypeMixin, record_links.Link):
    """A link that lists and pages draw with the record that attach_linked_records() has fetched."""

    is_linked = True

    def get_linked_record(self, field, record):
        return get_attached_record(field, record)

    def format_record_value(self, field, record):
        linked = get_attached_record(field, record)
        return str(linked) if linked else super().format_record_value(field, record)

    def render_cell(self, field, record):
        return self.format_record_value(field, record)

    def render_linked_cell(self, field, record):
        linked = get_attached_record(field, record)
        if not linked or not linked.is_seen:
            return self.render_cell(field, record)
        return html('<a class="link" href="{}">{}</a>', linked.get_absolute_url(), linked)

    def get_operators(self, field):
        return OPERATORS


def is_link(field: Any) -> bool:
    """Whether a field, built-in or custom, is a custom link to records."""
    return isinstance(field, LinkedRecord)


def get_attached_record(field: Any, record: Any) -> Any:
    """The linked record with its name, if it was fetched and exists."""
    return vars(record).get(f"{field.name}_linked")


def attach_linked_records(records: Iterable[Any], fields: Iterable[Any], viewer: Any = None) -> None:
    """Give records the ones that these custom links name, with `is_seen`: whether the viewer may open them. One query for
    each linked record type."""
    wanted: dict[Any, set[int]] = {}
    pairs = [
        (record, field) for field in fields for record in records if getattr(record, field.attname, None)
    ]
    for record, field in pairs:
        wanted.setdefault(field.related_model, set()).add(getattr(record, field.attname))
    found = {model: _get_named_records(model, ids, viewer) for model, ids in wanted.items()}
    for record, field in pairs:
        linked = found[field.related_model].get(getattr(record, field.attname))
        setattr(record, f"{field.name}_linked", linked)


def _get_named_records(model: Any, ids: set[int], viewer: Any) -> dict[int, Any]:
    seen = Q(pk__in=[])
    if viewer is not None and viewer.has_perm(model.get_right("view")):
        seen = model.scope.build_visible_condition(viewer)
    rows = model.objects.filter(pk__any=sorted(ids)).only("pk", *model.named_by).order_by()
    return {row.pk: row for row in rows.annotate(is_seen=ExpressionWrapper(seen, BooleanField()))}
