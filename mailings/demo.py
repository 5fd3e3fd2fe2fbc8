"""The mailings of the demo company: two newsletters that were sent, with what came of them, and their account."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart
from crm.records.history.verb_execution import operation
from leads.demo.working_hours import find_working_time
from mailboxes.demo import ADDRESS
from mailboxes.models import Mailbox
from mailings.models import MailingAccount

SITE = "https://www.demo.example/prices"


def insert_demo_deliveries(cursor) -> None:
    """For the leads of one chunk (leads/demo/generation.py): one in ten is on the list. Of them, two in five open a mailing,
    one in eight follows its link, and one in fifty each bounces, unsubscribes and replies."""
    sender = User.objects.get(email="manager@demo.example").pk
    autumn, winter = (find_working_time(timezone.now() - timedelta(days=days)) for days in (40, 9))
    cursor.execute(
        """INSERT INTO mailings_mailing (subject, text, query, state, most_bounces, tracks_opens, tracks_clicks, created_at, sent_at,
             finished_at, department_id, by_id)
           SELECT s.subject, s.text, 'all=1', 'sent', 5, true, true, s.at, s.at, s.at, (SELECT min(id) FROM accounts_department), %(sender)s
           FROM (VALUES ('Autumn price list', 'Our [prices for the autumn](' || %(site)s || ').', %(autumn)s::timestamptz),
             ('Winter cold chain letter', 'How goods stay cold, and warm, [in winter](' || %(site)s || ').', %(winter)s::timestamptz))
             AS s(subject, text, at)
           WHERE NOT EXISTS (SELECT FROM mailings_mailing)""",
        {"sender": sender, "site": SITE, "autumn": autumn, "winter": winter},
    )
    cursor.execute(
        """WITH sent AS (
             INSERT INTO mailings_delivery (mailing_id, of, record, address, email_key, vip, state, at, opened_at, clicked_at,
               bounced_at, unsubscribed_at, replied_at)
             SELECT m.id, 'lead', l.id, l.email, l.email_key, l.vip, 'sent', m.sent_at,
               CASE WHEN d.r10 < 0.4 AND d.r12 >= 0.02 THEN m.sent_at + d.r11 * interval '3 days' END,
               CASE WHEN d.r10 < 0.12 AND d.r12 >= 0.02 THEN m.sent_at + d.r11 * interval '3 days' END,
               CASE WHEN d.r12 < 0.02 THEN m.sent_at + interval '1 minute' END,
               CASE WHEN d.r12 BETWEEN 0.02 AND 0.04 THEN m.sent_at + d.r11 * interval '4 days' END,
               CASE WHEN d.r12 BETWEEN 0.04 AND 0.06 THEN m.sent_at + d.r11 * interval '4 days' END
             FROM demo_lead d JOIN demo_added l USING (id) JOIN mailings_mailing m ON l.created_at < m.sent_at
             WHERE l.email <> '' AND d.r24 > 0.9 ON CONFLICT DO NOTHING RETURNING id, mailing_id, clicked_at, email_key, unsubscribed_at
           ), unsubscribed AS (
             INSERT INTO leads_unsubscribe (email_key, at)
             SELECT DISTINCT ON (email_key) email_key, unsubscribed_at FROM sent WHERE unsubscribed_at IS NOT NULL
             ORDER BY email_key, unsubscribed_at ON CONFLICT DO NOTHING
           ), links AS (
             INSERT INTO mailings_mailinglink (mailing_id, url) SELECT DISTINCT mailing_id, %(site)s FROM sent
             ON CONFLICT (mailing_id, url) DO UPDATE SET url = excluded.url RETURNING id, mailing_id)
           INSERT INTO mailings_click (delivery_id, link_id, at)
           SELECT s.id, k.id, s.clicked_at FROM sent s JOIN links k USING (mailing_id) WHERE s.clicked_at IS NOT NULL""",
        {"site": SITE},
    )


def add_mailing_account(total: int, say: Say) -> None:
    """Once. Its mailbox is turned off, so mailings of the demo go the way that the settings say."""
    mailbox = Mailbox.objects.filter(address=ADDRESS).first()
    if mailbox and not MailingAccount.objects.exists():
        with operation("install", by=None, channel=Operation.Channel.SYSTEM):
            MailingAccount.objects.create(mailbox=mailbox)


PART = DemoPart(grow=add_mailing_account)
