"""What names a choice when another one takes its place: formulas, filters and questions of web forms follow, or the merge is refused."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from crm.fields.custom.formulas.available_fields import FormulaSource
from crm.fields.custom.formulas.syntax_tree import NUMBER, TEXT
from crm.fields.custom.formulas.type_checker import check_formula
from crm.fields.custom.formulas.value_replacement import (
    compares_text,
    find_formulas_comparing,
    get_rewrite_obstacle,
    replace_choice_in_formulas,
    replace_formula_choice,
)
from crm.fields.custom.values.field_registry import get_custom_field
from crm.models import CustomField
from crm.records.history.verb_execution import operation
from crm.records.listing.saved_view_replacement import replace_value_everywhere
from intake import value_replacement
from intake.forms.questions import FormQuestion
from tests.intake.conftest import make_form

__all__ = ["make_form"]

# The choice Gold of the field Segment becomes Silver; Level has a choice with the same key and label.
CHOICES = {"o1": "Gold", "o2": "Silver"}


def sources() -> dict[str, FormulaSource]:
    def source(name: str, **values: Any) -> FormulaSource:
        given = {"labels": lambda: [name], "result": TEXT, "sql": lambda place: ("", [])}
        return FormulaSource(name, **given | values)

    found = {name: source(name, choices=lambda: CHOICES) for name in ("segment", "level")}
    # Several choices in one field are a text.
    found |= {
        "interests": source("interests"),
        "city": source("city"),
        "budget": source("budget", result=NUMBER),
    }
    formula = check_formula('concat({segment}, "")', lambda name, _at: found[name])
    return found | {"words": source("words", formula=formula)}


def checked(text: str) -> Any:
    known = sources()
    return check_formula(text, lambda name, _at: known[name])


FORMULAS = {
    "compares with the choice": ('if({segment} = @"o1", 5, 0)', 'if({segment} = @"o2", 5, 0)'),
    "compares with both": (
        '{segment} = @"o1" or {segment} = @"o2"',
        '{segment} = @"o2" or {segment} = @"o2"',
    ),
    "compares with it twice": (
        '{segment} = @"o1" or {segment} != @"o1"',
        '{segment} = @"o2" or {segment} != @"o2"',
    ),
    "compares with another choice": ('{segment} = @"o2"', '{segment} = @"o2"'),
    "compares another field with the same key": ('{level} = @"o1"', '{level} = @"o1"'),
    "compares both fields": (
        '{level} = @"o1" and {segment} = @"o1"',
        '{level} = @"o1" and {segment} = @"o2"',
    ),
    "names only the field": ('concat({segment}, " o1")', 'concat({segment}, " o1")'),
    "has spaces of its own": ('{segment}  =  @"o1"', '{segment}  =  @"o2"'),
}


@pytest.mark.parametrize(("before", "after"), FORMULAS.values(), ids=FORMULAS.keys())
def test_a_formula_follows_a_merged_choice(before, after):
    assert replace_formula_choice(checked(before), "segment", "o1", "o2") == after


TEXTS = {
    "a choice by its key": ('{segment} = @"o1"', "segment", False),
    "several choices with the label": ('{interests} = "Gold"', "interests", True),
    "several choices with other capitals": ('if("GOLD" = {interests}, 1, 2)', "interests", True),
    "several choices with a list": ('{interests} != "Gold, Silver"', "interests", True),
    "several choices with another label": ('{interests} = "Silver"', "interests", False),
    "a label with the word as a part": ('{interests} = "Golden"', "interests", False),
    "another field with the label": ('{city} = "Gold"', "interests", False),
    "a joined text": ('concat({segment}, " lead") = "Gold lead"', "segment", True),
    "a joined text that begins with another field": ('concat({city}, {segment}) = "Gold"', "segment", True),
    "a joined text of other fields": ('concat({city}, {level}) = "Gold"', "segment", False),
    "another formula that reads the choice": ('{words} = "Gold"', "segment", True),
    "the label is only a result": ('if({segment} = @"o2", "Gold", "none")', "segment", False),
    "a number": ("{budget} = 5", "segment", False),
    "a comparison inside others": ('if({budget} > 1 and not ({words} = "Gold"), 1, 2)', "segment", True),
}


@pytest.mark.parametrize(("text", "field", "refuses"), TEXTS.values(), ids=TEXTS.keys())
def test_a_formula_that_compares_with_the_text_of_a_choice_refuses_a_merge(text, field, refuses):
    assert compares_text(checked(text).tree, field, {"gold"}) is refuses


def test_each_label_of_a_choice_counts():
    """A choice has one in each language."""
    tree = checked('concat({segment}, "") = "Gold"').tree
    for wanted, found in (({"gold", "aur"}, True), ({"aur"}, False), (set(), False)):
        assert compares_text(tree, "segment", wanted) is found


@pytest.fixture
def formulas(make_field):
    """By name: formulas of leads and of a company that compare with the choice Gold of a field of their own, and others."""
    segment = make_field("Segment", "choice", choices=["Gold", "Silver"])
    level = make_field("Level", "choice", choices=["Gold", "Silver"], of="company")
    texts = {
        "Fee": f'if({{{segment.name}}} = @"o1", 5, 0)',
        "Text": f'concat({{{segment.name}}}, "") = "Gold"',
        "Other": f'{{{segment.name}}} = @"o2"',
        "Gone": f'{{{segment.name}}} = @"o1"',
    }
    for name, text in texts.items():
        make_field(name, "formula", formula=text, deleted=name == "Gone")
    make_field("Fee of a company", "formula", of="company", formula=f'if({{{level.name}}} = @"o1", 5, 0)')
    make_field("Name")
    return SimpleNamespace(segment=segment.name, level=level.name)


def read_formulas() -> dict[str, str]:
    return dict(CustomField.objects.filter(type="formula").values_list("name", "formula"))


def test_formulas_of_all_record_types_follow_a_merged_choice(formulas):
    """A deleted one stays as it is, and another field with the same key is another field."""
    before = read_formulas()
    with operation("test", by=None):
        replace_choice_in_formulas(formulas.segment, "o1", "o2")
    assert read_formulas() == before | {"Fee": f'if({{{formulas.segment}}} = @"o2", 5, 0)'}
    with operation("test", by=None):
        replace_choice_in_formulas(formulas.level, "o1", "o2")
    assert read_formulas()["Fee of a company"] == f'if({{{formulas.level}}} = @"o2", 5, 0)'


def test_the_formulas_that_compare_with_a_choice_are_found(formulas):
    def found(name: str, key: str) -> list[str]:
        return [row.name for row in find_formulas_comparing(name, key)]

    assert found(formulas.segment, "o1") == ["Fee"]
    assert found(formulas.segment, "o2") == ["Other"]
    assert found(formulas.level, "o1") == ["Fee of a company"]
    assert found(formulas.level, "o2") == []


def test_the_formulas_that_keep_a_choice_from_being_merged_are_named(formulas):
    words = "Change these formulas first, because they compare with the text of this choice: “Text”."
    assert get_rewrite_obstacle(formulas.segment, ["GOLD"]) == words
    assert get_rewrite_obstacle(formulas.segment, ["Silver"]) == ""
    assert get_rewrite_obstacle(formulas.level, ["Gold"]) == ""


QUERIES = {
    "the value": ("status=5", "status=7"),
    "among others": ("status=4&status=5&city=Cluj", "status=4&status=7&city=Cluj"),
    "both values": ("status=5&status=7", "status=7"),
    "an alternative": ("vip=yes&any.status=5", "vip=yes&any.status=7"),
    "the filter and an alternative": ("status=5&any.status=5", "status=7&any.status=7"),
    "a number that begins the same": ("status=51", "status=51"),
    "the same value of another filter": ("source=5", "source=5"),
    "an order of its own stays": ("status=4&city=Cluj&status=9", "status=4&city=Cluj&status=9"),
}


@pytest.mark.parametrize(("before", "after"), QUERIES.values(), ids=QUERIES.keys())
def test_a_filter_follows_a_merged_status(before, after):
    assert replace_value_everywhere(before, "status", 5, 7) == after


class Asked(NamedTuple):
    question: dict[str, str]
    changed: dict[str, str] = {}


QUESTIONS = {
    "it is asked after the choice": Asked({"if_field": "c5", "if_value": "Gold"}, {"if_value": "Silver"}),
    "typed with other capitals": Asked({"if_field": "c5", "if_value": "gold"}, {"if_value": "Silver"}),
    "typed as the key": Asked({"if_field": "c5", "if_value": "o1"}, {"if_value": "Silver"}),
    "it is asked after another choice": Asked({"if_field": "c5", "if_value": "Bronze"}),
    "it is asked after another field": Asked({"if_field": "city", "if_value": "Gold"}),
    "it begins with the choice": Asked({"field": "c5", "default": "Gold"}, {"default": "Silver"}),
    "another field begins with the word": Asked({"field": "city", "default": "Gold"}),
    "it has neither": Asked({"field": "c5"}),
}


@pytest.mark.parametrize("case", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_question_of_a_web_form_follows_a_merged_choice(case):
    question = {"field": "city", "if_field": "", "if_value": "", "default": ""} | case.question
    found = value_replacement.replace_question_choice(question, "c5", {"gold", "o1"}, "Silver")
    assert found == question | case.changed


def test_each_form_that_names_a_merged_choice_keeps_its_own_questions(make_form, make_field):
    level = make_field("Level", "choice", choices=["Gold", "Silver", "Bronze"]).name
    default = FormQuestion(level, default="Gold")
    forms = {
        name: make_form(name=name, slug=name, questions=questions)
        for name, questions in {
            "first": [FormQuestion("email"), default],
            "second": [FormQuestion("city", if_field=level, if_value="gold"), FormQuestion(level)],
            "third": [FormQuestion(level, default="Bronze")],
        }.items()
    }
    old, new = (choice["key"] for choice in get_custom_field("lead", level).definition.choices[:2])

    def read() -> dict[str, list[tuple[str, str, str]]]:
        return {
            name: [
                (row["field"], row["if_value"], row["default"])
                for row in type(form).objects.get(pk=form.pk).questions
            ]
            for name, form in forms.items()
        }

    before = read()
    with operation("test", by=None):
        value_replacement.replace_value_in_intake(level, old, "gone")
        assert read() == before
        value_replacement.replace_value_in_intake(level, old, new)
    assert read() == {
        "first": [("email", "", ""), (level, "", "Silver")],
        "second": [("city", "Silver", ""), (level, "", "")],
        "third": [(level, "", "Bronze")],
    }
