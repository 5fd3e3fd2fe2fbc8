"""API v2 reads, changes and resets the settings of built-in fields as their pages do: the same rows, operations and refusals."""

import pytest

from crm.models import BuiltInField, Operation
from crm.records.custom_fields.field_list import get_built_in_field_names
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from tests.api.page_and_call import carry_out_by_call, carry_out_by_page
from tests.intake.conftest import make_form

__all__ = ["make_form"]

PAGE, FIELDS = "/admin/leads/fields/built-in", "/api/v2/lead-built-in-fields"


def fill_in(browser, name: str, **values) -> dict:
    """What the form of the page sends with these values; None leaves one out."""
    form = browser.get(f"{PAGE}/{name}").context["form"]
    sent = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    return {key: value for key, value in (sent | values).items() if value is not None}


@pytest.fixture
def city(db):
    """The city with another label and a rule."""
    with operation("test", by=None):
        return BuiltInField.objects.create(table_of="lead", name="city", label="Town", required=True)


# The field, what the page sends beside what is there, and what a program sends.
CASES = {
    "a label": (
        "company",
        {"label": "School", "label_ro": "Școală"},
        {"label": "School", "label_ro": "Școală"},
    ),
    "the label that it came with": ("company", {"label": "Company"}, {"label": "Company"}),
    "a label in use": ("company", {"label": "email"}, {"label": "email"}),
    "a long label": ("company", {"label": "x" * 101}, {"label": "x" * 101}),
    "a help": ("company", {"help": "As registered"}, {"help": "As registered"}),
    "required": ("company", {"required": "on"}, {"required": True}),
    "required no longer": ("city", {"required": None}, {"required": False}),
    "no label any more": ("city", {"label": ""}, {"label": ""}),
    "another card": ("company", {"section": "custom"}, {"section": "custom"}),
    "a card that there isn’t": ("company", {"section": "nonsense"}, {"section": "nonsense"}),
    "the label of what nobody types": ("created_at", {"label": "Since"}, {"label": "Since"}),
    "nothing": ("city", {}, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_field_is_changed_as_on_its_page(case, city, ada, sign_in, umbra):
    name, by_hand, body = CASES[case]
    browser = sign_in(ada)
    sent = fill_in(browser, name, **by_hand)
    expected = carry_out_by_page(browser, f"{PAGE}/{name}", sent, [BuiltInField])
    assert carry_out_by_call(umbra(ada), "PATCH", f"{FIELDS}/{name}", body, [BuiltInField]) == expected


def test_a_field_is_reset_as_on_its_page_and_an_undo_brings_it_back(city, ada, sign_in, umbra):
    expected = carry_out_by_page(sign_in(ada), f"{PAGE}/city/reset", {}, [BuiltInField])
    assert carry_out_by_call(umbra(ada), "POST", f"{FIELDS}/city/reset", {}, [BuiltInField]) == expected
    program = umbra(ada)
    found = program.post(f"{FIELDS}/city/reset", {})
    assert (found["changed"], found["required"], found["version"]) == (False, False, 0)
    revert_operation(Operation.objects.get(pk=found["operation"]), by=ada)
    assert program.get(f"{FIELDS}/city")["label"] == "Town"
    assert program.post(f"{FIELDS}/company/reset", {})["operation"] is None


def test_what_the_page_would_ask_has_to_be_confirmed(make_form, ada, umbra):
    make_form()
    program = umbra(ada)
    problem = program.patch(f"{FIELDS}/company", {"required": True}, expect=422)
    (asked,) = problem["errors"]
    assert asked["parameter"] == "confirmed"
    assert "1 web form doesn’t require “Company”." in asked["detail"]
    assert program.patch(f"{FIELDS}/company", {"required": True, "confirmed": True})["required"]


@pytest.mark.parametrize("kind", [*KINDS])
def test_each_record_type_lists_its_built_in_fields(kind, ada, umbra):
    program = umbra(ada)
    found = program.get(f"/api/v2/{kind}-built-in-fields")["built_in_fields"]
    assert [row["name"] for row in found] == get_built_in_field_names(KINDS[kind])
    assert {row["changed"] for row in found} == {False}
    assert program.get(f"/api/v2/{kind}-built-in-fields/{found[0]['name']}") == found[0]


def test_a_field_has_what_was_set_and_what_it_came_with(city, ada, umbra):
    assert umbra(ada).get(f"{FIELDS}/city") == {
        "name": "city", "delivered_label": "City", "label": "Town", "label_ro": "", "help": "", "help_ro": "",
        "required": True, "section": "where", "changed": True, "version": 1,
    }  # fmt: skip
    always = umbra(ada).get(f"{FIELDS}/status")
    assert (always["required"], always["changed"]) == (True, False)
    assert umbra(ada).get(f"{FIELDS}/created_at")["section"] is None


# What can't be set of a field, with the name of what was sent.
FIXED = {
    "the rule of a field that is always required": ("status", {"required": False}, "required"),
    "the rule of a yes-or-no field": ("vip", {"required": True}, "required"),
    "the card of what nobody types": ("created_at", {"section": "custom"}, "section"),
    "a text as a rule": ("company", {"required": "yes"}, "required"),
    "the name": ("company", {"name": "x"}, "name"),
}


@pytest.mark.parametrize("case", FIXED)
def test_what_can_not_be_set_is_named_and_writes_nothing(case, ada, umbra):
    name, sent, parameter = FIXED[case]
    problem = umbra(ada).patch(f"{FIELDS}/{name}", sent, expect=422)
    assert [row["parameter"] for row in problem["errors"]] == [parameter]
    assert not BuiltInField.objects.exists()


def test_a_field_that_there_is_not_is_not_found(make_field, ada, umbra):
    program = umbra(ada)
    for name in ("nonsense", "version", make_field("Budget").name):
        program.get(f"{FIELDS}/{name}", expect=404)
        program.patch(f"{FIELDS}/{name}", {"label": "X"}, expect=404)
        program.post(f"{FIELDS}/{name}/reset", {}, expect=404)


def test_a_change_takes_the_right_of_the_token_the_permission_and_the_version(city, ada, ann, umbra):
    others = ["leads.get", "leads.put", "custom_fields.get", "custom_fields.post", "custom_fields.delete"]
    for program in (umbra(ada, others), umbra(ann)):
        program.patch(f"{FIELDS}/city", {"label": "X"}, expect=403)
        program.post(f"{FIELDS}/city/reset", {}, expect=403)
    umbra(ann).get(FIELDS, expect=403)
    for version, name in (('"9"', "city"), ('"1"', "company")):
        umbra(ada).patch(f"{FIELDS}/{name}", {"label": "X"}, expect=412, **{"If-Match": version})
    umbra(ada).post(f"{FIELDS}/city/reset", {}, expect=412, **{"If-Match": '"0"'})
    assert [row.label for row in BuiltInField.objects.all()] == ["Town"]
    umbra(ada).patch(f"{FIELDS}/company", {"label": "X"}, **{"If-Match": '"0"'})
