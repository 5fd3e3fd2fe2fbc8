"""The tool behind `make test-mutations` changes one word at a time of the SQL that decides."""

import pytest

from tests.mutations.sql import edits

SQL = {
    "WHERE a IS NOT DISTINCT FROM b": ["WHERE a IS DISTINCT FROM b"],
    "WHERE a IS DISTINCT FROM b": ["WHERE a IS NOT DISTINCT FROM b"],
    "WHERE a IS NULL": ["WHERE a IS NOT NULL"],
    "WHERE a IS NOT TRUE": ["WHERE a IS TRUE"],
    "WHERE NOT EXISTS (b)": ["WHERE EXISTS (b)"],
    "WHERE EXISTS (b)": ["WHERE NOT EXISTS (b)"],
    "WHERE NOT a": ["WHERE a"],
    "WHERE a > 1 AND b = 'c'": [
        "WHERE a >= 1 AND b = 'c'",
        "WHERE a > 1 OR b = 'c'",
        "WHERE a > 1 AND b <> 'c'",
    ],
    "WHERE a BETWEEN 1 AND 2 AND b": ["WHERE a BETWEEN 1 AND 2 OR b"],
    "WHERE a IN ('b')": ["WHERE a NOT IN ('b')"],
    "WHERE a = ANY(%s)": ["WHERE a <> ALL(%s)"],
    "WHERE a <> ALL(%s)": ["WHERE a = ANY(%s)"],
    "ORDER BY a DESC": ["ORDER BY a ASC"],
    "ORDER BY a LIMIT 1": ["ORDER BY a DESC LIMIT 1"],
    "SELECT min(a)": ["SELECT max(a)"],
    "CREATE TABLE IF NOT EXISTS a (b integer NOT NULL)": [],
    "Not SQL: 1 > 2": [],
}


@pytest.mark.parametrize("text", SQL)
def test_a_word_of_sql_is_changed_one_at_a_time(text):
    assert [edit.whole for edit in edits(text)] == SQL[text]
