"""Leads whose address is on the suppression list receive no newsletters: from now on their state says so."""

from django.db import migrations

SUPPRESS = """
    INSERT INTO leads_newsletter AS n (lead_id, received, state)
    SELECT l.id, false, 'suppressed' FROM leads_lead l JOIN mailings_suppression s ON s.email_key = l.email_key
    WHERE l.email_key <> ''
    ON CONFLICT (lead_id) DO UPDATE SET state = excluded.state WHERE n.state = 'receiving'
"""
ALLOW = """
    DELETE FROM leads_newsletter WHERE state = 'suppressed' AND NOT received;
    UPDATE leads_newsletter SET state = 'receiving' WHERE state = 'suppressed';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0041_suppressed_newsletter_state"),
        ("mailings", "0001_squashed_0011_skip_empty_merge_fields"),
    ]

    operations = [migrations.RunSQL(SUPPRESS, ALLOW)]
