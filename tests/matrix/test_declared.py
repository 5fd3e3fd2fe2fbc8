"""The table of URLs matches the product's URLs and methods, and the oracle is independent of the product."""

import ast
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver

from crm.records.editing.inline_editing import FieldsEdit
from crm.records.kinds.kind_registry import KINDS
from tests.examples import one_of_each
from tests.matrix.declared.api import API
from tests.matrix.declared.every_url import DECLARED
from tests.matrix.declared.scim import ASSISTANTS, SCIM
from tests.matrix.oracle import ANYBODY, CHANGED, SEEN, THINGS

METHODS = ["GET", "POST", "PUT", "DELETE"]


def addresses(resolver, before: str = "") -> set[str]:
    """Every URL of the product, as written in its routes."""
    found = set()
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        found |= {route} if isinstance(pattern, URLPattern) else addresses(pattern, route)
    return found


def by_path() -> dict[str, list]:
    rows = defaultdict(list)
    for row in DECLARED:
        rows[row.path].append(row)
    return rows


def test_every_url_of_the_product_is_declared_and_no_other():
    product = addresses(get_resolver())
    declared = set(by_path()) | {row.path for row in [*API, *SCIM]} | set(ASSISTANTS)
    assert product - declared == set()
    assert declared - product == set()


def own_verbs(kind) -> list[str]:
    return [name for name, edit in kind.inline.items() if not isinstance(edit, FieldsEdit)]


def test_every_bulk_action_and_every_field_edited_in_place_is_declared():
    """Otherwise a verb without a row wouldn't be tested. The fields of a record's own form are one verb: one of them has a row."""
    declared = {(row.path.split("/")[1], *row.fixed.values()) for row in DECLARED if row.fixed}
    product = {
        (kind.list_url.split("/")[-1], name)
        for kind in KINDS.values()
        for name in [*(action.name for action in kind.actions), *own_verbs(kind)]
    }
    missing = sorted(product - declared)
    assert not missing, missing


def test_an_undeclared_action_is_noticed(monkeypatch):
    new = replace(KINDS["company"].get_action("share"), name="made-up")
    with_one_more = replace(KINDS["company"], actions=[*KINDS["company"].actions, new])
    monkeypatch.setitem(KINDS, "company", with_one_more)
    with pytest.raises(AssertionError, match="made-up"):
        test_every_bulk_action_and_every_field_edited_in_place_is_declared()


def test_every_row_is_in_the_table_once():
    names = [row.name for row in DECLARED]
    assert sorted({name for name in names if names.count(name) > 1}) == []


UNDECLARED = [
    [(rows[0], method) for method in METHODS if method not in {row.method for row in rows}]
    for rows in by_path().values()
]


@pytest.mark.django_db
@pytest.mark.usefixtures("files_of_the_world")
@pytest.mark.hard
@pytest.mark.parametrize("undeclared", one_of_each(UNDECLARED))
def test_an_undeclared_method_is_rejected(asker, undeclared):
    wrong = []
    with asker.in_a_row():
        for row, method in undeclared:
            address = asker.address(row, "administrator", THINGS[row.of][0] if row.of else "")
            answer = asker.send(method, address, "administrator", {})
            if answer.status != 405 or answer.wrote:
                wrong.append(f"{method} {row.path}: {answer.status}")
    assert wrong == []


def test_the_oracle_imports_no_product_code():
    folder = Path(__file__).parent
    for name in (
        "oracle",
        "declared/every_url",
        "declared/kinds",
        "declared/api",
        "declared/dialects/call",
        "declared/dialects/connect_and_umbra",
        "declared/people",
        "declared/scim",
        "declared/settings",
    ):
        tree = ast.parse((folder / f"{name}.py").read_text())
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Import), name
            if isinstance(node, ast.ImportFrom):
                assert node.module in ("dataclasses",) or node.module.startswith("tests.matrix."), name


def test_the_oracle_knows_who_sees_every_kind_of_thing():
    assert set(SEEN) == set(THINGS)
    for row in DECLARED:
        assert not row.of or row.of in THINGS
        assert not row.changes or row.of in CHANGED
        assert row.rights, row.name
        assert ANYBODY not in row.rights or len(row.rights) == 1
