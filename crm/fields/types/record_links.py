"""A link to a record of another type, of which there may be a million: chosen by typing, and shown by its name.

Whoever sees a record also sees the name of what it is linked to. Choosing and opening that requires access to it.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.db.models import Field, Q, Value
from django.utils.translation import gettext as _

from crm.fields.conditions.field_filters import build_folded_expression
from crm.fields.conditions.operators import EMPTINESS_OPERATORS, TEXT_OPERATORS
from crm.fields.model_fields import Plain
from crm.fields.record_labels import get_record_label, parse_label_number
from crm.fields.types.field_type import FieldType
from crm.fields.widgets.link_widgets import LinkCell
from crm.platform.models.undo_rules import Guard
from crm.platform.record_types import RECORD_TYPES
from crm.platform.web.id_parsing import get_id_or_value, parse_number
from crm.platform.web.rendering.form_rendering import is_offered
from crm.platform.web.request_cache import read_cached

SHOWN = 3


def _build_equality_condition(field: Field, text: str) -> Q:
    number = parse_label_number(text)
    if number is not None:
        return Q(**{field.name: number})
    key: Any = field.related_model._meta.get_field("name_key")  # type: ignore[union-attr]
    return Q(**{f"{field.name}__name_key": key.build_key_expression(text)})


def _build_contains_condition(field: Field, text: str) -> Q:
    return Q(**{f"{field.name}__name_key__contains": build_folded_expression(Value(text))})


# The words and forms of a text's operators, with conditions on the linked record. Search doesn't know its name.
OF_TEXT = {operator.name: operator for operator in TEXT_OPERATORS}
OPERATORS = (
    replace(OF_TEXT["is"], condition=_build_equality_condition, searched=False),
    replace(OF_TEXT["contains"], condition=_build_contains_condition, searched=False),
    *EMPTINESS_OPERATORS,
)


class Link(FieldType):
    """A record of another type. `page` is where a click leads, for those who may open it."""

    width = 28

    def parse_recorded_value(self, field, recorded):
        return recorded

    def format_value(self, field, value, reader=None):
        if value is None:
            return ""
        model, pk = field.related_model, get_id_or_value(value)

        def read() -> str:
            record = model.objects.filter(pk=pk).first()
            return str(record) if record else _("deleted permanently")

        return read_cached(f"name of {model.table} {pk}", read)

    def get_linked_record(self, field, record):
        return getattr(record, field.name)

    def render_cell(self, field, record):
        linked = self.get_linked_record(field, record)
        return str(linked) if linked else ""

    def get_fact_url(self, field, record, user):
        linked = self.get_linked_record(field, record)
        may = linked is not None and user.has_perm(linked.get_right("view"))
        seen = may and type(linked).objects.visible_to(user).filter(pk=linked.pk).exists()
        return linked.get_absolute_url() if seen else ""

    def get_only_paths(self, field):
        return [f"{field.name}__{part}" for part in field.related_model.named_by]

    def get_select_related_paths(self, field):
        return [field.name]

    def get_operators(self, field):
        return OPERATORS

    def widget(self, field):
        return LinkCell(field)


class LinkField(Plain, models.ForeignKey):
    """A foreign key to a record. It is cleared when that one is deleted permanently (crm/records/history/verbs/delete.py)."""

    type = Link()
    path = "django.db.models.ForeignKey"

    def __init__(self, to, on_delete=models.PROTECT, **keywords) -> None:
        super().__init__(to, on_delete, **{"null": True, "blank": True, "related_name": "+", **keywords})

    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"form_class": RecordChoice, **keywords})


def offer_links(form: Any, user: Any) -> None:
    """Offer the present records that the user of a form sees, besides the linked one. Without permission to view such
    records, the link stays as it is."""
    for field in form._meta.model._meta.local_concrete_fields:
        name = field.name
        if isinstance(field, LinkField) and name in form.fields and is_offered(form, name):
            linked: Any = field.related_model
            kept = linked.objects.filter(pk=getattr(form.instance, field.attname))
            form.fields[name].offered = linked.objects.present().visible_to(user)
            form.fields[name].queryset = form.fields[name].offered | kept
            form.fields[name].disabled = not user.has_perm(linked.get_right("view"))


def build_link_guard(table: str, kind: str = "") -> Guard:
    """The guard of an undo that would link to a record of this database table that no longer exists.

    With the name of its kind, the preview counts the records that the undo brings back first.
    """
    gone = f"{{old}} IS NOT NULL AND NOT EXISTS (SELECT FROM {table} g WHERE g.id = {{old}})"
    if not kind:
        return Guard("link_gone", gone)
    returns = f"""EXISTS (SELECT FROM crm_change gone WHERE gone."table" = '{kind}' AND gone."row" = {{old}}
        AND gone.operation_id = {{operation}} AND gone.at >= {{since}} AND gone.kind = 'delete')"""
    return Guard("link_gone", f"{gone} AND NOT ({{ahead}} AND {returns})")


def build_linked_columns_sql(model: type[models.Model], row: str) -> dict[str, str]:
    """The SQL of each column of a link in this row of the history: NULL for a record that no longer exists."""
    return {
        str(
            field.column
        ): f'(SELECT g.id FROM {field.related_model._meta.db_table} g WHERE g.id = {row}."{field.column}")'
        for field in _get_link_fields(model)
    }


def get_required_link_columns(model: type[models.Model]) -> list[str]:
    """The columns of the links that a row of this model can't be without."""
    return [str(field.column) for field in _get_link_fields(model) if not field.null]


def _get_link_fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, LinkField)]


def get_links_to(model: type[models.Model], among: Any) -> list[tuple[type[models.Model], str]]:
    """The models among these whose records can be linked to such records, with the field of the link."""
    return [
        (other, field.name)
        for other in among
        for field in _get_link_fields(other)
        if field.related_model is model
    ]


class RecordInput(forms.TextInput):
    """Suggests records while one types; without JavaScript, the name or the number is typed."""

    template_name = "forms/_record_input.html"
    table = ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        found = f"{context['widget']['attrs']['id']}_found"
        # A link may have another name than the kind, such as the parent of a company.
        address = f"{RECORD_TYPES[self.table].get_url('named')}?{urlencode({'field': name})}"
        context["widget"]["attrs"] |= {
            "list": found,
            "autocomplete": "off",
            "hx-get": address,
            "hx-target": f"#{found}",
            "hx-trigger": "input changed delay:200ms",
        }
        return context


class RecordChoice(forms.ModelChoiceField):
    """A record by its number, as "#12" or "Omnia SRL (#12)", or by its name if there is only one of this name. `offered` are those
    that can be chosen, without the one that is already linked."""

    widget = RecordInput
    queryset: Any
    offered: Any = None

    def __init__(self, queryset, **keywords) -> None:
        for unused in ("limit_choices_to", "blank"):
            keywords.pop(unused, None)
        super().__init__(queryset, **keywords)
        self.widget.table = queryset.model.table

    def prepare_value(self, value):
        pk = parse_number(str(get_id_or_value(value) or ""))
        if pk is None:
            return value
        record = self.queryset.filter(pk=pk).first()
        return get_record_label(record) if record else value if isinstance(value, str) else ""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, self.queryset.model):
            value = str(value.pk)
        text = str(value).strip()
        number = parse_label_number(text)
        found = list(self.queryset.filter(pk=number)) if number is not None else []
        if not found:
            key: Any = self.queryset.model._meta.get_field("name_key")
            found = list(
                self.queryset.filter(name_key=key.build_key_expression(text)).order_by("pk")[: SHOWN + 1]
            )
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(self._describe_several(found) if found else self._describe_unknown(text))

    def _describe_unknown(self, text: str) -> str:
        return _("No record is named “%(name)s”. Enter the name or number of an existing one, like #12.") % {
            "name": text
        }

    def _describe_several(self, found: list[Any]) -> str:
        names = ", ".join(get_record_label(record) for record in found[:SHOWN])
        return _("Several records have this name. Enter one with its number: %(names)s") % {"names": names}

    def has_changed(self, initial, data):
        return str(get_id_or_value(initial) or "") != str(parse_label_number(str(data or "")) or "")
