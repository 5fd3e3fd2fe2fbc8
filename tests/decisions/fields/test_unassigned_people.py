"""One word wherever no person is chosen in a custom field: that of an owner."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.html import strip_tags

from crm.fields.conditions.field_filters import NONE
from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.custom.values.record_form_fields import build_form_field
from crm.fields.types.field_type import get_field_type
from crm.models import CustomField
from crm.records.editing.set_field import get_clearing_help
from crm.records.history.timeline import FieldChange, get_word_for_none
from reports.engine.dimensions import _build_custom_dimension

pytestmark = pytest.mark.django_db


def build_field(type: str) -> Any:
    choices = [{"key": "a1", "name": "A"}] if type == "choice" else []
    return build_model_field(CustomField(pk=1, table_of="lead", name="Teacher", type=type, choices=choices))


def read_change(field: Any, _user: Any) -> str:
    change = FieldChange(field.name, "Teacher", "Ann", "", none=get_word_for_none(field))
    return change.told_new


def read_cell(field: Any, _user: Any) -> str:
    return strip_tags(get_field_type(field).render_cell(field, SimpleNamespace(**{field.name: None})))


def read_fact(field: Any, _user: Any) -> str:
    return strip_tags(get_field_type(field).render_fact(field, SimpleNamespace(**{field.name: None})))


# Where a custom field without a value is read: the words for a user, and for a choice.
PLACES: dict[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "a filter": (
        lambda field, user: dict(get_field_type(field).build_filter(field).choices_for(user))[NONE],
        "Unassigned",
        "none",
    ),
    "a change": (read_change, "Unassigned", ""),
    "the choice in a form": (lambda field, user: build_form_field(field, user).choices[0][1], "Unassigned", "None"),
    "how a bulk change clears it": (
        lambda field, user: get_clearing_help(build_form_field(field, user)),
        "Choose “Unassigned” to clear the field.",
        "Choose “None” to clear the field.",
    ),
    "a cell of a list": (read_cell, "Unassigned", ""),
    "a fact of the record's page": (read_fact, "Unassigned", ""),
    "a group of a report": (
        lambda field, user: _build_custom_dimension(field).get_label({}, None), "Unassigned", "None",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("read", "of_user", "of_choice"), PLACES.values(), ids=PLACES)
def test_the_word_for_no_person(read, of_user, of_choice, ada):
    assert str(read(build_field("user"), ada)) == of_user
    assert str(read(build_field("choice"), ada)) == of_choice


def test_a_field_without_choices_is_cleared_by_leaving_it_empty(ada):
    assert (
        get_clearing_help(build_form_field(build_field("text"), ada)) == "Leave it empty to clear the field."
    )
