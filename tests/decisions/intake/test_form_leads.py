"""What becomes of the answers to a web form if the fields of leads have changed since: the lead is added in any case, and what
it lacks is marked on it."""

from typing import Any, NamedTuple

import pytest

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.stored_values import attach_stored_values
from crm.models import BuiltInField, CustomField
from crm.records.history.verb_execution import operation
from intake.forms.submissions.gap_sentences import describe_gaps
from intake.forms.submissions.incomplete_leads import split_accepted_values
from leads.models import Lead, LeadValues

NUMBER, SIZE = "the tax number", "the size"
ELSEWHERE, LATER = "a field that only Export uses", "a field that only won leads have"


class Case(NamedTuple):
    """`answers` are by field. Another lead has the tax number RO 1, which is unique. `required` are the fields that an
    administrator has made required."""

    answers: dict[str, Any]
    lacks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    status_requires: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


PERSON = {"last_name": "Pop", "email": "ana@omnia.example"}
CASES = {
    "nothing has changed": Case(PERSON),
    "the status requires a field that the form does not ask for": Case(
        PERSON, status_requires=("company",), lacks=("needs:company",)
    ),
    "the status requires a field that the visitor filled in": Case(
        PERSON | {"company": "Omnia"}, status_requires=("company",)
    ),
    "an administrator has made a built-in field required": Case(
        PERSON, required=("city",), lacks=("needs:city",)
    ),
    "an administrator has made a custom field required": Case(
        PERSON, required=(SIZE,), lacks=(f"needs:{SIZE}",)
    ),
    "the visitor filled in the required custom field": Case(PERSON | {SIZE: "L"}, required=(SIZE,)),
    "a field that is required twice is named once": Case(
        PERSON, status_requires=("city",), required=("city",), lacks=("needs:city",)
    ),
    "the department of the lead does not use the field": Case(
        PERSON | {ELSEWHERE: "x"}, left_out=(ELSEWHERE,), lacks=(f"not_used:{ELSEWHERE}",)
    ),
    "the other values of the lead do not show the field": Case(
        PERSON | {LATER: "x"}, left_out=(LATER,), lacks=(f"not_shown:{LATER}",)
    ),
    "a required field that the department does not use is not called missing": Case(
        PERSON | {ELSEWHERE: "x"},
        required=(ELSEWHERE,),
        left_out=(ELSEWHERE,),
        lacks=(f"not_used:{ELSEWHERE}",),
    ),
    "another lead has the value of a unique field": Case(
        PERSON | {NUMBER: "RO 1"}, left_out=(NUMBER,), lacks=(f"value_taken:{NUMBER}",)
    ),
    "no other lead has the value of a unique field": Case(PERSON | {NUMBER: "RO 2"}),
    "another lead has the value of a unique field that is also required": Case(
        PERSON | {NUMBER: "RO 1"},
        required=(NUMBER,),
        left_out=(NUMBER,),
        lacks=(f"value_taken:{NUMBER}", f"needs:{NUMBER}"),
    ),
}


@pytest.fixture
def keys(make_field, make_lead, departments):
    """The custom fields by what the table calls them."""
    found = {NUMBER: make_field("Tax number", is_unique=True).name, SIZE: make_field("Size").name}
    found[ELSEWHERE] = make_field("Port", departments=[departments.export.pk]).name
    found[LATER] = make_field("Contract", shown_if={"field": "status", "values": ["kind:won"]}).name
    other = make_lead()
    with operation("test", by=None):
        LeadValues.objects.update_or_create(record=other, defaults={"values": {found[NUMBER]: "RO 1"}})
    return found


def require(case: Case, keys: dict[str, str], status: Any) -> None:
    with operation("test", by=None):
        for name in case.required:
            if name in keys:
                definition = get_custom_field("lead", keys[name]).definition
                CustomField.objects.filter(pk=definition.pk).update(required=True)
            else:
                BuiltInField.objects.create(table_of="lead", name=name, required=True)
        status.required_fields = list(case.status_requires)
        status.save()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_answers_to_a_form_become_a_lead(case, keys, statuses, departments):
    require(case, keys, statuses.new)
    answers = {keys.get(name, name): value for name, value in case.answers.items()}
    around = {"status": statuses.new, "department": departments.sales}
    kept, lacks = split_accepted_values(answers | around)
    expected = {
        keys.get(name, name): value for name, value in case.answers.items() if name not in case.left_out
    }
    assert kept == expected | around
    named = [code for text in case.lacks for code in [text.partition(":")]]
    assert lacks == [f"{kind}:{keys.get(name, name)}" for kind, _colon, name in named]


MARKS = {
    "a required field that the form did not ask for": (
        ["needs:company"], {}, ["The form didn’t ask for these required fields: company."],
    ),
    "the field has been filled in since": (["needs:company"], {"company": "Omnia"}, []),
    "two fields are named in one sentence": (
        ["needs:company", "needs:city"], {}, ["The form didn’t ask for these required fields: company, city."],
    ),
    "another lead has the value": (
        ["value_taken:company"], {},
        ["These fields stayed empty, because another lead already has the value: company."],
    ),
    "an answer that the field no longer accepts": (
        ["bad_value:company"], {},
        ["These fields stayed empty, because they didn’t accept the visitor’s answer: company."],
    ),
    "the department does not use the field": (
        ["not_used:company"], {},
        ["The lead’s department doesn’t use these fields, so the visitor’s answers weren’t saved: company."],
    ),
    "the lead's other values do not show the field": (
        ["not_shown:company"], {},
        ["These fields aren’t shown for this lead, so the visitor’s answers weren’t saved: company."],
    ),
    "a field that no longer exists": (["needs:c999"], {}, []),
    "a reason that is about no field": (["status_retired"], {}, []),
}  # fmt: skip


@pytest.mark.parametrize(("codes", "values", "said"), MARKS.values(), ids=MARKS.keys())
def test_a_lead_says_what_it_lacks(codes, values, said, make_lead, ada):
    lead = make_lead(**({"company": "", "city": ""} | values))
    attach_stored_values(lead)
    assert isinstance(lead, Lead)
    assert describe_gaps(codes, lead, ada) == said
