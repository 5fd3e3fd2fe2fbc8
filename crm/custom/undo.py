"""The undo of custom values: each value goes back where it still is what the operation wrote."""

from django.db import connection

from crm.custom.values import model_of, patch_each, table_of
from crm.models import Operation
from crm.models.custom_field import is_key
from crm.records.undo_sql import Updates


class ValueUpdates(Updates):
    """The same for the custom values of a table's records as Updates for its columns. `fields` are keys."""

    def __init__(self, record: Operation, table: str, model, columns: list[str], without: list[int]) -> None:
        super().__init__(record, table, model, columns, without)
        held = model_of(model)
        keys = [column for column in columns if is_key(column)]
        self.fields = {key: key for key in keys if held}
        self.values = table_of(model) if held else ""
        self.records = connection.ops.quote_name(model._meta.db_table)

    def put_back(self, ids: list[int]) -> list[int]:
        before = f"""
            SELECT u.id, jsonb_object_agg(f.key, f.value->0) AS changes
            FROM undo_stage u JOIN {self.records} t ON t.id = u.id LEFT JOIN {self.values} v ON v.record_id = u.id
            CROSS JOIN LATERAL jsonb_each(u.fields) f
            WHERE u.id = ANY(%s::bigint[]) AND f.key = ANY(%s) AND {self._as_written} AND NOT {self._taken}
            GROUP BY u.id"""
        return patch_each(self.model, before, [ids, list(self.fields)])

    def kept(self) -> dict[str, list[int]]:
        found = {
            "changed_since": self._ids(f"NOT ({self._as_written})"),
            "value_taken": self._ids(f"{self._as_written} AND {self._taken}"),
        }
        return {reason: ids for reason, ids in found.items() if ids}

    def going_back(self) -> list[int]:
        return self._ids(f"{self._as_written} AND NOT {self._taken}")

    @property
    def _taken(self) -> str:
        """Whether another record has the value of a unique field by now. A record in Trash can have it too."""
        return """EXISTS (
            SELECT FROM crm_customfield d JOIN crm_uniquevalue g ON g.field = d.id AND g.present
                AND g.value = leadwell_unique_key(d.type, f.value->0) AND g.record <> t.id
            WHERE d.is_unique AND 'c' || d.id = f.key AND t.deleted_at IS NULL)"""

    @property
    def _as_written(self) -> str:
        """Whether a value is as the operation left it; a missing one is null in the history."""
        return "coalesce(v.values->f.key, 'null'::jsonb) = coalesce(f.value->1, 'null'::jsonb)"

    def _ids(self, condition: str) -> list[int]:
        sql, parameters = self.source
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH u AS MATERIALIZED ({sql})
                    SELECT DISTINCT u.id FROM u JOIN {self.records} t ON t.id = u.id
                    LEFT JOIN {self.values} v ON v.record_id = u.id CROSS JOIN LATERAL jsonb_each(u.fields) f
                    WHERE f.key = ANY(%s) AND {condition}""",
                [*parameters, list(self.fields)],
            )
            return [pk for (pk,) in cursor.fetchall()]
