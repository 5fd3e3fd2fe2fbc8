"""What a program may send for a field of a form: each value as a browser sends it, and nothing that the form would misread."""

from datetime import date
from typing import Any

import pytest
from django import forms

from accounts.models import Department
from crm.api.problems import ApiProblem
from crm.api.v2.form_values import flatten_sent_values, refuse_wrong_types
from crm.platform.web.rendering.day_input import DayInput, DayTimeInput

NESTED = "Send a text, a number, true or false, or a list of them."
UNSTORABLE = "This text has characters that can't be stored."
# A value, and what a browser would send; or the sentence of the refusal.
VALUES: dict[str, tuple[Any, Any]] = {
    "a text": ("Ana", "Ana"),
    "a text with marks": ("Ștefan 😀", "Ștefan 😀"),
    "a number": (7, "7"),
    "yes": (True, "True"),
    "nothing": (None, ""),
    "a day": (date(2026, 11, 25), "2026-11-25"),
    "a record": (Department(pk=7), "7"),
    "a list": ([1, "two", None], ["1", "two", ""]),
    "a list from a form": ((1, 2), ["1", "2"]),
    "an empty list": ([], []),
    "an object": ({"id": 1}, NESTED),
    "a list in a list": ([[1]], NESTED),
    "an object in a list": ([1, {"id": 1}], NESTED),
    "a character that the database doesn't store": ("a\0b", UNSTORABLE),
    "half a character": ("a\ud800", UNSTORABLE),
    "half a character in a list": (["a", "\ud800"], UNSTORABLE),
}


@pytest.mark.parametrize(("value", "sent"), VALUES.values(), ids=VALUES)
def test_a_value_is_what_a_browser_would_send(value, sent):
    if sent in (NESTED, UNSTORABLE):
        with pytest.raises(ApiProblem) as refused:
            flatten_sent_values({"first": "Ana", "second": value})
        assert (refused.value.status, refused.value.errors) == (422, {"second": [sent]})
    else:
        assert flatten_sent_values({"first": "Ana", "second": value}) == {"first": "Ana", "second": sent}


class Planned(forms.Form):
    name = forms.CharField()
    urgent = forms.BooleanField()
    tags = forms.MultipleChoiceField()
    departments = forms.ModelMultipleChoiceField(Department.objects.none())
    day = forms.DateField(widget=DayInput)
    at = forms.DateTimeField(widget=DayTimeInput)
    own = forms.BooleanField()
    # Its types are checked elsewhere.
    custom = ("own",)


YES_OR_NO, IDS, SINGLE = "Send true or false.", "Send a list of ids.", "Send a single value."
DAY = "Send a day such as 2026-11-25."
# The field, the value, and the sentence of the refusal.
TYPES: dict[str, tuple[str, Any, str]] = {
    "yes": ("urgent", True, ""),
    "no": ("urgent", False, ""),
    "a word for yes": ("urgent", "yes", YES_OR_NO),
    "nothing instead of no": ("urgent", None, YES_OR_NO),
    "a number instead of yes": ("urgent", 1, YES_OR_NO),
    "a list of choices": ("tags", ["a"], ""),
    "one choice instead of a list": ("tags", "a", IDS),
    "no choices": ("tags", None, IDS),
    "a list of records": ("departments", [1], ""),
    "one record instead of a list": ("departments", 1, IDS),
    "a text": ("name", "Ana", ""),
    "a number as a text": ("name", 7, ""),
    "no text": ("name", None, ""),
    "yes as a text": ("name", True, SINGLE),
    "a list instead of a text": ("name", ["Ana"], SINGLE),
    "an object instead of a text": ("name", {"first": "Ana"}, SINGLE),
    "a word that is a day elsewhere": ("name", "tomorrow", ""),
    "a day": ("day", "2026-11-25", ""),
    "a day in words": ("day", "tomorrow", DAY),
    "days instead of a day": ("day", ["2026-11-25"], SINGLE),
    "no day": ("day", None, ""),
    "what is no day, which the form refuses": ("day", "someday", ""),
    "a point in time": ("at", "2026-11-25T14:30", ""),
    "a point in time in words": ("at", "tomorrow 14:30", DAY),
    "any value of a custom field": ("own", "yes", ""),
}


@pytest.mark.parametrize(("name", "value", "sentence"), TYPES.values(), ids=TYPES)
def test_a_value_that_a_form_would_misread_is_refused(name, value, sentence):
    if sentence:
        with pytest.raises(ApiProblem) as refused:
            refuse_wrong_types(Planned(), {"name": "Ana", name: value})
        assert (refused.value.status, refused.value.errors) == (422, {name: [sentence]})
    else:
        refuse_wrong_types(Planned(), {"name": "Ana", name: value})


def test_each_wrong_value_of_a_form_without_custom_fields_is_named():
    class Plain(forms.Form):
        urgent = forms.BooleanField()
        name = forms.CharField()

    with pytest.raises(ApiProblem) as refused:
        refuse_wrong_types(Plain(), {"urgent": "yes", "name": ["Ana"]})
    assert refused.value.errors == {"urgent": [YES_OR_NO], "name": [SINGLE]}
