"""Every column that can have a text is declared: an erasure looks through it or empties it, or it has nothing of persons."""

from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from privacy.holders import HOLDERS
from privacy.holders.text_columns import get_free_columns, get_searched_columns

# Columns of these types have no text.
WITHOUT_TEXT = (
    *(models.IntegerField, models.DecimalField, models.FloatField, models.BooleanField, models.DurationField),
    *(models.DateField, models.TimeField, models.UUIDField, models.ForeignKey),
)


def texts_of(model: Any) -> set[str]:
    """Without choices, and without columns that are made of others: triggers write those again."""
    return {
        each.column
        for each in model._meta.local_concrete_fields
        if not each.choices
        and not isinstance(each, (*WITHOUT_TEXT, SearchVectorField))
        and not getattr(each, "derived", False)
        and not (isinstance(each, ArrayField) and isinstance(each.base_field, WITHOUT_TEXT))
    }


def held_models() -> dict[str, Any]:
    return {label: apps.get_model(label) for holder in HOLDERS for label in holder.models}


def test_each_text_column_is_looked_through_or_free_of_persons():
    held, nothing = get_searched_columns(), get_free_columns()
    undeclared = {
        label: left
        for label, model in held_models().items()
        if (left := texts_of(model) - held.get(label, set()) - nothing.get(label, set()))
    }
    assert undeclared == {}


def test_no_column_is_both_looked_through_and_free_of_persons():
    held = get_searched_columns()
    assert {
        label: both
        for label, columns in get_free_columns().items()
        if (both := columns & held.get(label, set()))
    } == {}


def test_no_column_is_declared_that_is_gone():
    for declared in (get_searched_columns(), get_free_columns()):
        for label, columns in declared.items():
            known = {each.column for each in apps.get_model(label)._meta.local_concrete_fields}
            assert columns <= known, label


def test_columns_free_of_persons_are_in_tables_with_a_holder():
    assert set(get_free_columns()) <= set(held_models())
