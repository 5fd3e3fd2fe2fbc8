"""The options that the page of columns proposes, by the columns of the file, and those of an earlier file."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns import import_options
from crm.transfer.imports.columns.import_options import (
    ImportOptions,
    get_default_options,
    get_match_choices,
    keep_valid_options,
)
from tests.decisions.imports.on_paper import HOT, OLD, SALES, WEBSITE, LeadRules, ann, custom, defined

# How the records of each type can be recognized, the default first.
WAYS = {
    "lead": ["id_email", "id_email_phone", "email", "none", "id_field", "id_field_email", "id"],
    "contact": ["id_email", "id_email_phone", "email", "none", "id_field", "id_field_email", "id"],
    "company": ["id_field", "id", "none"],
    "deal": ["id_field", "id", "none"],
    "request": ["id", "none", "id_field"],
}


@pytest.mark.parametrize(("of", "ways"), WAYS.items(), ids=WAYS)
def test_how_records_can_be_recognized(of, ways):
    assert [name for name, _label in get_match_choices(get_rules_class(KINDS[of]))] == ways


@dataclass(frozen=True)
class Case:
    """The fields of a file of leads, and the options that differ from the usual ones."""

    mapping: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


USUAL = {"match": "id_email", "key": "name", "empties": False, "duplicates": "update"}
CASES = {
    "an email": Case(("email", "city")),
    "no email": Case(("city",)),
    "a phone": Case(("email", "phone"), {"match": "id_email_phone"}),
    "the second phone alone": Case(("mobile",), {"match": "id_email_phone"}),
    "a unique field": Case(("c1", "city"), {"match": "id_field", "key": "c1"}),
    "a unique field and an email": Case(("email", "c1"), {"match": "id_field_email", "key": "c1"}),
    "a unique field and a phone": Case(("phone", "c1"), {"match": "id_field", "key": "c1"}),
    "two unique fields": Case(("c2", "c1"), {"match": "id_field", "key": "c2"}),
    "an ID": Case(("id", "city")),
    "a version": Case(("version", "city")),
    "a file that was exported from here": Case(("id", "version", "city"), {"empties": True}),
}


FIRST: dict[str, Any] = {"department": SALES, "source": None, "owner": None, "country": "", "tags": []}


class Unique(LeadRules):
    """Two custom fields are unique."""

    unique_fields = {"c1": None, "c2": None}

    def get_first_defaults(self):
        return FIRST


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_options_of_a_new_file(case, on_paper, monkeypatch):
    monkeypatch.setattr(import_options, "FIRST_CHOICE", [])
    found = get_default_options(Unique(KINDS["lead"], ann()), [*case.mapping])
    assert {name: found[name] for name in USUAL} == USUAL | case.options
    assert found["defaults"] == FIRST
    # What is detected for each file isn't among them.
    assert {*vars(ImportOptions())} - {*found} == {"day_first", "day_orders", "decimal", "mixed"}


def test_the_first_choice_for_known_records_is_the_rule_of_the_company(on_paper, monkeypatch):
    monkeypatch.setattr(import_options, "FIRST_CHOICE", [lambda: "leave", lambda: "new"])
    assert get_default_options(Unique(KINDS["lead"], ann()), ["email"])["duplicates"] == "leave"


@dataclass(frozen=True)
class Kept:
    """An option of an earlier file, and what becomes of it."""

    before: dict[str, Any]
    after: dict[str, Any]


KEPT = {
    "a key": Kept({"key": "company", "match": "id_field"}, {}),
    "a unique field": Kept({"key": "c1", "match": "id_field"}, {}),
    "a field that is no longer unique": Kept(
        {"key": "c9", "match": "id_field"}, {"key": "name", "match": "id_email"}
    ),
    "a field that is no longer unique and isn't used": Kept(
        {"key": "c9", "match": "id_email_phone"}, {"key": "name"}
    ),
    "other options": Kept({"mode": "create", "empties": True}, {}),
    "a source": Kept({"defaults": {"source": WEBSITE}}, {}),
    "a source that is gone": Kept({"defaults": {"source": 999}}, {"defaults": {"source": None}}),
    "a country": Kept({"defaults": {"country": "RO"}}, {}),
    "no owner": Kept({"defaults": {"owner": None}}, {}),
    "an owner who is gone": Kept({"defaults": {"owner": 999}}, {"defaults": {"owner": None}}),
    "a department that is gone": Kept({"defaults": {"department": 999}}, {"defaults": {"department": SALES}}),
    "tags": Kept({"defaults": {"tags": [HOT]}}, {}),
    "a tag that is gone": Kept({"defaults": {"tags": [HOT, OLD]}}, {"defaults": {"tags": [HOT]}}),
    "no tags": Kept({"defaults": {"tags": []}}, {}),
}


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT)
def test_the_options_of_an_earlier_file(case, on_paper):
    rules = Unique(KINDS["lead"], ann())
    offered = {
        "department": [SALES],
        "source": [WEBSITE],
        "owner": [""],
        "country": ["", "RO"],
        "tags": [HOT],
    }
    rules.choices = {name: [(str(value), "") for value in values] for name, values in offered.items()}
    usual = {"key": "name", "match": "id_email", "defaults": {}}
    before = usual | case.before
    kept = {name: dict(value) if isinstance(value, dict) else value for name, value in before.items()}
    assert keep_valid_options(before, rules) == before | case.after
    # Those of the earlier file stay as they are.
    assert before == kept


def test_a_required_custom_field_cannot_be_empty():
    with defined([custom("Level", required=True), custom("Course", number=2)]):
        rules = LeadRules(KINDS["lead"], ann())
        assert [rules.can_be_empty(name, {}) for name in ("c1", "c2", "email", "phone", "last_name")] == [
            False,
            True,
            True,
            True,
            False,
        ]
