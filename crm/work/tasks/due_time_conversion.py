"""A task that another user gets stays due at the same moment: its day and its time become those of their clock.

Whoever was promised a call at 16:24 expects it then, wherever the user sits who makes it. So the rule is in the database, and
no way of reassigning can forget it: by hand, a bulk change, a new owner of the record, a user who leaves, a program, a file. A
task without a time stays on its day. Who changes the day or the time along with the user means the new user's clock. While a
task is for no one, it has no clock: its time stays as it is written.
"""

import pgtrigger

from crm.platform.configuration.company import build_company_time_zone_sql
from crm.platform.sql.change_triggers import IS_MACHINE_WRITING_SQL, UNDONE_OPERATION_SQL, Trigger

# 'on' while a new owner gets the tasks of the previous one.
WRITING = "coalesce(current_setting('leadwell.writes_tasks', true), '') = 'on'"


def build_zone_sql(user: str) -> str:
    """The time zone of a user, as SQL; `user` is an expression with their ID."""
    return f"(SELECT coalesce(nullif(u.time_zone, ''), {build_company_time_zone_sql()}) FROM accounts_user u WHERE u.id = {user})"


class SameMoment(Trigger):
    """Before a task with a time gets another user. An undo puts back day and time itself."""

    name = "same_moment"
    level = pgtrigger.Row
    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("user_id")
    condition = pgtrigger.Condition(
        "(OLD.user_id <> NEW.user_id AND NEW.due_time IS NOT NULL"
        " AND (OLD.due_on, OLD.due_time) = (NEW.due_on, NEW.due_time))"
    )

    def __init__(self) -> None:
        super().__init__(declare=[("here", "text"), ("there", "text"), ("due", "timestamp")])

    def get_func(self, model) -> str:
        return f"""
            IF {IS_MACHINE_WRITING_SQL} OR ({UNDONE_OPERATION_SQL} IS NOT NULL AND NOT ({WRITING})) THEN
                RETURN NEW;
            END IF;
            here := {build_zone_sql("NEW.user_id")};
            there := {build_zone_sql("OLD.user_id")};
            IF here IS DISTINCT FROM there THEN
                due := (NEW.due_on + NEW.due_time) AT TIME ZONE there AT TIME ZONE here;
                NEW.due_on := due::date;
                NEW.due_time := due::time;
            END IF;
            RETURN NEW;
        """
