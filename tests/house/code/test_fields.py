"""Every field of a lead has a place: in a list of leads/fields.py, or in HIDDEN with the reason."""

import pytest

from crm.api.v2.custom_fields import build_definitions_reader
from crm.fields.custom.formulas.type_checker import NAMES
from crm.fields.custom.values.custom_types import CUSTOM_FIELD_TYPES
from crm.fields.types.field_type import get_field_type
from crm.models import BuiltInField, CustomField
from crm.records.custom_fields.field_list import get_automatic_fields
from crm.records.editing.set_field import get_settable_fields
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.offered_filters import get_filterable_fields
from crm.transfer.imports.check.rules_by_kind import RULES
from crm.transfer.imports.columns.file_columns import get_column_targets
from leads import fields
from leads.models import Lead


def test_every_field_of_a_lead_is_in_some_list_or_hidden_with_a_reason():
    lists = [fields.FORM_FIELDS, fields.LIST, fields.FILTER, fields.FACTS, fields.EXCEL, fields.CONTRACT]
    decided = {name for names in lists for name in names} | set(fields.HIDDEN)
    columns = {field.name for field in Lead._meta.local_concrete_fields}
    assert {name for name in columns if name not in decided} == set()
    assert all(len(reason) > 8 for reason in fields.HIDDEN.values())


def test_the_lists_name_only_existing_fields():
    columns = {field.name for field in Lead._meta.local_concrete_fields}
    shown = columns | {"name", "newsletter", "time_in_status"} | set(KINDS["lead"].drawing.added)
    assert set(fields.FORM_FIELDS) <= columns
    assert set(fields.CONTRACT) <= columns
    assert set(fields.LIST) <= shown
    assert set(fields.FACTS) <= shown
    assert set(fields.EXCEL) <= shown
    assert set(fields.HIDDEN) <= columns
    assert set(fields.LIST_AT_FIRST) <= set(fields.LIST)
    assert set(fields.INLINE) <= columns


def test_hidden_fields_are_in_no_form_and_no_column():
    assert not set(fields.HIDDEN) & (set(fields.FORM_FIELDS) | set(fields.LIST) | set(fields.FACTS))


def test_every_field_whose_type_has_operators_can_be_compared_in_a_condition():
    forgotten = {
        f"{kind.name}.{field.name}"
        for kind in KINDS.values()
        for field in kind.model._meta.local_concrete_fields
        if get_field_type(field).get_operators(field) and field.name not in kind.fields.CONDITIONS
        if field.name not in kind.fields.HIDDEN and field.name not in kind.fields.FILTER
    }
    assert forgotten == set()


def test_every_record_type_has_rules_for_its_import():
    assert RULES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_type_of_custom_field_is_everywhere_a_field_is(kind, make_field, ada):
    fields = {
        type: make_field(
            f"Extra {type}", type, of=kind.name, choices=["A"] if "choice" in type else (), formula="1"
        )
        for type in CustomField.Type.values
    }
    names = {field.name for field in fields.values()}
    places = {
        "columns": set(kind.get_listed_names("LIST", ada)),
        "facts": set(kind.get_listed_names("FACTS", ada)),
        "filters": {name for name, _label in get_filterable_fields(kind, ada)},
        # Nobody looks for a long text or a file by its first letter, and the order of linked records is that of another type.
        "sorts": kind.sorts.get_names(ada) | {fields[type].name for type in ("long_text", "link", "file")},
        "export": set(kind.resource(kind, ada).fields),
        "API v2": {row["key"] for row in build_definitions_reader(kind.name)(ada)},
    }
    forgotten = {place: names - found for place, found in places.items() if names - found}
    assert forgotten == {}
    places = {
        "form": set(kind.form(user=ada, initial=kind.first_values(ada)).fields),
        "import": {name for name, _label in get_column_targets(kind, ada)},
        "edited in place": kind.get_inline_fields(ada),
        "set in bulk": set(get_settable_fields(kind, ada)),
    }
    # The values of a formula are computed, so there is nothing to enter. Only the form uploads files.
    written = names - {fields["formula"].name, fields["file"].name}
    expected = dict.fromkeys(places, written) | {"form": written | {fields["file"].name}}
    assert {place: found & names for place, found in places.items()} == expected
    for field in fields.values():
        assert kind.get_heading(field.name) == str(field.verbose_name)
        assert kind.get_database_columns(field.name) == [field.name]
        assert field.type.format_value(field, None) == ""


def test_every_type_of_custom_field_can_be_guessed_or_chosen_for_a_column():
    assert {*CUSTOM_FIELD_TYPES, CustomField.Type.FORMULA} == set(CustomField.Type.values)


def test_every_result_of_a_formula_is_shown_as_a_type_of_custom_field():
    assert set(NAMES) <= set(CUSTOM_FIELD_TYPES)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_administrator_can_change_the_label_of_every_built_in_field(kind, db):
    """A form, filter, column or heading with a label of its own would keep the old one."""
    names = [*kind.fields.FORM_FIELDS, *get_automatic_fields(kind)]
    with operation("test", by=None):
        BuiltInField.objects.bulk_create(
            BuiltInField(table_of=kind.name, name=name, label=f"qq {name}") for name in names
        )
    for name in names:
        assert kind.get_heading(name) == f"Qq {name}"
        if name in kind.fields.EXCEL:
            assert kind.get_file_heading(name) == f"Qq {name}"
        if name in kind.table.base_columns:
            assert kind.table.get_column_label(name) == f"Qq {name}"
        if name in kind.filters.base_filters:
            assert str(kind.filters.base_filters[name].label) == f"qq {name}"
