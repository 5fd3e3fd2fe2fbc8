"""When the form that sets one field of many records asks for the value, and when it takes the one that was sent."""

from typing import Any

import pytest

from crm.records.editing.set_field import SetFieldForm, get_settable_fields
from crm.records.kinds.kind_registry import KINDS

pytestmark = pytest.mark.django_db


class LeadForm(SetFieldForm):
    table = "lead"


# What was sent, whether the form has a field for the value, and whether what was sent is its answer.
SENT: dict[str, tuple[dict[str, str], bool, bool]] = {
    "no field": ({}, False, True),
    "an empty one": ({"field": ""}, False, True),
    "one that has an action of its own": ({"field": "owner", "value": "1"}, False, True),
    "one that isn't there": ({"field": "x", "asked": "x", "value": "1"}, False, True),
    "the field alone": ({"field": "city"}, True, False),
    "another field than was asked for": ({"field": "city", "asked": "title", "value": "CEO"}, True, False),
    "the value that was asked for": ({"field": "city", "asked": "city", "value": "Cluj"}, True, True),
    "an empty value that was asked for": ({"field": "city", "asked": "city"}, True, True),
    "the value alone, as programs do": ({"field": "city", "value": "Cluj"}, True, True),
}


@pytest.mark.parametrize(("sent", "has_value", "is_answer"), SENT.values(), ids=SENT)
def test_when_the_form_asks_for_the_value(sent, has_value, is_answer, ann):
    form = LeadForm(sent, user=ann)
    assert ("value" in form.fields, form.is_bound) == (has_value, is_answer)


# What is so of a custom field, and whether it can be set for many leads at once.
SETTABLE: dict[str, tuple[dict[str, Any], bool]] = {
    "a text": ({}, True),
    "a required text": ({"required": True}, False),
    "a file": ({"type": "file"}, False),
    "a required file": ({"type": "file", "required": True}, False),
    "a retired text": ({"retired": True}, False),
    "a text that only administrators edit": ({"editors": "administrator"}, False),
    "a text that only managers edit": ({"editors": "manager"}, True),
    "a text of companies": ({"of": "company"}, False),
}


@pytest.mark.parametrize(("values", "settable"), SETTABLE.values(), ids=SETTABLE)
def test_which_custom_fields_can_be_set(values, settable, ann, ada, make_field):
    roles = {"administrator": ada, "manager": ann}
    editors = [roles[values["editors"]].groups.get().pk] if "editors" in values else []
    field = make_field("Grade", **{**values, "editors": editors})
    found = get_settable_fields(KINDS["lead"], ann)
    assert (field.name in found) is settable
    assert list(found)[: len(KINDS["lead"].fields.SET)] == [*KINDS["lead"].fields.SET]
    assert not settable or found[field.name][0] == "Grade"
