"""Tasks that repeat: when one is completed, in whatever way, the database adds the next one.

The next one is the first of the series after the day it was due and after yesterday, so a task that was completed late
doesn't leave a row of overdue ones. An undo of the completion takes it back, as everything that the operation added.
"""

import pgtrigger

from crm.platform.sql.change_triggers import (
    CURRENT_OPERATION_SQL,
    IS_MACHINE_WRITING_SQL,
    Trigger,
    build_replanned_statement,
)

UNDOES = "nullif(current_setting('leadwell.undoes', true), '')"
# Months between two of them, by the stored value of Task.Repeat.
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
# Enough for a daily task that was overdue for two years.
STEPS = 800


def build_next_day_sql(task: str) -> str:
    """The day of the next one, by the columns of a task."""
    due = f"coalesce({task}.due_on, current_date)"
    months = (
        "CASE " + " ".join(f"WHEN {task}.repeat = '{name}' THEN {n}" for name, n in MONTHS.items()) + " END"
    )
    month = f"(date_trunc('month', {due}) + make_interval(months => k * {months}))::date"
    last = f"((date_trunc('month', {due}) + make_interval(months => k * {months} + 1))::date - 1)"
    return f"""
        SELECT d.day FROM generate_series(1, {STEPS}) AS k CROSS JOIN LATERAL (SELECT CASE
            WHEN {task}.repeat IN ('daily', 'weekdays') THEN {due} + k
            WHEN {task}.repeat = 'weekly' THEN {due} + 7 * k
            WHEN {task}.repeat = 'two_weeks' THEN {due} + 14 * k
            ELSE least({month} + {build_day_of_month_sql(task)} - 1, {last}) END AS day) d
        WHERE d.day > greatest({due}, current_date - 1)
            AND ({task}.repeat <> 'weekdays' OR extract(isodow FROM d.day) < 6)
        ORDER BY k LIMIT 1"""


def build_day_of_month_sql(task: str) -> str:
    """The 31st stays the 31st after a February."""
    due = f"coalesce({task}.due_on, current_date)"
    is_last = f"extract(month FROM {due} + 1) <> extract(month FROM {due})"
    own = f"extract(day FROM {due})::integer"
    return f"CASE WHEN {is_last} AND {task}.repeat_day > {own} THEN {task}.repeat_day ELSE {own} END"


class Again(Trigger):
    """Adds the next task for each one that was completed and repeats. By its name it comes before the triggers of the next
    action, so that a record is written once."""

    name = "again"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="old_rows", new="new_rows")

    def __init__(self) -> None:
        super().__init__(declare=[("completed", "bigint[]")])

    def get_func(self, model) -> str:
        found = """
            SELECT array_agg(n.id) FROM old_rows o JOIN new_rows n ON n.id = o.id
            WHERE o.done_at IS NULL AND n.done_at IS NOT NULL AND n.repeat <> ''"""
        author = f"(SELECT by_id FROM crm_operation WHERE id = {CURRENT_OPERATION_SQL})"
        kept = "t.of, t.record, t.title, t.due_time, t.user_id, t.type, t.priority, t.description, t.repeat"
        names = kept.replace("t.", "")
        add = f"""
            INSERT INTO crm_task ({names}, due_on, repeat_day, created_by_id)
            SELECT {kept}, coalesce(({build_next_day_sql("t")}), current_date), {build_day_of_month_sql("t")}, {author}
            FROM crm_task t WHERE t.id = ANY($1) ORDER BY t.id"""
        return f"""
            IF {IS_MACHINE_WRITING_SQL} OR {UNDOES} IS NOT NULL THEN
                RETURN NULL;
            END IF;
            {build_replanned_statement(found, into="completed")}
            IF completed IS NOT NULL THEN
                {build_replanned_statement(add, using="completed")}
            END IF;
            RETURN NULL;
        """
