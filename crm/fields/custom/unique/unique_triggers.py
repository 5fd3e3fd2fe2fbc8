"""The guarantee behind unique custom fields: triggers keep a table of their values, and an index in it refuses a second
record with the same value, whatever wrote it.

An index on the values themselves couldn't leave out records in Trash, and every write of any custom value would have to
keep it. This table costs only the writes of unique fields.
"""

from typing import Any

import pgtrigger
from django.db import connection

from crm.fields.models.custom_values import CustomValues
from crm.platform.models.undo_rules import Guard
from crm.platform.sql.change_triggers import Trigger, build_replanned_statement

# Texts are compared without capitals, marks and extra spaces, phones by their digits, numbers by their value. A long
# key is shortened to what an index can hold. NULL for an empty value. PL/pgSQL, because PostgreSQL would start a query
# for each call of an SQL function that it can't insert into the statement.
KEY = r"""
CREATE OR REPLACE FUNCTION leadwell_unique_key(type text, value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        told text := btrim($2 #>> '{}');
        key text;
    BEGIN
        IF told IS NULL OR told = '' THEN
            RETURN NULL;
        ELSIF $1 = 'number' THEN
            RETURN CASE WHEN told ~ '^-?[0-9]+(\.[0-9]+)?$' THEN trim_scale(told::numeric)::text END;
        ELSIF $1 = 'email' THEN
            key := leadwell_fold_email(told);
        ELSE
            IF $1 = 'phone' THEN
                key := ltrim(regexp_replace(told, '\D', '', 'g'), '0');
            END IF;
            IF key IS NULL OR key = '' THEN
                told := CASE WHEN told ~ '\s' THEN btrim(regexp_replace(told, '\s+', ' ', 'g')) ELSE told END;
                key := leadwell_fold(told);
            END IF;
        END IF;
        RETURN CASE WHEN octet_length(key) > 400 THEN left(key, 50) || ' ' || md5(key) ELSE nullif(key, '') END;
    END;
$$;
"""

# The records with this key, also those in Trash. The planner calls it once, and reads the records by their IDs.
HOLDERS = """
CREATE OR REPLACE FUNCTION leadwell_holders(field bigint, key text) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN ARRAY(
            SELECT u.record FROM crm_uniquevalue u WHERE u.field = $1 AND u.value = $2 AND u.present
            UNION ALL
            SELECT u.record FROM crm_uniquevalue u WHERE u.field = $1 AND u.value = $2 AND NOT u.present);
    END;
$$;
"""

# Why an undo doesn't take a record out of Trash (crm/records/history/undo/reversal_sql.py): its value belongs to another one by now.
RESTORED_TWICE = Guard(
    "value_taken",
    """({old} IS NULL AND EXISTS (
        SELECT FROM crm_customfield d JOIN crm_uniquevalue own ON own.field = d.id AND own.record = t.id
        JOIN crm_uniquevalue g ON g.field = own.field AND g.value = own.value AND g.present AND g.record <> own.record
        WHERE d.is_unique AND d.table_of = '{table}' AND NOT own.present
        -- Before anything is reverted: the other record's value may go back too, such as after a merge.
        AND NOT ({before} AND EXISTS (SELECT FROM crm_change c WHERE c.operation_id = {operation}
            AND c.at >= {since} AND c."table" = '{table}' AND c."row" = g.record AND c.fields ? ('c' || d.id)))))""",
)


def get_value_tables() -> list[tuple[str, str, str]]:
    """The name of each record type with custom fields, the table of its values, and the table of its records."""
    found = []
    subclasses: list[Any] = CustomValues.__subclasses__()
    for held in subclasses:
        record = held._meta.get_field("record").related_model
        found.append((record.table, quote_table_name(held), quote_table_name(record)))
    return found


def quote_table_name(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def build_functions_sql() -> list[str]:
    """The functions in the order of their dependencies; the last one is the keys of all records in one field."""
    parts = "".join(
        f"""
        IF told.table_of = '{table}' THEN
            RETURN QUERY SELECT v.record_id, found.key, r.deleted_at IS NULL FROM {values} v
                JOIN {records} r ON r.id = v.record_id
                CROSS JOIN LATERAL leadwell_unique_key(told.type, v.values->('c' || told.id)) found(key)
                WHERE v.values ? ('c' || told.id) AND found.key IS NOT NULL;
        END IF;"""
        for table, values, records in get_value_tables()
    )
    keys = f"""
CREATE OR REPLACE FUNCTION leadwell_unique_keys(field bigint) RETURNS TABLE(record bigint, key text, present boolean)
LANGUAGE plpgsql STABLE AS $$
    DECLARE
        told crm_customfield;
    BEGIN
        SELECT * INTO told FROM crm_customfield f WHERE f.id = $1;{parts}
    END;
$$;
"""
    return [KEY, HOLDERS, keys]


class OfUnique(Trigger):
    """A trigger that does nothing unless its record type has a unique field; `fields` are their IDs."""

    def __init__(self, *, table: str, **keywords) -> None:
        self.table = table
        fields = f"(SELECT array_agg(id) FROM crm_customfield WHERE is_unique AND table_of = '{table}')"
        super().__init__(declare=[("fields", f"bigint[] = {fields}")], **keywords)

    level = pgtrigger.Statement
    when = pgtrigger.After

    def get_func(self, model) -> str:
        statements = "".join(
            build_replanned_statement(sql, using="fields") for sql in self.build_statements(model)
        )
        return f"""
            IF fields IS NULL THEN
                RETURN NULL;
            END IF;
            {statements}
            RETURN NULL;
        """

    def build_statements(self, model) -> list[str]:
        raise NotImplementedError


class KeepValues(OfUnique):
    """Keeps the keys of the values that a statement has written, also of those that are part of adding a record."""

    def build_statements(self, model) -> list[str]:
        records = quote_table_name(model._meta.get_field("record").related_model)
        inserted, deleted = self.operation is pgtrigger.Insert, self.operation is pgtrigger.Delete
        changed = (
            "true"
            if inserted or deleted
            else "n.values->('c' || f.id) IS DISTINCT FROM o.values->('c' || f.id)"
        )
        rows = (
            "old_rows o"
            if deleted
            else "new_rows n"
            if inserted
            else "new_rows n JOIN old_rows o USING (record_id)"
        )
        gone = f"""
            DELETE FROM crm_uniquevalue u USING {rows}, crm_customfield f
            WHERE f.id = ANY($1) AND u.field = f.id AND u.record = {"o" if deleted else "n"}.record_id AND {changed}"""
        new = f"""
            INSERT INTO crm_uniquevalue (field, record, value, present)
            SELECT f.id, n.record_id, found.key, r.deleted_at IS NULL FROM {rows}
            JOIN {records} r ON r.id = n.record_id JOIN crm_customfield f ON f.id = ANY($1)
            CROSS JOIN LATERAL leadwell_unique_key(f.type, n.values->('c' || f.id)) found(key)
            WHERE found.key IS NOT NULL AND {changed} ORDER BY 1, 3"""
        return [new] if inserted else [gone] if deleted else [gone, new]


class KeepPresence(OfUnique):
    """A value is free while its record is in Trash."""

    operation = pgtrigger.Update

    def build_statements(self, model) -> list[str]:
        return [
            """UPDATE crm_uniquevalue u SET present = n.deleted_at IS NULL FROM new_rows n JOIN old_rows o ON o.id = n.id
               WHERE (n.deleted_at IS NULL) <> (o.deleted_at IS NULL) AND u.field = ANY($1) AND u.record = n.id"""
        ]


def build_unique_value_triggers(table: str) -> list[pgtrigger.Trigger]:
    """The triggers of a table of custom values. `table` is the name of its record type."""
    old, new = {"old": "old_rows"}, {"new": "new_rows"}
    references = {pgtrigger.Insert: new, pgtrigger.Update: {**old, **new}, pgtrigger.Delete: old}
    return [
        KeepValues(
            table=table,
            name=f"unique_{str(operation).lower()}",
            operation=operation,
            referencing=pgtrigger.Referencing(**rows),
        )
        for operation, rows in references.items()
    ]


def build_unique_presence_trigger(table: str) -> pgtrigger.Trigger:
    """The trigger of a table of records."""
    both = pgtrigger.Referencing(old="old_rows", new="new_rows")
    return KeepPresence(table=table, name="unique_presence", referencing=both)


class MarkUnique(Trigger):
    """Keeps the values of a field from the moment it is marked as unique. Nobody writes values meanwhile."""

    level = pgtrigger.Row
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("is_unique", "type")
    condition = pgtrigger.Condition(
        "OLD.is_unique IS DISTINCT FROM NEW.is_unique OR OLD.type IS DISTINCT FROM NEW.type"
    )

    def get_func(self, model) -> str:
        locks = "".join(
            f"IF NEW.table_of = '{table}' THEN LOCK TABLE {values}, {records} IN SHARE ROW EXCLUSIVE MODE; END IF;\n"
            for table, values, records in get_value_tables()
        )
        return f"""
            DELETE FROM crm_uniquevalue WHERE field = NEW.id;
            IF NEW.is_unique THEN
                {locks}
                INSERT INTO crm_uniquevalue (field, record, value, present)
                SELECT NEW.id, k.record, k.key, k.present FROM leadwell_unique_keys(NEW.id) k;
            END IF;
            RETURN NULL;
        """
