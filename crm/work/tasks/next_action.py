"""The next action of a record is its earliest open task, and the database keeps both the same.

A record type with the columns `next_action`, `next_action_on` and `owner_id` lists `*writes_tasks(table)` in its triggers,
and registers `*read_by(table, stored)` for tasks. Then the columns always show the earliest open task, so lists, sorts,
filters and files read them as before. Who writes them, by whatever statement, writes that task: new values edit it or add
one, and empty ones complete it. The next open task then takes its place in the same write, so a record is written once.
A new owner gets the open tasks of the previous one.

An undo reverts tasks itself, as rows of their own, so for the records whose tasks the operation changed, the columns don't
write them again.
"""

import pgtrigger
from django.db import connection

from crm.platform.sql.change_triggers import (
    CURRENT_OPERATION_SQL,
    IS_MACHINE_WRITING_SQL,
    UNDOES_SINCE,
    UNDONE_OPERATION_SQL,
    Trigger,
    build_replanned_statement,
)
from crm.work.tasks.due_time_conversion import WRITING, build_zone_sql

WRITES = "PERFORM set_config('leadwell.writes_tasks', 'on', true);"
WROTE = "PERFORM set_config('leadwell.writes_tasks', '', true);"
AUTHOR = f"(SELECT by_id FROM crm_operation WHERE id = {CURRENT_OPERATION_SQL})"


def build_open_tasks_sql(table: str, record: str) -> str:
    """The open tasks of a record, earliest first: the order of TaskQuerySet.in_order(). `record` is a column or a subquery.

    Without statistics, the planner would read the tasks of all records along another index of open tasks, so the others
    have a condition that this query doesn't meet (LISTED in crm/work/models/task.py). A number would meet it.
    """
    return f"""
        SELECT t.id, t.title, t.due_on, t.due_time, t.repeat FROM crm_task t
        WHERE t.of = '{table}' AND t.record = {record} AND t.done_at IS NULL AND t.deleted_at IS NULL
        ORDER BY t.due_on, t.due_time, t.id"""


def build_nothing_planned_sql(row: str) -> str:
    """Whether nothing is planned in the row."""
    return f"({row}.next_action = '' AND {row}.next_action_on IS NULL)"


def build_next_action_update_sql(table: str, stored: str, records: str) -> str:
    """Writes both columns of these records from their tasks, where they differ."""
    return f"""
        UPDATE {stored} l SET next_action = coalesce(f.title, ''), next_action_on = f.due_on
        FROM unnest({records}) AS r(id) LEFT JOIN LATERAL ({build_open_tasks_sql(table, "r.id")} LIMIT 1) f ON true
        WHERE l.id = r.id AND (l.next_action, l.next_action_on) IS DISTINCT FROM (coalesce(f.title, ''), f.due_on)"""


def rewrite_next_actions(table: str, stored: str, ids: list[int]) -> None:
    """After an undo: the columns of these records, where tasks that were kept say otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(build_next_action_update_sql(table, stored, "%s::bigint[]"), [ids])


class ColumnsOfNew(Trigger):
    """A record that is added with a next action gets a task. An undo that brings a record back brings its tasks back too."""

    name = "next_action_insert"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="new_rows")

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(declare=[("back", "bigint[]")])

    def get_func(self, model) -> str:
        # The records whose tasks the same undo brings back.
        brought = f"""
            SELECT array_agg((c.fields -> 'record' ->> 0)::bigint) FROM crm_change c
            WHERE c.operation_id = $1 AND c.at >= $2 AND c."table" = 'task' AND c.kind = 'delete'
            AND c.fields -> 'of' ->> 0 = '{self.table}'"""
        return f"""
            IF {UNDONE_OPERATION_SQL} IS NOT NULL THEN
                {build_replanned_statement(brought, into="back", using=f"{UNDONE_OPERATION_SQL}, {UNDOES_SINCE}")}
            END IF;
            {WRITES}
            INSERT INTO crm_task (of, record, title, due_on, user_id, created_by_id)
            SELECT '{self.table}', n.id, n.next_action, n.next_action_on, n.owner_id, {AUTHOR}
            FROM new_rows n WHERE NOT {build_nothing_planned_sql("n")} AND n.id NOT IN (SELECT unnest(back)) ORDER BY n.id;
            {WROTE}
            RETURN NULL;
        """


class ColumnsPastAnother(Trigger):
    """A next action that another open task comes before, or that is completed while another one is open or because it
    repeats: the written task changes here, so that the row already gets the other one."""

    name = "next_action_past"
    level = pgtrigger.Row
    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("next_action", "next_action_on")
    condition = pgtrigger.Condition(
        "((OLD.next_action, OLD.next_action_on) IS DISTINCT FROM (NEW.next_action, NEW.next_action_on))"
    )

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(declare=[("one", "record"), ("other", "record"), ("since", "timestamptz")])

    def get_func(self, model) -> str:
        last = "coalesce({0}, 'infinity'), coalesce({1}, '24:00'), {2}"
        written = last.format(
            "NEW.next_action_on", "CASE WHEN NEW.next_action_on IS NOT NULL THEN one.due_time END", "one.id"
        )
        # In a trigger, NEW.id alone is planned as a number.
        record = "(SELECT NEW.id)"
        tasks = build_open_tasks_sql(self.table, record)
        return f"""
            IF {IS_MACHINE_WRITING_SQL} THEN
                RETURN NEW;
            END IF;
            -- The plan is kept: one made while there were few tasks would read all of them for each row.
            PERFORM set_config('enable_seqscan', 'off', true);
            {tasks.replace("FROM crm_task", "INTO one FROM crm_task")} LIMIT 1;
            {tasks.replace("FROM crm_task", "INTO other FROM crm_task")} LIMIT 1 OFFSET 1;
            PERFORM set_config('enable_seqscan', 'on', true);
            IF (other.id IS NULL AND NOT (coalesce(one.repeat, '') <> '' AND {build_nothing_planned_sql("NEW")})) OR (one.title, one.due_on) IS NOT DISTINCT FROM (NEW.next_action, NEW.next_action_on)
                OR (NOT {build_nothing_planned_sql("NEW")}
                AND ({written}) < ({last.format("other.due_on", "other.due_time", "other.id")})) THEN
                RETURN NEW;
            END IF;
            IF {UNDONE_OPERATION_SQL} IS NOT NULL THEN
                since := {UNDOES_SINCE};
                -- The operation is compared outside: found by it, all its changes would be read for each record.
                IF EXISTS (SELECT FROM crm_task t CROSS JOIN LATERAL (
                        SELECT c.operation_id FROM crm_change c
                        WHERE c."table" = 'task' AND c."row" = t.id AND c.at >= since OFFSET 0) c
                    WHERE t.of = '{self.table}' AND t.record = {record} AND c.operation_id = {UNDONE_OPERATION_SQL}) THEN
                    RETURN NEW;
                END IF;
            END IF;
            {WRITES}
            UPDATE crm_task t SET {build_task_update_sql("NEW", AUTHOR)} WHERE t.id = one.id;
            {WROTE}
            -- A completed task that repeats has added another one, which may be earlier.
            {tasks.replace("FROM crm_task", "INTO other FROM crm_task")} LIMIT 1;
            NEW.next_action := other.title;
            NEW.next_action_on := other.due_on;
            RETURN NEW;
        """


def build_task_update_sql(row: str, author: str) -> str:
    """The columns of the task "t" from a record's next action; empty ones complete it."""
    return f"""
        title = CASE WHEN {build_nothing_planned_sql(row)} THEN t.title ELSE {row}.next_action END,
        due_on = CASE WHEN {build_nothing_planned_sql(row)} THEN t.due_on ELSE {row}.next_action_on END,
        due_time = CASE WHEN {build_nothing_planned_sql(row)} OR {row}.next_action_on IS NOT NULL THEN t.due_time END,
        done_at = CASE WHEN {build_nothing_planned_sql(row)} THEN now() END,
        done_by_id = CASE WHEN {build_nothing_planned_sql(row)} THEN {author} END"""


class Columns(Trigger):
    """Written next actions change the earliest open task of their records, and new owners get the tasks of the previous
    ones."""

    name = "next_action_update"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="old_rows", new="new_rows")

    def __init__(self, table: str) -> None:
        self.table = table
        arrays = [(name, "bigint[]") for name in ("planned", "moved", "followed", "far")]
        super().__init__(declare=[*arrays, ("author", "bigint")])

    def get_func(self, model) -> str:
        planned = "(o.next_action, o.next_action_on) IS DISTINCT FROM (n.next_action, n.next_action_on)"
        moved = "o.owner_id IS DISTINCT FROM n.owner_id"
        changed = f"""
            SELECT array_agg(n.id) FILTER (WHERE {planned}), array_agg(n.id) FILTER (WHERE {moved})
            FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE {planned} OR {moved}"""
        followed = f"""
            SELECT array_agg(DISTINCT own.record)
            FROM crm_change c CROSS JOIN LATERAL (SELECT t.of, t.record FROM crm_task t WHERE t.id = c."row" OFFSET 0) t
            CROSS JOIN LATERAL (VALUES
                (t.of, t.record),
                (coalesce(c.fields->'of'->>0, t.of), coalesce((c.fields->'record'->>0)::bigint, t.record)),
                (coalesce(c.fields->'of'->>1, t.of), coalesce((c.fields->'record'->>1)::bigint, t.record))) own(of, record)
            WHERE c.operation_id = $1 AND c.at >= $2 AND c."table" = 'task' AND own.of = '{self.table}'"""
        heirs = f"""
            UPDATE crm_task t SET user_id = n.owner_id FROM old_rows o JOIN new_rows n ON n.id = o.id
            WHERE n.id = ANY($1) AND t.of = '{self.table}' AND t.record = n.id AND t.done_at IS NULL
            AND t.deleted_at IS NULL AND t.user_id IS NOT DISTINCT FROM o.owner_id"""
        # Their tasks may be due on another day (crm/work/tasks/due_time_conversion.py).
        far = f"""
            SELECT array_agg(n.id) FROM old_rows o JOIN new_rows n ON n.id = o.id
            WHERE n.id = ANY($1) AND n.next_action_on IS NOT NULL AND {build_zone_sql("o.owner_id")} <> {build_zone_sql("n.owner_id")}"""
        write = f"""
            WITH wanted AS MATERIALIZED (
                SELECT l.id, l.next_action, l.next_action_on, l.owner_id, f.id AS task, f.title, f.due_on
                FROM unnest($1) AS p(id) JOIN {model._meta.db_table} l ON l.id = p.id
                LEFT JOIN LATERAL ({build_open_tasks_sql(self.table, "p.id")} LIMIT 1) f ON true
            ), written AS (
                UPDATE crm_task t SET {build_task_update_sql("w", "$2")} FROM wanted w
                WHERE t.id = w.task AND (w.title, w.due_on) IS DISTINCT FROM (w.next_action, w.next_action_on)
            )
            INSERT INTO crm_task (of, record, title, due_on, user_id, created_by_id)
            SELECT '{self.table}', w.id, w.next_action, w.next_action_on, w.owner_id, $2 FROM wanted w
            WHERE w.task IS NULL AND NOT {build_nothing_planned_sql("w")} ORDER BY w.id"""
        return f"""
            IF {IS_MACHINE_WRITING_SQL} THEN
                RETURN NULL;
            END IF;
            {build_replanned_statement(changed, into="planned, moved")}
            IF planned IS NULL AND moved IS NULL THEN
                RETURN NULL;
            END IF;
            IF {UNDONE_OPERATION_SQL} IS NOT NULL THEN
                {build_replanned_statement(followed, into="followed", using=f"{UNDONE_OPERATION_SQL}, {UNDOES_SINCE}")}
                planned := ARRAY(SELECT unnest(planned) EXCEPT SELECT unnest(followed));
                moved := ARRAY(SELECT unnest(moved) EXCEPT SELECT unnest(followed));
            END IF;
            author := {AUTHOR};
            {WRITES}
            IF cardinality(moved) > 0 THEN
                {build_replanned_statement(heirs, using="moved")}
            END IF;
            IF cardinality(planned) > 0 THEN
                {build_replanned_statement(write, using="planned, author")}
            END IF;
            {WROTE}
            IF cardinality(moved) > 0 THEN
                {build_replanned_statement(far, into="far", using="moved")}
                IF far IS NOT NULL THEN
                    {build_replanned_statement(build_next_action_update_sql(self.table, model._meta.db_table, "$1"), using="far")}
                END IF;
            END IF;
            RETURN NULL;
        """


class Tasks(Trigger):
    """Changed tasks write the next action of their records, where it differs."""

    level = pgtrigger.Statement
    when = pgtrigger.After

    def __init__(self, table: str, stored: str, *, name: str, operation, **keywords) -> None:
        self.table, self.stored = table, stored
        super().__init__(name=name, operation=operation, declare=[("records", "bigint[]")], **keywords)

    def get_func(self, model) -> str:
        found = f"SELECT array_agg(DISTINCT n.record) FROM new_rows n WHERE n.of = '{self.table}'"
        if self.operation is pgtrigger.Update:
            names = ("title", "due_on", "due_time", "done_at", "deleted_at", "of", "record")
            old, new = (", ".join(f"{row}.{name}" for name in names) for row in "on")
            # A merge of records moves their tasks, and a conversion moves them to a record of another type, so both records have
            # others then.
            found = f"""
                SELECT array_agg(DISTINCT own.record) FROM old_rows o JOIN new_rows n ON n.id = o.id
                CROSS JOIN LATERAL (VALUES (o.of, o.record), (n.of, n.record)) own(of, record)
                WHERE own.of = '{self.table}' AND ({old}) IS DISTINCT FROM ({new})"""
        return f"""
            IF {IS_MACHINE_WRITING_SQL} OR {WRITING} THEN
                RETURN NULL;
            END IF;
            {build_replanned_statement(found, into="records")}
            IF records IS NOT NULL THEN
                {build_replanned_statement(build_next_action_update_sql(self.table, self.stored, "$1"), using="records")}
            END IF;
            RETURN NULL;
        """


def build_task_writing_triggers(table: str) -> list[pgtrigger.Trigger]:
    """For a record type with a next action; `table` is its name in the history."""
    return [ColumnsOfNew(table), ColumnsPastAnother(table), Columns(table)]


def build_next_action_triggers(table: str, stored: str) -> list[pgtrigger.Trigger]:
    """For tasks: `table` is the record type's name in the history, `stored` its table in the database. Tasks are only
    removed together with their records."""
    return [
        Tasks(
            table,
            stored,
            name=f"next_action_of_{table}_insert",
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="new_rows"),
        ),
        Tasks(
            table,
            stored,
            name=f"next_action_of_{table}_update",
            operation=pgtrigger.Update,
            referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
        ),
    ]
