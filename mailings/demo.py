"""The mailings of the demo company: two newsletters that were sent, and who received them."""

from accounts.models import User


def insert_demo_deliveries(cursor) -> None:
    """For the leads of one chunk (leads/demo/generation.py)."""
    sender = User.objects.get(email="manager@demo.example").pk
    cursor.execute(
        """INSERT INTO mailings_mailing (subject, text, query, state, most_bounces, created_at, sent_at, finished_at, department_id, by_id)
           SELECT s.subject, s.text, 'all=1', 'sent', 5, now() - s.ago::interval, now() - s.ago::interval, now() - s.ago::interval,
             (SELECT min(id) FROM accounts_department), %s
           FROM (VALUES ('Autumn price list', 'Our prices for the autumn.', '40 days'),
             ('Winter cold chain letter', 'How goods stay cold, and warm, in winter.', '9 days')) AS s(subject, text, ago)
           WHERE NOT EXISTS (SELECT FROM mailings_mailing)""",
        [sender],
    )
    cursor.execute(
        """INSERT INTO mailings_delivery (mailing_id, of, record, address, email_key, vip, state, at)
           SELECT m.id, 'lead', l.id, l.email, l.email_key, l.vip, 'sent', m.sent_at FROM demo_lead d JOIN demo_added l USING (id)
           JOIN mailings_mailing m ON l.created_at < m.sent_at
           WHERE l.email <> '' AND d.r24 > 0.62 ON CONFLICT DO NOTHING"""
    )
