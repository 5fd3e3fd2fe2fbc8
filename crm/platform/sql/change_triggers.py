"""The history in the database: triggers that record each change of a tracked table as a field diff.

A tracked model has a `version` column and lists `*tracked("lead")` in `Meta.triggers`. The trigger bodies are generated
from the model's columns, so a new field is recorded from its migration on (crm/platform/sql/trigger_installation.py). A model field
with the attribute `derived` follows from others and isn't recorded.

Session variables, all set for one transaction only:
  leadwell.operation  the current operation, or '' for none
  leadwell.undoes     the operation that it undoes, or ''
  leadwell.strict     'on' in tests: a write outside an operation is an error
  leadwell.machine    'on' while derived columns are rebuilt or demo history is generated: no version, change, timestamp
                      or move is written
"""

from typing import Any

import pgtrigger
from django.db import models
from pgtrigger.compiler import Trigger as CompiledTrigger
from pgtrigger.compiler import UpsertTriggerSql

from crm.platform.models.undo_rules import check_undo_rules
from crm.platform.sql.transaction_numbers import CURRENT_NUMBER_SQL

CURRENT_OPERATION_SQL = "nullif(current_setting('leadwell.operation', true), '')::bigint"
UNDONE_OPERATION_SQL = "nullif(current_setting('leadwell.undoes', true), '')::bigint"
# No change of the operation that is being undone is older (Operation.earliest_change_at), so the months before needn't be searched.
UNDOES_SINCE = f"(SELECT at - interval '1 day' FROM crm_operation WHERE id = {UNDONE_OPERATION_SQL})"
IS_MACHINE_WRITING_SQL = "coalesce(current_setting('leadwell.machine', true), '') = 'on'"

# A PostgreSQL function takes at most 100 arguments, and each field uses two.
FIELDS_AN_OBJECT = 45

# Never part of a diff: the row's identity, its change counter, columns derived from others.
NOT_RECORDED = {"id", "version", "updated_at"}


def build_replanned_statement(sql: str, *, into: str = "", using: str = "") -> str:
    """The statement, planned each time it runs. `using` are variables of the function, $1 and so on.

    A function caches the plan of its first call, along with the row counts from then: after a change of one lead, a
    change of 5,000 on the same connection read the old rows once for each new row (10 s).
    """
    return f"EXECUTE $sql${sql}$sql${into and f' INTO {into}'}{using and f' USING {using}'};"


class TriggerSql(UpsertTriggerSql):
    """django-pgtrigger's installation without its `ignore()`, which costs a subtransaction per row: an UPDATE of 100,000
    rows with deferred constraints became ten times slower."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Trigger(pgtrigger.Trigger):
    """One of our triggers, installed by TriggerSql."""

    def compile(self, model) -> CompiledTrigger:
        compiled = super().compile(model)
        _path, arguments, keywords = compiled.sql.deconstruct()
        keywords = {
            name: value for name, value in keywords.items() if name not in ("hash", "ignore_func_name")
        }
        return CompiledTrigger(name=compiled.name, sql=TriggerSql(*arguments, **keywords))


def get_recorded_columns(model: type[models.Model]) -> list[str]:
    """The recorded columns: all except those derived from others."""
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "derived", False)]
    return [str(field.column) for field in fields if field.column not in NOT_RECORDED]


def _build_diff_sql(columns: list[str]) -> str:
    """The diff as JSON text: an unchanged column costs only a comparison. jsonb_build_object over all columns took
    twice as long."""
    parts = ", ".join(
        f'CASE WHEN o."{column}" IS DISTINCT FROM n."{column}" '
        f'THEN \'"{column}":\' || json_build_array(o."{column}", n."{column}") END'
        for column in columns
    )
    return f"('{{' || concat_ws(',', {parts}) || '}}')::jsonb"


def _build_last_row_sql(columns: list[str]) -> str:
    parts = []
    for start in range(0, len(columns), FIELDS_AN_OBJECT):
        pairs = ", ".join(
            f"'{column}', jsonb_build_array(o.\"{column}\", NULL)"
            for column in columns[start : start + FIELDS_AN_OBJECT]
        )
        parts.append(f"jsonb_build_object({pairs})")
    return " || ".join(parts)


class History(Trigger):
    """Writes crm_change once per statement, for all rows that the statement touched. Its model says how an undo reverts them
    (crm/platform/models/undo_rules.py)."""

    level = pgtrigger.Statement
    when = pgtrigger.After

    def __init__(self, *, table: str, **kwargs) -> None:
        self.table = table
        super().__init__(**kwargs)

    def register(self, *models):
        """Called for each model at start. Raises ImproperlyConfigured if the model's rules for undo are missing or wrong."""
        for model in models:
            check_undo_rules(model)
        return super().register(*models)

    def get_declare(self, model):
        return [*super().get_declare(model), ("current_operation", f"bigint = {CURRENT_OPERATION_SQL}")]

    def get_func(self, model) -> str:
        insert = (
            'INSERT INTO crm_change (transaction_number, operation_id, "table", "row", version, kind, fields, role)\n'
            f"SELECT {CURRENT_NUMBER_SQL}, current_operation, '{self.table}', "
        )
        role = "CASE WHEN current_operation IS NULL THEN session_user::text ELSE '' END"
        columns = get_recorded_columns(model)
        if self.operation is pgtrigger.Insert:
            insert += f"n.id, n.version, 'insert', NULL, {role} FROM new_rows n ORDER BY n.id;"
        elif self.operation is pgtrigger.Delete:
            insert += f"o.id, o.version + 1, 'delete', {_build_last_row_sql(columns)}, {role} FROM old_rows o ORDER BY o.id;"
        else:
            insert += (
                f"n.id, n.version, 'update', {_build_diff_sql(columns)}, {role}\n"
                "FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE n.version <> o.version ORDER BY n.id"
            )
            insert = build_replanned_statement(
                insert.replace("current_operation", "$1"), using="current_operation"
            )
        return f"""
            IF {IS_MACHINE_WRITING_SQL} THEN
                RETURN NULL;
            END IF;
            IF current_operation IS NULL AND coalesce(current_setting('leadwell.strict', true), '') = 'on' THEN
                RAISE EXCEPTION 'A write to {self.table} outside an operation';
            END IF;
            {insert}
            RETURN NULL;
        """


class Version(Trigger):
    """Increases `version` by one only when the row really changes."""

    level = pgtrigger.Row
    when = pgtrigger.Before
    operation = pgtrigger.Update
    condition = pgtrigger.Condition("OLD.* IS DISTINCT FROM NEW.*")

    def get_func(self, model) -> str:
        stamp = (
            # Never back, even if the clock is.
            "NEW.updated_at := greatest(now(), OLD.updated_at);"
            if any(f.name == "updated_at" for f in model._meta.local_fields)
            else ""
        )
        return f"""
            IF NOT ({IS_MACHINE_WRITING_SQL}) THEN
                NEW.version := OLD.version + 1;
                {stamp}
            END IF;
            RETURN NEW;
        """


def build_change_triggers(table: str) -> list[pgtrigger.Trigger]:
    """The triggers of a tracked model. `table` is its name in crm_change."""
    old, new = {"old": "old_rows"}, {"new": "new_rows"}
    references = {pgtrigger.Insert: new, pgtrigger.Update: {**old, **new}, pgtrigger.Delete: old}
    records = [
        History(
            table=table,
            name=f"record_{str(operation).lower()}",
            operation=operation,
            referencing=pgtrigger.Referencing(**rows),
        )
        for operation, rows in references.items()
    ]
    return [*records, Version(name="version")]


def get_recorded_models() -> dict[str, Any]:
    """The models that build_change_triggers() records, by their names in crm_change."""
    return {trigger.table: model for model, trigger in pgtrigger.registered() if isinstance(trigger, History)}
