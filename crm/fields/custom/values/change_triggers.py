"""The history of custom values: a trigger records each changed value, like a column of its record."""

import pgtrigger
from django.db import connection

from crm.platform.sql.change_triggers import (
    CURRENT_OPERATION_SQL,
    IS_MACHINE_WRITING_SQL,
    Trigger,
    build_replanned_statement,
)
from crm.platform.sql.transaction_numbers import CURRENT_NUMBER_SQL


class ValuesHistory(Trigger):
    """Writes one change for each record whose values an INSERT or UPDATE touched, and counts it in the record's version.

    The values of records that the same code has just added are part of adding them: it writes them with
    `leadwell.machine` (crm/fields/custom/values/stored_values.py).
    """

    level = pgtrigger.Statement
    when = pgtrigger.After

    def __init__(self, *, table: str, **keywords) -> None:
        self.table = table
        super().__init__(declare=[("current_operation", f"bigint = {CURRENT_OPERATION_SQL}")], **keywords)

    def get_func(self, model) -> str:
        record = model._meta.get_field("record").related_model
        records = connection.ops.quote_name(record._meta.db_table)
        inserted, deleted = self.operation is pgtrigger.Insert, self.operation is pgtrigger.Delete
        rows = "new_rows n LEFT JOIN (SELECT NULL::bigint AS record_id, NULL::jsonb AS values) o USING (record_id)"
        if deleted:
            rows = "old_rows o LEFT JOIN (SELECT NULL::bigint AS record_id, NULL::jsonb AS values) n USING (record_id)"
        elif not inserted:
            rows = "new_rows n JOIN old_rows o USING (record_id)"
        both = "coalesce(o.values, '{}') || coalesce(n.values, '{}')"
        # A record that goes with its values is recorded as a whole: only what it had is added.
        counted = "0" if deleted else "1"
        changes = f"""
            WITH changed AS MATERIALIZED (
                SELECT record_id AS id, diff.fields FROM {rows} CROSS JOIN LATERAL (
                    SELECT jsonb_object_agg(key, jsonb_build_array(o.values->key, n.values->key)) AS fields
                    FROM jsonb_object_keys({both}) key WHERE o.values->key IS DISTINCT FROM n.values->key) diff
                WHERE diff.fields IS NOT NULL),
            counted AS (
                UPDATE {records} r SET version = r.version + {counted}, updated_at = greatest(now(), r.updated_at)
                FROM changed WHERE r.id = changed.id RETURNING r.id, r.version)
            INSERT INTO crm_change (transaction_number, operation_id, "table", "row", version, kind, fields, role)
            SELECT {CURRENT_NUMBER_SQL}, $1, '{self.table}', id, counted.version, 'update', changed.fields,
                   CASE WHEN $1 IS NULL THEN session_user::text ELSE '' END
            FROM changed JOIN counted USING (id) ORDER BY id"""
        return f"""
            IF {IS_MACHINE_WRITING_SQL} THEN
                RETURN NULL;
            END IF;
            IF current_operation IS NULL AND coalesce(current_setting('leadwell.strict', true), '') = 'on' THEN
                RAISE EXCEPTION 'A write to the custom values of {self.table} outside an operation';
            END IF;
            PERFORM set_config('leadwell.machine', 'on', true);
            {build_replanned_statement(changes, using="current_operation")}
            PERFORM set_config('leadwell.machine', '', true);
            RETURN NULL;
        """


def build_value_triggers(table: str) -> list[pgtrigger.Trigger]:
    """The triggers of a table of custom values. `table` is the name of its record type."""
    old, new = {"old": "old_rows"}, {"new": "new_rows"}
    references = {pgtrigger.Insert: new, pgtrigger.Update: {**old, **new}, pgtrigger.Delete: old}
    return [
        ValuesHistory(
            table=table,
            name=f"values_{str(operation).lower()}",
            operation=operation,
            referencing=pgtrigger.Referencing(**rows),
        )
        for operation, rows in references.items()
    ]
