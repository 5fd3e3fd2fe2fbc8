"""How the newsletter state follows from deliveries, unsubscribe records and the lead's e-mail address."""

# {leads}: a query for the ids of the leads whose state is to be derived anew.
KEEP_NEWSLETTER = """
    WITH concerned AS MATERIALIZED ({leads}), state AS (
        SELECT l.id, CASE
            WHEN l.email_key <> '' AND EXISTS (SELECT FROM mailings_unsubscribe u WHERE u.email_key = l.email_key)
                THEN 'unsubscribed'
            WHEN EXISTS (SELECT FROM mailings_delivery d WHERE d.lead_id = l.id) THEN 'receiving'
            END AS state
        FROM leads_lead l WHERE l.id IN (TABLE concerned)
    ), gone AS (
        DELETE FROM mailings_newsletter m USING state s WHERE m.lead_id = s.id AND s.state IS NULL
    )
    INSERT INTO mailings_newsletter (lead_id, state)
    SELECT id, state FROM state WHERE state IS NOT NULL
    ON CONFLICT (lead_id) DO UPDATE SET state = excluded.state WHERE mailings_newsletter.state <> excluded.state;
    RETURN NULL;
"""
