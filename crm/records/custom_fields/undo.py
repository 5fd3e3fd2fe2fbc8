"""The undo of custom values: each value goes back where it still is what the operation wrote."""

from django.db import connection
from django.db.models import Max

from crm.fields.custom.definitions.type_history import had_same_type_since
from crm.fields.custom.links.linked_records import is_link
from crm.fields.custom.values.field_registry import get_field_by_key, is_edited_by
from crm.fields.custom.values.stored_values import get_values_model, get_values_table, patch_values_by_query
from crm.fields.models.custom_field import is_key
from crm.models import Change, CustomField, Operation
from crm.records.history.undo.reversal_sql import ReversalUpdates


class ValueUpdates(ReversalUpdates):
    """The same for the custom values of a table's records as Updates for its columns. `fields` are keys."""

    # The type of the field and the unique values of other records decide too.
    decided_by_row = False

    def __init__(
        self, record: Operation, table: str, model, columns: list[str], without: list[int], by
    ) -> None:
        super().__init__(record, table, model, columns, without, by)
        held = get_values_model(model)
        keys = [column for column in columns if is_key(column)] if held else []
        self.closed = [key for key in keys if not _may_revert_field(record, key, by)]
        self.fields = {key: key for key in keys if key not in self.closed}
        self.values = get_values_table(model) if held else ""
        self.records = connection.ops.quote_name(model._meta.db_table)
        self.open = self._get_keys_of_same_type()

    @property
    def has_updates(self):
        return bool(self.fields or self.closed)

    def _get_keys_of_same_type(self) -> list[str]:
        """The keys whose fields have the type that they had then. Values of another type aren't put back."""
        fields = {key: get_field_by_key(key) for key in self.fields}
        if not any(field is not None and field.earlier for field in fields.values()):
            return list(fields)
        last = Change.objects.of_operation_in_any_table(self.record).aggregate(last=Max("id"))["last"]
        return [
            key
            for key, field in fields.items()
            if field is None or had_same_type_since(field, self.record.pk, last)
        ]

    def restore_values(self, ids: list[int]) -> list[int]:
        self.before = False
        before = f"""
            SELECT u.id, jsonb_object_agg(f.key, f.value->0) AS changes
            FROM undo_stage u JOIN {self.records} t ON t.id = u.id LEFT JOIN {self.values} v ON v.record_id = u.id
            CROSS JOIN LATERAL jsonb_each(u.fields) f
            WHERE u.id = ANY(%s::bigint[]) AND f.key = ANY(%s) AND {self._as_written_sql} AND NOT {self._taken_sql} AND NOT {self._link_gone_sql}
            GROUP BY u.id"""
        return patch_values_by_query(self.model, before, [ids, self.open])

    def get_kept_rows(self) -> dict[str, list[int]]:
        found = {
            "changed_since": self._find_ids(
                f"NOT ({self._as_written_sql}){self._not_yet_reverted_sql}", self.open
            ),
            "value_taken": self._find_ids(f"{self._as_written_sql} AND {self._taken_sql}", self.open),
            "link_gone": self._find_ids(f"{self._as_written_sql} AND {self._link_gone_sql}", self.open),
            "type_changed": self._find_ids("true", [key for key in self.fields if key not in self.open]),
            "not_editable": self._find_ids("true", self.closed),
        }
        return {reason: ids for reason, ids in found.items() if ids}

    def get_revertible_ids(self) -> list[int]:
        return self._find_ids(
            f"{self._as_written_sql} AND NOT {self._taken_sql} AND NOT {self._link_gone_sql}", self.open
        )

    @property
    def _taken_sql(self) -> str:
        """Whether another record has the value of a unique field by now. A record in Trash can have it too."""
        return f"""EXISTS (
            SELECT FROM crm_customfield d JOIN crm_uniquevalue g ON g.field = d.id AND g.present
                AND g.value = leadwell_unique_key(d.type, f.value->0) AND g.record <> t.id
            WHERE d.is_unique AND 'c' || d.id = f.key AND t.deleted_at IS NULL
            AND NOT ({self.before} AND EXISTS (SELECT FROM crm_change c WHERE c.operation_id = {self.record.pk}
                AND c.at >= {self.since} AND c."table" = '{self.table}' AND c."row" = g.record AND c.fields ? 'deleted_at')))"""

    @property
    def _link_gone_sql(self) -> str:
        """Whether a value would link to a record that doesn't exist any more, and that the undo doesn't bring back first."""
        links = {key: field for key in self.open if is_link(field := get_field_by_key(key))}
        gone = [
            f"""(f.key = '{key}' AND jsonb_typeof(f.value->0) = 'number' AND NOT EXISTS (
                SELECT FROM {connection.ops.quote_name(field.related_model._meta.db_table)} g
                WHERE g.id = (f.value->>0)::bigint)
            AND NOT ({self.before} AND EXISTS (SELECT FROM crm_change c WHERE c.operation_id = {self.record.pk}
                AND c.at >= {self.since} AND c."table" = '{field.links_to}' AND c."row" = (f.value->>0)::bigint
                AND c.kind = 'delete')))"""
            for key, field in links.items()
        ]
        return f"({' OR '.join(gone) or 'false'})"

    @property
    def _as_written_sql(self) -> str:
        """Whether a value is as the operation left it; a missing one is null in the history."""
        return "coalesce(v.values->f.key, 'null'::jsonb) = coalesce(f.value->1, 'null'::jsonb)"

    @property
    def _not_yet_reverted_sql(self) -> str:
        before = "coalesce(v.values->f.key, 'null'::jsonb) <> coalesce(f.value->0, 'null'::jsonb)"
        return f" AND {before}" if self.further else ""

    def _find_ids(self, condition: str, keys: list[str]) -> list[int]:
        if not keys:
            return []
        sql, parameters = self.source
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH u AS MATERIALIZED ({sql})
                    SELECT DISTINCT u.id FROM u JOIN {self.records} t ON t.id = u.id
                    LEFT JOIN {self.values} v ON v.record_id = u.id CROSS JOIN LATERAL jsonb_each(u.fields) f
                    WHERE f.key = ANY(%s) AND {condition}""",
                [*parameters, keys],
            )
            return [pk for (pk,) in cursor.fetchall()]


def _may_revert_field(record: Operation, key: str, by) -> bool:
    """Whether `by` may change the field now. Values go back together with a definition that was deleted with them."""
    field = get_field_by_key(key)
    if field is None or is_edited_by(field, by):
        return True
    own = Change.objects.of_operation_and_parts(record, CustomField.table)
    return own.filter(row=field.definition.pk).exists()
