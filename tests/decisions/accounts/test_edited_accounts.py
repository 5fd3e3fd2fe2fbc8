"""Two people edit the same user, role or department: which fields the second one is told of, and what the page answers."""

from typing import Any, NamedTuple

import pytest
from django import forms

from accounts.models import Department
from accounts.users.edit_conflicts import add_rendered_state_field, check_edit_conflict, get_form_status
from crm.platform.web.rendering.form_rendering import ModelForm

pytestmark = pytest.mark.django_db


class EditForm(ModelForm):
    also = forms.MultipleChoiceField(label="Also", required=False, choices=[(n, n) for n in "123"])

    class Meta:
        model = Department
        fields = ["name", "country"]

    def __init__(self, *arguments, also: Any = (), **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.initial["also"] = also
        add_rendered_state_field(self)


def build_form(sent: str | None = None, /, **now: Any) -> EditForm:
    """The form of a department as it is now; `sent` is the state that comes with it."""
    also = now.pop("also", [1, 2])
    row = Department(**{"name": "Sales", "country": "RO"} | now)
    data = None if sent is None else {"name": "Mine", "country": "DE", "also": ["3"], "drawn": sent}
    return EditForm(data, instance=row, also=also)


def read_state(**then: Any) -> str:
    return build_form(**then).initial["drawn"]


class Case(NamedTuple):
    """How the department was when the form was opened, how it is now, and the labels that are named."""

    then: dict[str, Any]
    now: dict[str, Any]
    named: str


CASES = {
    "no one has saved": Case({}, {}, ""),
    "another name": Case({}, {"name": "Selling"}, "Name"),
    "another country": Case({}, {"country": "FR"}, "Country"),
    "both": Case({}, {"name": "Selling", "country": "FR"}, "Name, Country"),
    "one more of a list": Case({}, {"also": [1, 2, 3]}, "Also"),
    "one less of a list": Case({}, {"also": [1]}, "Also"),
    "none of a list": Case({}, {"also": []}, "Also"),
    "the list in another order": Case({}, {"also": [2, 1]}, ""),
    "the list as a tuple in another order": Case({}, {"also": (2, 1)}, ""),
    "a text with the same letters in another order": Case({"name": "Ab"}, {"name": "bA"}, "Name"),
    "a name that has become empty": Case({}, {"name": ""}, "Name"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_fields_that_someone_has_changed_since_are_named(case):
    form = build_form(read_state(**case.then), **case.now)
    form.full_clean()
    before = form.data
    assert check_edit_conflict(form) is not bool(case.named)
    errors = form.non_field_errors()
    if case.named:
        assert f"since you opened the page: {case.named}. Save" in errors[0]
        # The form has the new state then, so that saving once more works, with what was typed.
        assert (form.data["drawn"], form.data["name"], form.data["also"]) == (
            read_state(**case.now),
            "Mine",
            ["3"],
        )
        assert before["drawn"] != form.data["drawn"]
        again = build_form(form.data["drawn"], **case.now)
        again.full_clean()
        assert check_edit_conflict(again)
    else:
        assert (errors, form.data) == ([], before)


# States that a browser didn't get from the form, and the fields that are named.
STATES = {
    "none, as of a new user": ("", ""),
    "one without a field": ("country:{country} also:{also}", "Name"),
    "one with only one field": ("name:{name}", "Country, Also"),
    "one with one field more": ("name:{name} country:{country} also:{also} gone:1", ""),
    "no state at all": ("x", "Name, Country, Also"),
    "a mark without a name": (":{name} country:{country} also:{also}", "Name"),
}


@pytest.mark.parametrize(("sent", "named"), STATES.values(), ids=STATES)
def test_a_state_that_is_not_of_this_form_names_what_it_does_not_have(sent, named):
    marks = dict(part.split(":") for part in read_state().split())
    form = build_form(sent.format(**marks))
    form.full_clean()
    assert "drawn" not in form.errors
    assert check_edit_conflict(form) is not bool(named)
    if named:
        assert f": {named}. Save" in form.non_field_errors()[0]


# Whether the form was sent, whether someone else has saved, whether there is an error; and the status.
STATUSES = {
    "opened": (False, None, 200),
    "sent with an error, of a form that isn't compared": (True, None, 422),
    "sent with an error": (True, True, 422),
    "someone else has saved": (True, False, 409),
    "opened, whatever was compared": (False, False, 200),
}


@pytest.mark.parametrize(("sent", "holds", "status"), STATUSES.values(), ids=STATUSES)
def test_the_status_of_a_page_with_a_form(sent, holds, status):
    form = build_form("" if sent else None)
    if holds is not None:
        form.holds = holds
    assert get_form_status(form) == status
