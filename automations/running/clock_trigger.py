"""The trigger that starts the clock of an automation when it is turned on, and ends its waits when it is turned off or changed. What
recipients of mailings did for an automation that waits for something else by now is forgotten.

In the database, so that it is true for every way an automation changes: its form, its switch, undo, and the worker.
"""

import pgtrigger
from pgtrigger import register

from automations.models import Automation
from automations.models.automation import BY_CLOCK
from crm.platform.sql.change_triggers import Trigger

# What decides when an automation acts, and what it does.
WHEN = ("turned_on", "retired", "table_of", "trigger", "trigger_values")
WHAT = ("conditions", "steps")


def _build_row_sql(row: str, columns: tuple[str, ...]) -> str:
    return f"({', '.join(f'{row}.{column}' for column in columns)})"


# As SQL, separated by commas.
NAMES_BY_CLOCK = ", ".join(f"'{trigger.value}'" for trigger in BY_CLOCK)

register(
    Trigger(
        name="automations_clock",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'INSERT'
                OR {_build_row_sql("OLD", WHEN)} IS DISTINCT FROM {_build_row_sql("NEW", WHEN)} THEN
                DELETE FROM automations_automationclock WHERE automation_id = NEW.id;
                DELETE FROM automations_mailingresponse WHERE automation_id = NEW.id;
                IF NEW.turned_on AND NOT NEW.retired AND NEW.trigger IN ({NAMES_BY_CLOCK}) THEN
                    INSERT INTO automations_automationclock (automation_id, looked_at, next_at)
                    VALUES (NEW.id, now(), now());
                END IF;
            ELSIF OLD.owner_id <> NEW.owner_id THEN
                -- Another time zone.
                UPDATE automations_automationclock SET next_at = now() WHERE automation_id = NEW.id;
            END IF;
            IF TG_OP = 'UPDATE'
                AND {_build_row_sql("OLD", WHEN + WHAT)} IS DISTINCT FROM {_build_row_sql("NEW", WHEN + WHAT)} THEN
                DELETE FROM automations_waitingrecord WHERE automation_id = NEW.id;
            END IF;
            RETURN NULL;
        """,
    )
)(Automation)
