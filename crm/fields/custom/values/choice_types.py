"""Custom fields with a choice: yes or no, one or several of the field's own choices, a user."""

from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.fields.conditions.field_filters import NONE, AnyOf, build_people_condition, get_people_choices
from crm.fields.custom.values.json_types import (
    BY_DEPARTMENT,
    OWN_VALUES,
    CustomTypeMixin,
    OfText,
    build_any_value_condition,
    build_value_text,
    is_quick,
)
from crm.fields.sort_segments import LAST_FIRST, PartsSort, ValueSort
from crm.fields.types import choices
from crm.fields.types.field_type import FieldType
from crm.fields.widgets import lookup_widgets, person_widgets, value_widgets
from crm.fields.widgets.value_widgets import get_cell_text
from crm.platform.excel.parsing.name_lists import split_names
from crm.platform.sql.reference_tables import get_labels_by_id, get_ordered_rows
from crm.platform.text.text_folding import fold_text
from crm.platform.web.rendering.html_building import html, join_html
from crm.templatetags.look import person


class YesNo(CustomTypeMixin, FieldType):
    """Yes, no, or not known."""

    width = 9
    has_few_values = True

    def format_value(self, field, value, reader=None):
        return "" if value in (None, "") else _("yes") if value else _("no")

    def render_cell(self, field, record):
        return self.format_value(field, getattr(record, field.name))

    def build_sort(self, field):
        yes, no = Q(**{field.name: True}), Q(**{field.name: False})
        parts = (("yes", yes), ("no", no), ("none", Q(**{field.name: None})))
        return PartsSort(parts, prefixes=BY_DEPARTMENT if is_quick(field) else ())

    def build_filter(self, field):
        def build_condition(values):
            return Q(**{f"{field.name}__in": [value == "yes" for value in values]})

        offered = [
            ("yes", gettext_lazy("yes")),
            ("no", gettext_lazy("no")),
            (NONE, pgettext_lazy("no value", "none")),
        ]
        return AnyOf(
            label=field.verbose_name,
            choices=lambda user: offered,
            condition=lambda values, user: build_any_value_condition(field, values, build_condition),
        )

    def get_filter_values(self, stored):
        return [NONE if stored is None else "yes" if stored else "no"]

    def widget(self, field):
        return YesNoCell()


class YesNoCell(value_widgets.YesNoCell):
    """An empty cell means that it isn't known."""

    def format_value(self, value):
        return "" if value is None else super().format_value(value)

    def clean(self, value, row=None, **keywords):
        return super().clean(value) if get_cell_text(value) else None


def render_choice_chip(choice: dict[str, Any]) -> Any:
    """The label of a choice, in its color if it has one."""
    if choice.get("hue") is None:
        return html('<span class="chip">{}</span>', choice["name"])
    return html('<span class="chip" data-hue="{}">{}</span>', choice["hue"], choice["name"])


class Choice(OfText, choices.Choice):
    def format_value(self, field, value, reader=None):
        return field.by_key[value]["name"] if value in field.by_key else str(value or "")

    def render_cell(self, field, record):
        value = getattr(record, field.name)
        return render_choice_chip(field.by_key.get(value, {"name": value})) if value else ""

    def render_fact(self, field, record):
        return self.render_cell(field, record)

    def build_filled_expressions(self, field, values):
        return {field.name: build_value_text(field, values)}

    def build_sort(self, field):
        return self.adapt_sort_to_index(
            field, replace(choices.Choice.build_sort(self, field), order=LAST_FIRST)
        )

    def build_filter(self, field):
        return choices.Choice.build_filter(self, field)


class Choices(CustomTypeMixin, FieldType):
    """Several choices: their keys, in the order of the definition."""

    width = 24
    has_few_values = False

    def build_filled_expressions(self, field, values):
        return {field.name: KeyTransform(field.name, values)}

    def build_quick_index(self, field, name):
        return GinIndex(KeyTransform(field.name, OWN_VALUES), name=name)

    def build_same_value_condition(self, field, value):
        return (
            super().build_same_value_condition(field, value) if value else self.build_empty_condition(field)
        )

    def build_empty_condition(self, field):
        return Q(**{f"{field.name}__isnull": True})

    def parse_recorded_value(self, field, recorded):
        return recorded

    def format_value(self, field, value, reader=None):
        return ", ".join(str(field.by_key.get(key, {"name": key})["name"]) for key in value or [])

    def render_cell(self, field, record):
        chosen = [field.by_key.get(key, {"name": key}) for key in getattr(record, field.name) or []]
        return html('<span class="tags">{}</span>', join_html(map(render_choice_chip, chosen)))

    def render_fact(self, field, record):
        return self.render_cell(field, record)

    def build_sort(self, field):
        parts = (("filled", ~self.build_empty_condition(field)), ("empty", self.build_empty_condition(field)))
        return PartsSort(parts, prefixes=BY_DEPARTMENT if is_quick(field) else ())

    def build_filter(self, field):
        def build_condition(values):
            return Q(**{f"{field.name}__has_any_keys": values})

        return AnyOf(
            label=field.verbose_name,
            choices=lambda user: [*field.definition_choices, (NONE, pgettext_lazy("no value", "none"))],
            condition=lambda values, user: build_any_value_condition(field, values, build_condition),
        )

    def get_filter_values(self, stored):
        return list(stored or [NONE])

    def widget(self, field):
        return ChoicesCell(field)


class ChoicesCell(lookup_widgets.ChoiceCell):
    """Labels separated by commas."""

    field: Any

    def prepare(self, user, **keywords):
        super().prepare(user)
        for key, label in self.field.definition_choices:
            self.add_label(key, label, [key], offered=False)

    def get_label(self, keys):
        return ", ".join(
            lookup_widgets.quote_name_with_separator(self.labels.get(key, str(key))) for key in keys or []
        )

    def clean(self, value, row=None, **keywords):
        names = split_names(get_cell_text(value), self.has_label)
        unknown = [name for name in names if fold_text(name) not in self.ids]
        if unknown:
            raise ValueError(self.get_unknown_sentence() % {"name": unknown[0]})
        found = {self.get_value_by_label(name) for name in names}
        return [key for key, _label in self.field.definition_choices if key in found] or None


class User(CustomTypeMixin, FieldType):
    """A user, by ID."""

    width = 34
    has_few_values = True
    none = choices.Person.none

    def parse_recorded_value(self, field, recorded):
        return recorded

    def format_value(self, field, value, reader=None):
        if value in (None, ""):
            return ""
        return get_labels_by_id(get_user_model(), reader).get(int(value), _("another user"))

    def render_cell(self, field, record):
        value = getattr(record, field.name)
        return person(None) if value in (None, "") else self.format_value(field, value)

    def render_fact(self, field, record):
        return self.render_cell(field, record)

    def build_sort(self, field):
        keys = tuple(row.pk for row in get_ordered_rows(get_user_model()))
        return self.adapt_sort_to_index(
            field, ValueSort(field.name, keys, empty=Q(**{field.name: None}), order=LAST_FIRST)
        )

    def build_filter(self, field):
        of_these = build_people_condition(field.name)
        return AnyOf(
            label=field.verbose_name,
            choices=get_people_choices,
            condition=lambda values, user: build_any_value_condition(
                field, values, lambda chosen: of_these(chosen, user)
            ),
        )

    def widget(self, field):
        return person_widgets.PersonCell()
