"""The undo of custom values: each value goes back where it still is what the operation wrote."""

from django.db import connection

from crm.custom.values import model_of, table_of
from crm.models import Operation
from crm.records.undo_sql import Updates


class ValueUpdates(Updates):
    """The same for the custom values of a table's records as Updates for its columns. `fields` are keys."""

    def __init__(self, record: Operation, table: str, model, columns: list[str], without: list[int]) -> None:
        super().__init__(record, table, model, columns, without)
        known = {str(field.column) for field in model._meta.local_concrete_fields}
        held = model_of(model)
        keys = [column for column in columns if column[1:].isdecimal() and column not in known]
        self.fields = {key: key for key in keys if held}
        self.values = table_of(model) if held else ""

    def put_back(self, ids: list[int]) -> list[int]:
        # Two statements, like any write of values: a record without values has no row.
        patches = f"""
            WITH patch AS (
                SELECT u.id, jsonb_object_agg(f.key, f.value->0) AS changes
                FROM undo_stage u LEFT JOIN {self.values} v ON v.record_id = u.id
                CROSS JOIN LATERAL jsonb_each(u.fields) f
                WHERE u.id = ANY(%s::bigint[]) AND f.key = ANY(%s) AND {self._as_written}
                GROUP BY u.id)"""
        with connection.cursor() as cursor:
            cursor.execute(
                f"""{patches} INSERT INTO {self.values} (record_id, values)
                    SELECT id, jsonb_strip_nulls(changes) FROM patch
                    WHERE NOT EXISTS (SELECT FROM {self.values} v WHERE v.record_id = patch.id) RETURNING record_id""",
                [ids, list(self.fields)],
            )
            back = [pk for (pk,) in cursor.fetchall()]
            cursor.execute(
                f"""{patches} UPDATE {self.values} v SET values = jsonb_strip_nulls(v.values || patch.changes)
                    FROM patch WHERE v.record_id = patch.id AND v.record_id <> ALL(%s::bigint[]) RETURNING v.record_id""",
                [ids, list(self.fields), back],
            )
            return [*back, *(pk for (pk,) in cursor.fetchall())]

    def kept(self) -> dict[str, list[int]]:
        ids = self._ids(f"NOT ({self._as_written})")
        return {"changed_since": ids} if ids else {}

    def going_back(self) -> list[int]:
        return self._ids(self._as_written)

    @property
    def _as_written(self) -> str:
        """Whether a value is as the operation left it; a missing one is null in the history."""
        return "coalesce(v.values->f.key, 'null'::jsonb) = coalesce(f.value->1, 'null'::jsonb)"

    def _ids(self, condition: str) -> list[int]:
        sql, parameters = self.source
        records = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH u AS MATERIALIZED ({sql})
                    SELECT DISTINCT u.id FROM u JOIN {records} t ON t.id = u.id
                    LEFT JOIN {self.values} v ON v.record_id = u.id CROSS JOIN LATERAL jsonb_each(u.fields) f
                    WHERE f.key = ANY(%s) AND {condition}""",
                [*parameters, list(self.fields)],
            )
            return [pk for (pk,) in cursor.fetchall()]
