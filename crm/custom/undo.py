"""The undo of custom values: each value goes back where it still is what the operation wrote."""

from django.db import connection

from crm.custom.earlier import same_type_since
from crm.custom.fields import field_with_key
from crm.custom.values import model_of, patch_each, table_of
from crm.models import Change, Operation
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
        self.open = self._of_the_same_type()

    def _of_the_same_type(self) -> list[str]:
        """The keys whose fields have the type that they had then. Values of another type aren't put back."""
        fields = {key: field_with_key(key) for key in self.fields}
        if not any(field is not None and field.earlier for field in fields.values()):
            return list(fields)
        last = Change.objects.filter(operation=self.record).order_by("id").values_list("id", flat=True).last()
        return [
            key
            for key, field in fields.items()
            if field is None or same_type_since(field, self.record.pk, last or 0)
        ]

    def put_back(self, ids: list[int]) -> list[int]:
        before = f"""
            SELECT u.id, jsonb_object_agg(f.key, f.value->0) AS changes
            FROM undo_stage u LEFT JOIN {self.values} v ON v.record_id = u.id
            CROSS JOIN LATERAL jsonb_each(u.fields) f
            WHERE u.id = ANY(%s::bigint[]) AND f.key = ANY(%s) AND {self._as_written}
            GROUP BY u.id"""
        return patch_each(self.model, before, [ids, self.open])

    def kept(self) -> dict[str, list[int]]:
        closed = [key for key in self.fields if key not in self.open]
        ids = {
            "changed_since": self._ids(f"NOT ({self._as_written})", self.open),
            "type_changed": self._ids("true", closed) if closed else [],
        }
        return {reason: found for reason, found in ids.items() if found}

    def going_back(self) -> list[int]:
        return self._ids(self._as_written, self.open)

    @property
    def _as_written(self) -> str:
        """Whether a value is as the operation left it; a missing one is null in the history."""
        return "coalesce(v.values->f.key, 'null'::jsonb) = coalesce(f.value->1, 'null'::jsonb)"

    def _ids(self, condition: str, keys: list[str]) -> list[int]:
        sql, parameters = self.source
        records = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH u AS MATERIALIZED ({sql})
                    SELECT DISTINCT u.id FROM u JOIN {records} t ON t.id = u.id
                    LEFT JOIN {self.values} v ON v.record_id = u.id CROSS JOIN LATERAL jsonb_each(u.fields) f
                    WHERE f.key = ANY(%s) AND {condition}""",
                [*parameters, keys],
            )
            return [pk for (pk,) in cursor.fetchall()]
