"""The trigger that notes what recipients do with mailings for the automations that wait for it, in the same transaction.

A delivery keeps the first moment of each response, so a picture that is loaded ten times is noted once. Most updates of deliveries are about
sending: the condition of the trigger leaves them out before anything is asked.
"""

import pgtrigger
from pgtrigger import register

from automations.models.automation import BY_MAILINGS
from crm.platform.sql.change_triggers import Trigger
from mailings.models import Delivery

_HAPPENED = {
    trigger: f"OLD.{column} IS NULL AND NEW.{column} IS NOT NULL" for trigger, column in BY_MAILINGS.items()
}
_ANY = " OR ".join(f"({happened})" for happened in _HAPPENED.values())
_WAITED_FOR = " OR ".join(
    f"a.trigger = '{trigger.value}' AND {happened}" for trigger, happened in _HAPPENED.items()
)

register(
    Trigger(
        name="automations_respond",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(*BY_MAILINGS.values()),
        condition=pgtrigger.Condition(f"({_ANY})"),
        func=f"""
            INSERT INTO automations_mailingresponse (automation_id, delivery)
            SELECT a.id, NEW.id FROM automations_automation a
            WHERE a.turned_on AND NOT a.retired AND a.table_of = NEW.of AND ({_WAITED_FOR})
                AND coalesce((a.trigger_values->>'mailing')::bigint, NEW.mailing_id) = NEW.mailing_id
            ORDER BY a.position, a.id
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        """,
    )
)(Delivery)
