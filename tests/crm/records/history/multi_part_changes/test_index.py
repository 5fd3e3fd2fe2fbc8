"""The index that says that no part of an operation is done twice is built while operations are written."""

from importlib import import_module

import pytest
from django.db import OperationalError, connection, connections

from crm.models import Operation
from tests.crossing import cancelled_once_it_waits


def build() -> None:
    migration = import_module("crm.migrations.0041_operation_part_index").Migration
    assert not migration.atomic
    with connection.schema_editor(atomic=False) as editor:
        for step in migration.operations[0].database_operations:
            step.database_forwards("crm", editor, None, None)


def found() -> list[tuple[bool, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid, pg_get_indexdef(indexrelid) FROM pg_index WHERE indexrelid = to_regclass('operation_part')"
        )
        return cursor.fetchall()


def test_the_index_of_parts_waits_for_older_transactions_without_keeping_writers_away_and_is_built_again_if_interrupted(
    transactional_db,
):
    before = found()
    other = connections["default"].copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT 1")
    try:
        # An index that is built in a transaction, with the table locked, doesn't wait for it.
        with pytest.raises(OperationalError, match="user request"), cancelled_once_it_waits():
            build()
    finally:
        other.close()
    assert [valid for valid, _definition in found()] == [False]
    build()
    assert found() == before
    # It is the one that the model asks for.
    (constraint,) = Operation._meta.constraints
    with connection.schema_editor(atomic=False) as editor:
        editor.execute("DROP INDEX operation_part")
        editor.add_constraint(Operation, constraint)
    assert found() == before
