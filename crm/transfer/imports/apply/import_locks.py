"""Which imports wait for each other: those that could add the same people twice, and those that make what all share.

An import skips the rows whose record a colleague has added since its preview: a record of a department that the importer may
change. It doesn't see what another import is adding at the same time, so two imports take turns if one of them adds records to
a department whose records the other one's user may change. An import keeps its own departments for itself, and the other
departments that its user may change as they are.

An import that makes more than records of its departments takes its turn alone: sources, tags, choices or fields that are the
same for everyone, records that its rows link to, and values that only one record may have, in whichever department.
"""

from django.db import connection

from crm.fields.custom.unique.taken_values import get_unique_fields
from crm.models import Import
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.check.value_decisions import is_create_decision

# What an import locks: a number, and whether it keeps it for itself. 0 is everything that imports add; departments have
# their IDs.
Turn = tuple[int, bool]
EVERYTHING = 0
TAKE = """
    SELECT CASE WHEN alone THEN pg_advisory_xact_lock({lock}) ELSE pg_advisory_xact_lock_shared({lock}) END
    FROM (SELECT * FROM unnest(%s::bigint[], %s::boolean[]) t(number, alone) ORDER BY number) turns
"""
TRY = """
    SELECT coalesce(bool_and(CASE WHEN alone THEN pg_try_advisory_xact_lock({lock})
                                  ELSE pg_try_advisory_xact_lock_shared({lock}) END), true)
    FROM (SELECT * FROM unnest(%s::bigint[], %s::boolean[]) t(number, alone) ORDER BY number) turns
"""
LOCK = "hashtext(%s), number::integer"


def lock_against_same_imports(imported: Import, *, by) -> None:
    """Until the end of the transaction, no other import adds what this one could add too."""
    _run_lock_statement(TAKE, imported, by)


def must_wait(imported: Import, *, by) -> bool:
    """Whether another import has its turn now; if not, this one goes first until the transaction ends."""
    return bool(imported.counts.get("add")) and not _run_lock_statement(TRY, imported, by)


def _run_lock_statement(statement: str, imported: Import, by) -> bool:
    turns = _get_turns(imported, by)
    name = f"imports that add activities of {imported.table}" if imported.activities else "imports that add"
    with connection.cursor() as cursor:
        # Each number is locked once, in order, so no two imports wait for each other.
        cursor.execute(
            statement.format(lock=LOCK),
            [name, name, [number for number, _alone in turns], [alone for _number, alone in turns]],
        )
        return bool(cursor.fetchone()[0])


def _get_turns(imported: Import, by) -> list[Turn]:
    if imported.activities or _is_for_all(imported, by):
        return [(EVERYTHING, True)]
    kind = KINDS[imported.table]
    own, others = _get_planned_departments(imported), get_rules_class(kind)(kind, by).allowed_departments
    return [
        (EVERYTHING, False),
        *((pk, True) for pk in own),
        *((pk, False) for pk in others if pk not in own),
    ]


def _is_for_all(imported: Import, by) -> bool:
    makes = any(
        is_create_decision(decision) for found in imported.decisions.values() for decision in found.values()
    )
    unique = {field.name for field in get_unique_fields(imported.table, by)}
    return makes or bool(imported.new_fields) or not unique.isdisjoint(imported.mapping)


def _get_planned_departments(imported: Import) -> set[int]:
    """Those that the plan adds records to."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT ("values"->>'department_id')::bigint FROM crm_plannedrow
               WHERE of_id = %s AND action = 'add' AND "values"->>'department_id' IS NOT NULL""",
            [imported.pk],
        )
        return {pk for (pk,) in cursor.fetchall()}
