"""The SQL of an undo (crm/records/history/undo/field_reversal.py): one UPDATE for all fields that an operation changed in one table."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db import connection

from crm.models import Change, Operation
from crm.platform.models.undo_rules import Guard, get_undo_rules
from crm.platform.sql.change_triggers import get_recorded_columns

# A preview looks for the rows that were changed after the operation among so many changes. After more, it compares all rows.
MOST_LATER = 20_000


class ReversalUpdates:
    """The updates of one operation in one table, except the ids in `without`, staged as: id, {"column": [first old, last
    new]}."""

    # Whether a row that no one has changed since is certainly as the operation left it, and may go back.
    decided_by_row: ClassVar[bool] = True

    def __init__(
        self, record: Operation, table: str, model, columns: list[str], without: list[int], by
    ) -> None:
        self.record, self.table, self.model, self.without = record, table, model, without
        self.rules = get_undo_rules(model)
        left = {column: table for column, table in self.rules.leaves.items() if column in columns}
        known = set(get_recorded_columns(model)) - self._get_columns_changed_with(left)
        self.fields = {
            f.column: f
            for f in model._meta.local_concrete_fields
            if f.column in columns and f.column in known
        }
        # As SQL, for guards that look for changes of the same operation.
        self.since = f"'{record.earliest_change_at.isoformat()}'::timestamptz"
        # A preview looks ahead: what was deleted permanently isn't there yet.
        self.ahead = False
        # After an earlier undo of the same operation, what is as it was before needs no more.
        self.further = False
        # What the same undo reverts isn't in the way.
        self.before = True

    @property
    def has_updates(self) -> bool:
        """Whether the operation changed anything that belongs to it."""
        return bool(self.fields)

    @cached_property
    def derived_columns(self) -> set[str]:
        """The columns that follow from rows that the operation changed too."""
        return self._get_columns_changed_with(self.rules.follows)

    def _get_columns_changed_with(self, tables: Mapping[str, str]) -> set[str]:
        """The columns whose table the operation changed too."""
        touched = {
            table
            for table in set(tables.values())
            if Change.objects.of_operation_and_parts(self.record, table).exists()
        }
        return {column for column, table in tables.items() if table in touched}

    @cached_property
    def source(self) -> tuple[str, list]:
        """The query for the rows: an operation may have changed a row in several statements; its first old and last
        new values count."""
        parameters: list[Any] = [self.record.pk, self.record.earliest_change_at, self.table]
        if self._last_update[0]:
            source = """SELECT "row" AS id, fields FROM crm_change
                WHERE operation_id = %s AND at >= %s AND "table" = %s AND kind = 'update' AND "row" <> ALL(%s::bigint[])"""
            if self.changed_later is None:
                return source, [*parameters, self.without]
            return f'{source} AND "row" = ANY(%s::bigint[])', [*parameters, self.without, self.changed_later]
        return (
            """SELECT id, jsonb_object_agg(key, jsonb_build_array(old, new)) AS fields FROM (
                 SELECT c."row" AS id, f.key, (array_agg(f.value->0 ORDER BY c.id))[1] AS old,
                        (array_agg(f.value->1 ORDER BY c.id DESC))[1] AS new
                 FROM crm_change c CROSS JOIN LATERAL jsonb_each(c.fields) f
                 WHERE c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.kind = 'update' AND c."row" <> ALL(%s::bigint[])
                 GROUP BY 1, 2) each_field
               WHERE old IS DISTINCT FROM new GROUP BY id""",
            [*parameters, self.without],
        )

    @cached_property
    def _last_update(self) -> tuple[bool, int]:
        """Whether the operation updated each row once, and its last update."""
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT count(*) = count(DISTINCT "row"), coalesce(max(id), 0) FROM crm_change
                   WHERE operation_id = %s AND at >= %s AND "table" = %s AND kind = 'update'""",
                [self.record.pk, self.record.earliest_change_at, self.table],
            )
            return cursor.fetchone()

    @cached_property
    def changed_later(self) -> list[int] | None:
        """For a preview, the rows that were changed after the operation: all others are as it left them, and needn't be compared.
        None if all rows have to be, because something else than the row decides too, or because there are too many changes."""
        if not (self.ahead and self.decided_by_row and self._last_update[0]) or any(
            map(self._build_guards, self.fields.values())
        ):
            return None
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT "table", "row" FROM crm_change WHERE id > %s AND at >= %s ORDER BY id LIMIT %s""",
                [self._last_update[1], self.record.earliest_change_at, MOST_LATER + 1],
            )
            later = cursor.fetchall()
        return None if len(later) > MOST_LATER else [row for table, row in later if table == self.table]

    def _get_untouched_rows(self) -> list[int]:
        """The ids of the rows that weren't changed after the operation, if they needn't be compared."""
        if self.changed_later is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT array_agg("row") FROM crm_change WHERE operation_id = %s AND at >= %s AND "table" = %s
                   AND kind = 'update' AND fields ?| %s AND "row" <> ALL(%s::bigint[])""",
                [
                    self.record.pk,
                    self.record.earliest_change_at,
                    self.table,
                    list(self.fields),
                    [*self.without, *self.changed_later],
                ],
            )
            return cursor.fetchone()[0] or []

    def stage(self) -> None:
        """Store the rows in a temporary table, so that each chunk finds its own."""
        sql, parameters = self.source
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE undo_stage ON COMMIT DROP AS {sql}", parameters)
            cursor.execute("CREATE UNIQUE INDEX ON undo_stage (id)")
            cursor.execute("ANALYZE undo_stage")

    def discard(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE undo_stage")

    def restore_values(self, ids: list[int]) -> list[int]:
        """One UPDATE for a chunk of rows. Returns the ids of those with at least one reverted field."""
        self.before = False
        table = connection.ops.quote_name(self.model._meta.db_table)
        sets = ", ".join(f'"{f.column}" = {self._build_restored_value_sql(f)}' for f in self.fields.values())
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH u AS (SELECT * FROM undo_stage) UPDATE {table} t SET {sets} FROM u
                    WHERE t.id = u.id AND u.id = ANY(%s::bigint[]) AND ({self._any_revertible_sql}) RETURNING t.id""",
                [ids],
            )
            return [pk for (pk,) in cursor.fetchall()]

    def get_kept_rows(self) -> dict[str, list[int]]:
        """The ids of the rows that will keep at least one field, by reason. Call it before anything is reverted."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        reasons = ", ".join(
            f"CASE WHEN u.fields ? '{f.column}' AND NOT ({self._build_revertible_sql(f)}){self._build_not_yet_reverted_sql(f)} THEN {self._build_kept_reason_sql(f)} END"
            for f in self.fields.values()
            if self.rules.together.get(f.column) not in self.fields
            and f.column not in self.derived_columns
            and f.column not in self.rules.unreported
        )
        if not reasons:
            return {}
        sql, parameters = self.source
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH u AS MATERIALIZED ({sql}) SELECT DISTINCT reason, u.id FROM u JOIN {table} t ON t.id = u.id
                    CROSS JOIN LATERAL unnest(ARRAY[{reasons}]) AS kept(reason) WHERE reason IS NOT NULL""",
                parameters,
            )
            kept: dict[str, list[int]] = {}
            for reason, pk in cursor.fetchall():
                kept.setdefault(reason, []).append(pk)
            return kept

    def get_revertible_ids(self) -> list[int]:
        """The ids of the rows with at least one field that would be reverted."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        sql, parameters = self.source
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH u AS MATERIALIZED ({sql})
                    SELECT t.id FROM u JOIN {table} t ON t.id = u.id WHERE {self._any_revertible_sql}""",
                parameters,
            )
            return [*self._get_untouched_rows(), *(pk for (pk,) in cursor.fetchall())]

    @property
    def _any_revertible_sql(self) -> str:
        return " OR ".join(f"({self._build_revertible_sql(f)})" for f in self.fields.values())

    def _is_array(self, f) -> bool:
        return f.db_type(connection).endswith("[]") and "bigint" in f.db_type(connection)

    def _build_revertible_sql(self, f) -> str:
        """Whether this field of this row is as the operation left it. Array items are reverted one by one."""
        asked = f"u.fields ? '{f.column}'"
        if self._is_array(f):
            return (
                f'{asked} AND t."{f.column}" IS DISTINCT FROM ({self._build_restored_value_sql(f)})'
                if self.further
                else asked
            )
        same = f't."{f.column}" IS NOT DISTINCT FROM {self._build_value_sql(f, 1)}'
        if guards := self._build_guards(f):
            conditions = " OR ".join(f"({condition})" for _reason, condition in guards)
            return f"{asked} AND {same} AND NOT ({conditions})"
        companion = self.fields.get(self.rules.together.get(f.column, ""))
        if companion:
            return f"{asked} AND {same} AND (NOT u.fields ? '{companion.column}' OR ({self._build_revertible_sql(companion)}))"
        return f"{asked} AND {same}"

    def _build_not_yet_reverted_sql(self, f) -> str:
        """That the value isn't as it was before, for the undo of the rest."""
        return f' AND t."{f.column}" IS DISTINCT FROM {self._build_old_value_sql(f)}' if self.further else ""

    def _build_kept_reason_sql(self, f) -> str:
        guards = self._build_guards(f)
        if not guards:
            return "'changed_since'::text"
        cases = " ".join(f"WHEN {condition} THEN '{reason}'" for reason, condition in guards)
        return f"CASE {cases} ELSE 'changed_since' END"

    def _build_guards(self, f) -> list[Guard]:
        """The reasons why the column may not be reverted, each with its condition."""
        named: dict[str, Any] = {
            "old": self._build_old_value_sql(f),
            "table": self.table,
            "operation": self.record.pk,
        }
        named |= {"since": self.since, "ahead": self.ahead, "before": self.before}
        guards = self.rules.get_guards(f.column)
        return [Guard(reason, condition.format(**named)) for reason, condition in guards]

    def _build_restored_value_sql(self, f) -> str:
        column = f't."{f.column}"'
        if self._is_array(f):
            old, new = (_build_items_sql(f"u.fields->'{f.column}'->{place}") for place in (0, 1))
            return (
                f"CASE WHEN u.fields ? '{f.column}' THEN ARRAY(SELECT DISTINCT item FROM unnest({column} || {old}) item "
                f"WHERE NOT (item = ANY({new}) AND item <> ALL({old})) "
                f"AND (item = ANY({column}) OR item <> ALL({new})) ORDER BY item) ELSE {column} END"
            )
        return (
            f"CASE WHEN {self._build_revertible_sql(f)} THEN {self._build_old_value_sql(f)} ELSE {column} END"
        )

    def _build_old_value_sql(self, f) -> str:
        return self._build_value_sql(f, 0)

    def _build_value_sql(self, f, place: int) -> str:
        """The old (0) or new (1) value with its column's type; compared as text, times would depend on the time zone."""
        kind = f.db_type(connection)
        value = f"u.fields->'{f.column}'"
        if kind.endswith("[]"):
            return f"ARRAY(SELECT jsonb_array_elements_text({value}->{place}))::{kind}"
        if kind == "jsonb":
            return f"({value}->{place})"
        return f"({value}->>{place})::{kind}"


def _build_items_sql(value: str) -> str:
    return f"ARRAY(SELECT jsonb_array_elements_text({value})::bigint)"
