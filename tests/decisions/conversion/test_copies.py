"""Which value of a custom field a new company or contact gets from its lead, and what the page asks for instead."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from crm.fields.custom.values.field_registry import build_model_field
from crm.models import CustomField
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from customers.conversion.custom_value_copy import (
    ConversionGap,
    _does_accept,
    can_be_copied,
    copy_custom_value,
    get_copied_values,
    get_labels_without_counterpart,
    get_taken_unique_values,
    get_value_gaps,
)
from customers.models import Company

# The keys of a lead's choices and of a company's choices say nothing about each other.
LEAD = ["Bronze", "Silver", "Gold"]


class Case(NamedTuple):
    """`there` are the choices of the new record's field in their order; `lead` is what the lead has. `copy` is what the
    new record gets, and `asks` is the text about which the page asks."""

    lead: Any
    copy: Any = None
    asks: str = ""
    there: tuple[str, ...] = ("Gold", "Silver", "Bronze")
    type: str = "choice"
    retired: tuple[str, ...] = ()
    decimals: int = 2


CASES = {
    "a choice with another key and the same label": Case("Gold", "Gold"),
    "a label with another case and accents": Case("Gold", "GÓLD", there=("GÓLD",)),
    "a choice without a counterpart": Case("Gold", asks="Gold", there=("Silver", "Bronze")),
    "a counterpart that is retired": Case("Gold", asks="Gold", retired=("Gold",)),
    "several choices, in the order of the new record's field": Case(
        ["Silver", "Gold"], ["Gold", "Silver"], type="choices"
    ),
    "several choices, one of them without a counterpart": Case(
        ["Silver", "Gold"], ["Silver"], "Gold", there=("Silver",), type="choices"
    ),
    "several choices, none of them with a counterpart": Case(
        ["Gold"], None, "Gold", there=("X",), type="choices"
    ),
    "no choice": Case(None),
    "a text": Case("fifty", "fifty", type="text"),
    "an empty text": Case("", type="text"),
    "a number": Case(Decimal("2.5"), Decimal("2.5"), type="number"),
    "a number with more decimals than the field takes": Case(
        Decimal("2.5"), asks="2.5", type="number", decimals=0
    ),
    "a whole number in a field without decimals": Case(Decimal("2"), Decimal("2"), type="number", decimals=0),
    "a date": Case(date(2026, 5, 1), date(2026, 5, 1), type="date"),
    "no": Case(False, False, type="yes_no"),
}


def field_with(labels: Any, type: str, start: int, **values: Any) -> Any:
    choices = [{"key": f"o{start + place}", "name": label} for place, label in enumerate(labels)]
    for choice in choices:
        if choice["name"] in values.get("retired_choices", ()):
            choice["retired"] = True
    values.pop("retired_choices", None)
    return build_model_field(CustomField(pk=start, name="Tier", type=type, choices=choices, **values))


def by_label(field: Any, value: Any) -> Any:
    """The labels as this field stores them."""
    if not field.definition.has_choices or value is None:
        return value
    keys = {choice["name"]: choice["key"] for choice in field.definition.choices}
    return [keys[label] for label in value] if isinstance(value, list) else keys[value]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_a_new_record_gets_from_a_field_of_its_lead(case):
    source = field_with(LEAD, case.type, 1, decimals=2)
    target = field_with(case.there, case.type, 9, decimals=case.decimals, retired_choices=case.retired)
    assert copy_custom_value(source, target, by_label(source, case.lead)) == (
        by_label(target, case.copy),
        case.asks,
    )


FIELDS = {
    "fields in use with the same type": ({}, {}, True),
    "the type of one was changed since": ({}, {"type": "number"}, False),
    "the lead's field is retired": ({"retired": True}, {}, False),
    "the new record's field is retired": ({}, {"retired": True}, False),
    "the new record's field is deleted": ({}, {"retired": True, "deleted": True}, False),
}


@pytest.mark.parametrize(("of_lead", "of_company", "copies"), FIELDS.values(), ids=FIELDS.keys())
def test_whether_a_field_is_still_copied(of_lead, of_company, copies):
    source, target = (
        build_model_field(CustomField(pk=1, **{"type": "text", **own})) for own in (of_lead, of_company)
    )
    assert can_be_copied(source, target) is copies


def test_the_settings_name_the_choices_without_a_counterpart():
    source, target = field_with(LEAD, "choice", 1), field_with(["silver"], "choice", 2)
    assert get_labels_without_counterpart(source, target) == ["Bronze", "Gold"]
    assert get_labels_without_counterpart(field_with([], "text", 1), field_with([], "text", 2)) == []


# The type of the field, the value, and whether the field takes it as it is.
ACCEPTED = {
    "a number": ("number", Decimal("2.5"), True),
    "a text in a field of numbers": ("number", "abc", False),
    "a number in a field of texts": ("text", 5, False),
    "a user, who isn't looked up": ("user", 2**40, True),
    "a text in a field of users": ("user", "abc", False),
    "a number in a field of dates": ("date", 5, False),
    "a number with more decimals than the field takes": ("number", Decimal("2.555"), False),
}


@pytest.mark.parametrize(("type", "value", "accepts"), ACCEPTED.values(), ids=ACCEPTED)
def test_whether_a_field_takes_a_value_as_it_is(type, value, accepts):
    assert _does_accept(field_with([], type, 1, decimals=2), value) is accepts


class Gap(NamedTuple):
    """A field of leads and one of companies, who may see the first one and edit the other, and the text that the lead has. `told`
    is what the page asks about."""

    seen_by: str = ""
    edited_by: str = ""
    lead: str = "Gold"
    taken: tuple[str, ...] = ()
    told: str = ""
    repeated: bool = False
    # Whether companies of the lead's department have the field.
    is_used: bool = True


GAPS = {
    "a text that is copied": Gap(),
    "a text that another company has": Gap(taken=("Gold",), told="Gold", repeated=True),
    "a text that another company has, in a field that others see": Gap(seen_by="others", taken=("Gold",)),
    "a text that another company has, in a field that others edit": Gap(edited_by="others", taken=("Gold",)),
    "a text that another company has, in a field that only one's role sees and edits": Gap(
        "own", "own", taken=("Gold",), told="Gold", repeated=True
    ),
    "no text": Gap(lead="", taken=("Gold",)),
    "a text that another company has, in a field of another department": Gap(taken=("Gold",), is_used=False),
}


@pytest.mark.parametrize("case", GAPS.values(), ids=GAPS)
def test_which_values_the_page_asks_about(
    case, make_lead, make_company, make_field, ada, ann, departments, monkeypatch
):
    roles = {"": [], "own": [ann.groups.get().pk], "others": [ada.groups.get().pk]}
    source = make_field("Plan", roles=roles[case.seen_by])
    target = make_field("Contract", of="company", is_unique=True, editors=roles[case.edited_by])
    lead = make_lead(owner=ann)
    setattr(lead, source.name, case.lead)
    for text in case.taken:
        rows = Company.objects.filter(pk=make_company(f"With {text}", owner=ann).pk)
        editor = ann if case.edited_by == "own" else ada
        carry_out(KINDS["company"].edit({target.name: text}), rows, by=editor)
    known = get_taken_unique_values([lead], "company", [(source, target)])
    if not case.is_used:
        monkeypatch.setattr(target.definition, "departments", [departments.export.pk])
    found = get_value_gaps(lead, "company", [(source, target)], ann, known)
    copied = {target.name: case.lead} if case.lead and case.is_used else {}
    assert get_copied_values(lead, [(source, target)], {}) == copied
    assert [(gap.text, gap.repeated) for gap in found] == ([(case.told, case.repeated)] if case.told else [])


@pytest.mark.parametrize(
    ("repeated", "sentence"),
    [
        (
            True,
            "Another record already has “Gold” (Tier of the lead). Enter another value or leave it empty.",
        ),
        (False, "“Gold” (Tier of the lead) isn’t available here. Choose a value or leave it empty."),
    ],
)
def test_what_the_page_says_of_a_value_that_is_not_copied(repeated, sentence):
    field = field_with(LEAD, "choice", 1)
    assert ConversionGap("company", field, field, "Gold", repeated).sentence == sentence
