"""What is said of what uses a record that is about to go: how many, and their names as far as the viewer may see them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.translation import ngettext_lazy

from crm.records.kinds.record_uses import (
    NAMED,
    Uses,
    build_uses,
    build_uses_by_rules,
    format_uses_as_text,
    get_visible_rows,
)

WORDS = ngettext_lazy("Used by %(number)s rule", "Used by %(number)s rules", "number")


def rule(pk: int) -> Any:
    return SimpleNamespace(pk=pk, label=f"Rule {pk}", get_right=lambda action: f"leads.{action}_rule")


# The rules, the permissions of the viewer, and what is said.
RULES: dict[str, tuple[list[int], set[str], list[Uses]]] = {
    "none": ([], {"leads.view_rule"}, []),
    "one": ([3], {"leads.view_rule"}, [Uses("Used by 1 rule", [("Rule 3", "/admin/leads/3")])]),
    "two": (
        [3, 5], {"leads.view_rule"}, [Uses("Used by 2 rules", [("Rule 3", "/admin/leads/3"), ("Rule 5", "/admin/leads/5")])],
    ),
    "two that the viewer may not view": ([3, 5], {"leads.change_rule"}, [Uses("Used by 2 rules", [])]),
}  # fmt: skip


@pytest.mark.parametrize(("rules", "held", "uses"), RULES.values(), ids=RULES)
def test_which_rules_use_a_record(rules, held, uses, monkeypatch):
    monkeypatch.setattr(
        "crm.records.kinds.record_uses.reverse", lambda page, args: f"/admin/{page}/{args[0]}"
    )
    viewer = SimpleNamespace(has_perm=held.__contains__)
    assert build_uses_by_rules([rule(pk) for pk in rules], WORDS, viewer, "leads") == uses


# How many rows there are, how many of them have a name, how many names are shown, and what comes after them.
MANY = {
    "as many as are named": (NAMED, NAMED, NAMED, ""),
    "one more": (NAMED + 1, NAMED + 1, NAMED, "and 1 more"),
    "many more": (NAMED + 9, NAMED + 9, NAMED, "and 9 more"),
    "some out of sight": (5, 3, 3, "and 2 more"),
    "all out of sight": (5, 0, 0, ""),
}


@pytest.mark.parametrize(("number", "known", "shown", "rest"), MANY.values(), ids=MANY)
def test_of_many_the_first_twenty_are_named(number, known, shown, rest):
    names = [(f"{place}", f"/{place}") for place in range(known)]
    (found,) = build_uses(range(number), "%(number)s rules", names)
    assert (NAMED, found.sentence) == (20, f"{number} rules")
    assert found.rows == names[:shown] + ([(rest, "")] if rest else [])


def test_uses_as_one_text():
    uses = [Uses("Two forms use it"), Uses("One rule stops", [("New leads", "/1"), ("Old leads", "")])]
    assert format_uses_as_text(uses) == "Two forms use it. One rule stops: New leads, Old leads."
    assert format_uses_as_text([]) == ""


def test_rows_that_the_viewer_sees_in_their_order(make_lead, departments, ann):
    leads = [make_lead(), make_lead(department=departments.export), make_lead()]
    rows = [leads[2], leads[1], leads[0]]
    assert get_visible_rows(ann, rows, "leads.view_lead") == [leads[2], leads[0]]
    assert get_visible_rows(ann, rows, "leads.view_none") == []
    assert get_visible_rows(ann, [], "leads.view_lead") == []
