"""Behind a pooler, each transaction may have another connection: what lasts longer than a transaction is lost, or someone else gets
it. Only what runs on a separate connection (crm/platform/database/connection_settings.py, connect_directly) has anything of the kind."""

import ast
import re

import pytest

from tests.house.code.test_files import OURS, short

# What each statement leaves on its connection after the transaction.
LASTING = {
    "a setting": re.compile(
        r"(\A|;)\s*(SET\s+(SESSION\s+)?(ROLE\s|(?!LOCAL\b)[\w.{}]+\s*(=|TO\s))|RESET\s+(ALL|ROLE|[a-z_.]+)\s*(;|\Z))"
    ),
    "a setting by set_config": re.compile(r"set_config\((?:[^()]|\([^()]*\))*,\s*(?!true\b)\w+\s*\)"),
    "a lock": re.compile(r"\bpg_(try_)?advisory_(?!xact_)\w+\("),
    "a channel": re.compile(r"(\A|;)\s*(UN)?LISTEN\s"),
    "a table": re.compile(r"CREATE\s+TEMP(ORARY)?\s+TABLE(?!.*ON\s+COMMIT\s+DROP)", re.DOTALL),
    "a statement": re.compile(r"(\A|;)\s*(PREPARE|DEALLOCATE)\s"),
    "a cursor": re.compile(r"\bWITH\s+HOLD\b"),
    "what is known": re.compile(r"(\A|;)\s*DISCARD\s"),
    "the last number": re.compile(r"\b(currval|lastval)\("),
}
DEMO = "the demo's data is written before the server starts, on the direct connection"
ACCEPTED = {
    (
        "crm/platform/jobs/outside_transaction.py",
        "a setting",
    ): "a job builds an index on the direct connection of its worker",
    ("crm/scaling/months/table_conversion.py", "a setting"): "migrations have the direct connection",
    ("crm/platform/server/start_preparation.py", "a lock"): "migrations have the direct connection",
    ("crm/platform/server/start_preparation.py", "a setting"): "migrations have the direct connection",
    (
        "crm/platform/web/transactions.py",
        "what is known",
    ): "plans are made again; whose they were doesn't matter",
    ("leads/demo/generation.py", "a table"): DEMO,
    ("leads/demo/lead_draws.py", "a table"): DEMO,
    ("leads/demo/bulk_loading.py", "a table"): DEMO,
    ("leads/demo/generated_history.py", "a table"): DEMO,
    ("leads/demo/draw_tables.py", "a table"): DEMO,
}


def texts(source: str) -> list[str]:
    """The texts in the code, with {} for what is inserted. Parts of one text aren't among them by themselves."""
    parts, found = set(), []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts |= {id(value) for value in node.values}
            found.append(
                "".join(
                    getattr(value, "value", "") if isinstance(value, ast.Constant) else "{}"
                    for value in node.values
                )
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            found.append(node.value)
    return found


def lasting_in(source: str) -> set[str]:
    return {name for text in texts(source) for name, statement in LASTING.items() if statement.search(text)}


def test_nothing_lasts_longer_than_a_transaction_on_a_connection_that_others_share():
    found = {(short(path), name) for path in OURS for name in lasting_in(path.read_text())}
    assert sorted(found - set(ACCEPTED)) == []
    assert sorted(set(ACCEPTED) - found) == [], "no longer there"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("ask('SET statement_timeout = 0')", "a setting"),
        ("ask('SET SESSION statement_timeout TO 0')", "a setting"),
        ("ask(f'SET ROLE {role}')", "a setting"),
        ("ask('RESET ALL')", "a setting"),
        ("ask('SELECT set_config(%s, %s, false)')", "a setting by set_config"),
        ("ask('SELECT pg_advisory_lock(1)')", "a lock"),
        ("ask('SELECT pg_try_advisory_lock(hashtext(%s))')", "a lock"),
        ("ask(f'LISTEN {channel}')", "a channel"),
        ("ask('CREATE TEMPORARY TABLE t (id int)')", "a table"),
        ("ask('DECLARE c CURSOR WITH HOLD FOR SELECT 1')", "a cursor"),
    ],
)
def test_each_kind_is_found(source, name):
    assert lasting_in(source) == {name}


@pytest.mark.parametrize(
    "source",
    [
        "ask('SET LOCAL statement_timeout = 0')",
        "ask('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')",
        "ask(f'UPDATE {table} SET name = 1')",
        "ask('SELECT set_config(%s, concat(a, b), true)')",
        "ask('SELECT pg_advisory_xact_lock(hashtext(%s))')",
        "ask('CREATE TEMPORARY TABLE t ON COMMIT DROP AS SELECT 1')",
    ],
)
def test_what_ends_with_the_transaction_is_not_found(source):
    assert lasting_in(source) == set()
