"""What the groups of an identity provider give: a role, departments, or no account; and what its users are called."""

from typing import Any, NamedTuple

import pytest

from accounts.models import ClaimRule, Department, IdentityProvider, Role
from accounts.single_sign_on.claim_mapping import (
    LONGEST_VALUE,
    MOST_VALUES,
    Coverage,
    decide_role_and_departments,
    get_claim_values,
)
from accounts.single_sign_on.user_matching import build_person

ROLES = {name: Role(pk=pk, name=name) for pk, name in enumerate(("rep", "manager", "new"), 1)}
ROLES["old"] = Role(pk=4, name="old", retired=True)
PLACES = {name: Department(pk=pk, name=name) for pk, name in enumerate(("sales", "export", "first"), 1)}
PLACES["closed"] = Department(pk=4, name="closed", retired=True)


class Case(NamedTuple):
    """The rows as "value role department", the values of the account, and the role, the departments, and whether a row decided."""

    rows: list[str]
    values: list[str]
    role: str
    departments: list[str]
    by_rule: bool
    default: str = "new"


TWO = ["a rep sales", "b manager export"]
CASES = {
    "one row": Case(TWO, ["b"], "manager", ["export"], True),
    "the first row decides, and each adds its department": Case(
        TWO, ["b", "a"], "rep", ["sales", "export"], True
    ),
    "no row": Case(TWO, ["c"], "new", ["first"], False),
    "no row, and no role without one": Case(TWO, ["c"], "", ["first"], False, default=""),
    "no values": Case(TWO, [], "new", ["first"], False),
    "a row without a role is passed over": Case(
        ["a - sales", "b manager -"], ["a", "b"], "manager", ["sales"], True
    ),
    "no role in any row": Case(["a - sales"], ["a"], "new", ["sales"], False),
    "no department in any row": Case(["a rep -"], ["a"], "rep", ["first"], True),
    "a retired role is passed over": Case(["a old sales", "a manager -"], ["a"], "manager", ["sales"], True),
    "a retired role alone": Case(["a old -"], ["a"], "new", ["first"], False),
    "a retired department is left out": Case(["a rep closed", "a - export"], ["a"], "rep", ["export"], True),
    "a retired department alone": Case(["a rep closed"], ["a"], "rep", ["first"], True),
    "a department twice": Case(["a rep sales", "b - sales"], ["a", "b"], "rep", ["sales"], True),
    "a value in other letters": Case(TWO, ["A"], "new", ["first"], False),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_groups_give(case):
    provider = IdentityProvider(default_role=ROLES.get(case.default), default_department=PLACES["first"])
    rules = [build_rule(row) for row in case.rows]
    found = decide_role_and_departments(provider, rules, case.values)
    assert (found.role.name if found.role else "") == case.role
    assert [row.name for row in found.departments] == case.departments
    assert found.by_rule is case.by_rule


def build_rule(row: str) -> ClaimRule:
    value, role, department = row.split()
    return ClaimRule(value=value, role=ROLES.get(role), department=PLACES.get(department))


@pytest.mark.parametrize(
    ("rows", "roles", "departments"),
    [([], False, False), (["a rep -"], True, False), (["a - sales"], False, True), (TWO, True, True)],
)
def test_what_the_rows_decide(rows, roles, departments):
    assert Coverage.from_rules(map(build_rule, rows)) == Coverage(roles, departments)


# The claims, the name of the claim, and its values.
CLAIMS = {
    "a list": ({"groups": ["a", "b", "a", 3, None]}, "groups", ["a", "b"]),
    "a text": ({"groups": "a"}, "groups", ["a"]),
    "no values": ({"groups": []}, "groups", []),
    "no claim": ({"roles": ["a"]}, "groups", None),
    "something else": ({"groups": {"a": 1}}, "groups", None),
    "one inside another": ({"realm": {"access": {"roles": ["a"]}}}, "realm.access.roles", ["a"]),
    "one inside a list": ({"realm": ["roles"]}, "realm.roles", None),
    "a name with dots": ({"https://example.com/roles": ["a"]}, "https://example.com/roles", ["a"]),
    "a name with dots before one inside another": (
        {"realm.roles": ["a"], "realm": {"roles": ["b"]}}, "realm.roles", ["a"],
    ),
    "broken characters": ({"groups": ["a\0", "\ud800", "b"]}, "groups", ["b"]),
    "too long": ({"groups": ["x" * (LONGEST_VALUE + 1)]}, "groups", ["x" * LONGEST_VALUE]),
    "too many": ({"groups": [str(one) for one in range(MOST_VALUES + 1)]}, "groups", [str(one) for one in range(MOST_VALUES)]),
}  # fmt: skip


@pytest.mark.parametrize(("claims", "name", "values"), CLAIMS.values(), ids=CLAIMS)
def test_the_values_of_a_claim(claims, name, values):
    assert get_claim_values(claims, name) == values


# What an account says of a person besides the email eva@example.com, and the name of a new user.
NAMES: dict[str, tuple[dict[str, Any], str]] = {
    "the full name": ({"name": " Eva Pop "}, "Eva Pop"),
    "the full name before its parts": ({"name": "Eva Pop", "given_name": "E", "family_name": "P"}, "Eva Pop"),
    "a given and a family name": ({"given_name": " Eva", "family_name": "Pop "}, "Eva Pop"),
    "a family name": ({"family_name": "Pop"}, "Pop"),
    "an empty full name, and a given one": ({"name": "", "given_name": "Eva"}, "Eva"),
    "a given name that is a number": ({"given_name": 7, "family_name": "Pop"}, "Pop"),
    "a full name that is no text": ({"name": {"first": "Eva"}}, "eva"),
    "a name of spaces": ({"name": "  "}, "eva"),
    "no name": ({}, "eva"),
    "neither a name nor an email": ({"email": None}, ""),
    "characters that can't be seen": ({"name": "Eva\0 P\nop"}, "Eva Pop"),
    "as long as names can be": ({"name": "x" * 151}, "x" * 150),
}


@pytest.mark.parametrize(("claims", "name"), NAMES.values(), ids=NAMES)
def test_the_name_of_a_new_user(claims, name):
    person = build_person(IdentityProvider(), {"sub": "1", "email": "eva@example.com", **claims})
    assert person.name == name
