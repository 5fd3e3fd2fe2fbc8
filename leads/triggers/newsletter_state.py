"""How a lead's newsletter state follows from its email address, the unsubscribe records and the suppressed addresses."""

import pgtrigger

from crm.platform.sql.change_triggers import Trigger

# {leads}: a query for the ids of the leads whose state is derived again. Past deliveries stay recorded. Mailings define
# leadwell_suppressed_emails(), because leads don't know the table of the suppressed addresses.
KEEP_NEWSLETTER = """
    WITH concerned AS MATERIALIZED ({leads}), state AS (
        SELECT l.id, coalesce(n.received, false) AS received, CASE
            WHEN l.email_key = '' THEN NULL
            WHEN EXISTS (SELECT FROM leads_unsubscribe u WHERE u.email_key = l.email_key) THEN 'unsubscribed'
            WHEN EXISTS (SELECT FROM leadwell_suppressed_emails() s WHERE s.email_key = l.email_key) THEN 'suppressed'
        END AS block
        FROM leads_lead l LEFT JOIN leads_newsletter n ON n.lead_id = l.id WHERE l.id IN (TABLE concerned)
    ), gone AS (
        DELETE FROM leads_newsletter n USING state s WHERE n.lead_id = s.id AND NOT s.received AND s.block IS NULL
    )
    INSERT INTO leads_newsletter (lead_id, received, state)
    SELECT id, received, coalesce(block, 'receiving') FROM state WHERE received OR block IS NOT NULL
    ON CONFLICT (lead_id) DO UPDATE SET state = excluded.state WHERE leads_newsletter.state <> excluded.state;
    RETURN NULL;
"""


def build_newsletter_triggers() -> list[Trigger]:
    """For a table of folded addresses that receive nothing: the leads with an address that comes or goes follow it."""
    return [
        Trigger(
            name=name,
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=event,
            referencing=pgtrigger.Referencing(**rows),
            func=KEEP_NEWSLETTER.format(
                leads="SELECT l.id FROM leads_lead l JOIN rows n ON n.email_key = l.email_key "
                "WHERE l.email_key <> ''"
            ),
        )
        for name, event, rows in (
            ("newsletter", pgtrigger.Insert, {"new": "rows"}),
            ("newsletter_back", pgtrigger.Delete, {"old": "rows"}),
        )
    ]
