"""How a lead's newsletter state follows from its email address and the unsubscribe records."""

# {leads}: a query for the ids of the leads whose state is derived again. Past deliveries stay recorded.
KEEP_NEWSLETTER = """
    WITH concerned AS MATERIALIZED ({leads}), state AS (
        SELECT l.id, coalesce(n.received, false) AS received, l.email_key <> '' AND EXISTS (
            SELECT FROM leads_unsubscribe u WHERE u.email_key = l.email_key) AS unsubscribed
        FROM leads_lead l LEFT JOIN leads_newsletter n ON n.lead_id = l.id WHERE l.id IN (TABLE concerned)
    ), gone AS (
        DELETE FROM leads_newsletter n USING state s WHERE n.lead_id = s.id AND NOT (s.received OR s.unsubscribed)
    )
    INSERT INTO leads_newsletter (lead_id, received, state)
    SELECT id, received, CASE WHEN unsubscribed THEN 'unsubscribed' ELSE 'receiving' END
    FROM state WHERE received OR unsubscribed
    ON CONFLICT (lead_id) DO UPDATE SET state = excluded.state WHERE leads_newsletter.state <> excluded.state;
    RETURN NULL;
"""
