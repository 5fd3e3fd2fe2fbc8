"""Choices: yes or no, a country, one of a few values, a row of another table, a colleague, tags."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Index, OuterRef, Q
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_countries import countries

from crm.fields.conditions.field_filters import (
    NONE,
    TEAM,
    AnyOf,
    YesNoFilter,
    build_ids_condition,
    build_people_condition,
    get_empty_choice,
    get_people_choices,
)
from crm.fields.models.record import PRESENT
from crm.fields.models.tag import Tag
from crm.fields.sort_segments import PartsSort, ValueSort
from crm.fields.types.field_type import EMPTY_VALUES, FieldType, build_sort_index
from crm.fields.widgets import lookup_widgets, person_widgets
from crm.fields.widgets.value_widgets import YesNoCell
from crm.platform.sql.reference_tables import (
    get_labels_by_id,
    get_ordered_rows,
    get_row_label,
    get_rows_for_field,
)
from crm.platform.text.text_folding import fold_text
from crm.platform.web.id_parsing import get_id_or_value
from crm.platform.web.rendering.html_building import html
from crm.templatetags.look import person


class YesNo(FieldType):
    width = 9

    def build_empty_condition(self, field):
        return Q(pk__in=[])

    def format_value(self, field, value, reader=None):
        return _("yes") if value else _("no")

    def render_cell(self, field, record):
        return _("yes") if getattr(record, field.name) else ""

    def render_fact(self, field, record):
        return self.format_value(field, getattr(record, field.name))

    def build_sort(self, field):
        parts = ((field.name, Q(**{field.name: True})), ("other", Q(**{field.name: False})))
        return PartsSort(parts, indexed=(field.name,))

    def build_sort_index(self, field, name) -> Index:
        return build_sort_index(name, "created_at", filled=Q(**{field.name: True}))

    def build_filter(self, field):
        return YesNoFilter(label=field.verbose_name, condition=lambda: Q(**{field.name: True}))

    def widget(self, field):
        return YesNoCell()


class Choice(FieldType):
    """One of the model's choices."""

    has_few_values = True

    def format_value(self, field, value, reader=None):
        return str(dict(field.flatchoices).get(value, value)) if value not in EMPTY_VALUES else ""

    def render_cell(self, field, record):
        return self.format_value(field, getattr(record, field.name))

    def build_sort(self, field):
        values = tuple(value for value, _label in field.flatchoices if value)
        return ValueSort(str(field.column), values, empty=Q(**{field.name: ""}))

    def build_sort_index(self, field, name):
        return build_sort_index(name, field.name, "created_at")

    def build_filter(self, field):
        return AnyOf(
            label=field.verbose_name,
            choices=lambda user: [*get_empty_choice(field), *field.flatchoices],
            condition=lambda values, user: Q(**{f"{field.name}__in": replace_none_with_blank(values)}),
        )

    def widget(self, field):
        return lookup_widgets.ChoiceCell(field)


@lru_cache(maxsize=1_000)
def get_country_name(code: str, language: str | None) -> str:
    """In the active language, which is part of the arguments because it is cached: translating a name takes 30 µs."""
    return str(countries.name(code) or code)


@lru_cache(maxsize=10)
def get_country_codes_in_name_order(language: str | None) -> tuple[str, ...]:
    """All codes in the order of their names in the active language."""
    return tuple(sorted(dict(countries), key=lambda code: fold_text(countries.name(code))))


class Country(FieldType):
    """A country by its ISO code; shown and sorted by its name in the reader's language."""

    width = 18
    has_few_values = True

    def format_value(self, field, value, reader=None):
        code = getattr(value, "code", value)
        return get_country_name(str(code), get_language()) if code else ""

    def render_cell(self, field, record):
        return self.format_value(field, getattr(record, field.name))

    def build_sort(self, field):
        return ValueSort(
            str(field.column), get_country_codes_in_name_order(get_language()), empty=Q(**{field.name: ""})
        )

    def build_sort_index(self, field, name):
        return build_sort_index(name, field.name, "created_at")

    def build_filter(self, field):
        return AnyOf(
            label=field.verbose_name,
            choices=lambda user: [(NONE, pgettext_lazy("no value", "none")), *countries],
            condition=lambda values, user: Q(**{f"{field.name}__in": replace_none_with_blank(values)}),
        )

    def widget(self, field):
        return lookup_widgets.CountryCell()


class Related(FieldType):
    """A row of another table, by its label. `unseen` replaces one that the reader can't see, or that is gone."""

    has_few_values = True
    unseen: str | Promise = _lazy("retired")

    def parse_recorded_value(self, field, recorded):
        return recorded

    def format_value(self, field, value, reader=None):
        pk = get_id_or_value(value)
        return "" if pk is None else get_labels_by_id(field.related_model, reader).get(pk, str(self.unseen))

    def format_row(self, row: Any) -> str:
        return getattr(row, "label", None) or str(row)

    def render_cell(self, field, record):
        row = getattr(record, field.name)
        return self.format_row(row) if row else ""

    def get_only_paths(self, field):
        """A shipped row is translated by its key, if it has one."""
        columns = {column.name for column in field.related_model._meta.concrete_fields}
        return [f"{field.name}__{column}" for column in ("name", "key") if column in columns]

    def get_select_related_paths(self, field):
        return [field.name]

    def build_sort(self, field):
        keys = tuple(row.pk for row in get_rows_for_field(field))
        return ValueSort(field.attname, keys, empty=Q(**{field.name: None}) if field.null else None)

    def build_sort_index(self, field, name):
        filled = Q(**{f"{field.name}__isnull": False}) if field.null else None
        return build_sort_index(name, field.name, "created_at", filled=filled)

    def build_filter(self, field):
        return AnyOf(
            label=field.verbose_name,
            choices=self.build_choices_callback(field),
            condition=build_ids_condition(field.name),
        )

    def build_choices_callback(self, field) -> Callable[[Any], list[tuple[str, Any]]]:
        if hasattr(field.related_model, "is_for"):
            return lambda user: [(str(row.pk), get_row_label(row)) for row in get_rows_for_field(field)]
        return lambda user: [
            (str(pk), label) for pk, label in get_labels_by_id(field.related_model, user).items()
        ]

    def widget(self, field):
        return lookup_widgets.RelatedCell(field)


class Department(Related):
    unseen = _lazy("another department")

    def build_filter(self, field):
        def condition(values: list[str], user) -> Q:
            chosen = [int(value) for value in values if value != TEAM]
            return Q(**{f"{field.name}__in": [*chosen, *(user.department_ids if TEAM in values else ())]})

        return AnyOf(
            label=field.verbose_name, choices=self.build_choices_callback(field), condition=condition
        )

    def build_choices_callback(self, field):
        of_all = super().build_choices_callback(field)
        return lambda user: [(TEAM, _lazy("my department")), *of_all(user)]

    def widget(self, field):
        return person_widgets.DepartmentCell(field)


class Person(Related):
    """A user, shown with initials. Lists by owner walk an index that starts with the owner."""

    width = 34
    none = _lazy("Unassigned")
    unseen = _lazy("another user")

    def render_cell(self, field, record):
        return person(getattr(record, field.name))

    def render_fact(self, field, record):
        return self.render_cell(field, record)

    def get_only_paths(self, field):
        return [f"{field.name}__name", f"{field.name}__hue"]

    def build_sort(self, field):
        keys = tuple(row.pk for row in get_ordered_rows(field.related_model))
        prefixes = ("department_id", field.attname)
        return ValueSort(field.attname, keys, empty=Q(**{field.name: None}), prefixes=prefixes)

    def build_sort_index(self, field, name):
        return Index(fields=[field.name, "department", "created_at", "id"], name=name, condition=PRESENT)

    def build_filter(self, field):
        return AnyOf(
            label=field.verbose_name, choices=get_people_choices, condition=build_people_condition(field.name)
        )

    def widget(self, field):
        return person_widgets.PersonCell(field)


class Names(FieldType):
    """Several names in one field, as one text."""

    def __init__(self, words: Callable[[list], str] | None = None) -> None:
        self.words = words or (lambda names: ", ".join(map(str, names)))

    def parse_recorded_value(self, field, recorded):
        return recorded

    def format_value(self, field, value, reader=None):
        return self.words(value) if value else ""


class Tags(FieldType):
    """The ids of tags, in an array."""

    width = 22

    def build_empty_condition(self, field):
        return Q(**{field.name: []})

    def parse_recorded_value(self, field, recorded):
        return recorded

    def get_filter_values(self, stored):
        return [str(pk) for pk in stored]

    def format_value(self, field, value, reader=None):
        names = get_labels_by_id(Tag)
        return ", ".join(names.get(pk, _("retired")) for pk in value or [])

    def render_cell(self, field, record):
        return render_chips(getattr(record, f"{field.name}_names"))

    def render_fact(self, field, record):
        tags = getattr(record, field.name)
        return render_chips([name for pk, name in get_labels_by_id(Tag).items() if pk in tags])

    def get_list_annotations(self, field):
        names = Tag.objects.filter(pk__any=OuterRef(field.name)).in_order().values("name")
        return {f"{field.name}_names": ArraySubquery(names)}

    def build_sort(self, field):
        return PartsSort(
            (("tagged", ~self.build_empty_condition(field)), ("other", self.build_empty_condition(field)))
        )

    def build_filter(self, field):
        return AnyOf(
            label=field.verbose_name,
            choices=lambda user: [(str(pk), name) for pk, name in get_labels_by_id(Tag).items()],
            condition=lambda values, user: Q(**{f"{field.name}__overlap": [int(value) for value in values]}),
        )

    def widget(self, field):
        return lookup_widgets.TagsCell()


def render_chips(names):
    return html(
        '<span class="tags">{}</span>',
        format_html_join("", '<span class="chip">{}</span>', [(name,) for name in names]),
    )


def replace_none_with_blank(values: list[str]) -> list[str]:
    """The values of a filter, with "none" replaced by ''."""
    return ["" if value == NONE else value for value in values]
