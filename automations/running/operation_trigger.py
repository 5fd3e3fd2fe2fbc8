"""The trigger that notes operations that may wake automations, within their own transactions.

It is a part of the statement that adds the operation, so a request with twenty automations that don't match sends no more
statements than one without any. An operation that isn't committed leaves nothing, and one that takes an hour is noted when it is
committed, so there is no place in a sequence that someone would have to wait for.
"""

import pgtrigger
from pgtrigger import register

from automations.models.automation import BY_CLOCK, BY_MAILINGS
from crm.models import Operation
from crm.platform.sql.change_triggers import Trigger

# Those that no operation wakes, as SQL, separated by commas.
NAMES_OF_OTHERS = ", ".join(f"'{trigger.value}'" for trigger in (*BY_CLOCK, *BY_MAILINGS))

register(
    Trigger(
        name="automations_wake",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.undoes_id IS NULL"),
        # automations/definition/trigger_types.py has the whole rule; this leaves out what is certain.
        func=f"""
            INSERT INTO automations_wakingoperation (operation, waiting)
            SELECT NEW.id, array_agg(a.id ORDER BY a.position, a.id) FROM automations_automation a
            WHERE a.turned_on AND NOT a.retired AND (a.for_imports OR NEW.channel <> 'import')
                AND a.trigger NOT IN ({NAMES_OF_OTHERS})
                AND a.id::text IS DISTINCT FROM NEW.parameters->>'automation'
            HAVING count(*) > 0;
            RETURN NULL;
        """,
    )
)(Operation)
