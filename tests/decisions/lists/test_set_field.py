"""When the form that sets one field of many records asks for the value, and when it takes the one that was sent."""

import pytest

from crm.records.editing.set_field import SetFieldForm

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
