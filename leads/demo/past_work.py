"""What was done about the demo's leads in the last weeks: calls, meetings and notes of each owner; and the priorities of tasks."""

from django.db import connection

from leads.demo.working_hours import build_nearest_working_time_sql, read_clock_values
from leads.models import Lead, Status

# Of each owner, so many of the leads that were contacted in so many days: as many in a demo of any size.
MOST, DAYS = 120, 60
# A call that reached someone and a meeting are contacts, so they happened when the lead was contacted.
ACTIVITIES = """
    WITH contacted AS MATERIALIZED (
        SELECT l.id, l.owner_id, l.first_contacted_at AS first, l.last_contacted_at AS last, l.created_at,
            s.kind = ANY(%(open)s) AND l.status_since < l.last_contacted_at + interval '3 hours'
                AND coalesce(l.next_action_on, '-infinity') < (now() AT TIME ZONE %(zone)s)::date
                AND l.last_contacted_at > now() - interval '13 days' AS is_followed_by_nothing,
            s.kind = ANY(%(open)s) AND l.last_contacted_at > now() - interval '4 days' AS is_recent,
            row_number() OVER (PARTITION BY l.owner_id ORDER BY hashint8(l.id)) AS place
        FROM leads_lead l JOIN leads_status s ON s.id = l.status_id
        WHERE l.owner_id IS NOT NULL AND l.deleted_at IS NULL
            AND l.first_contacted_at > now() - %(days)s * interval '1 day' AND l.first_contacted_at < now())
    INSERT INTO crm_activity (of, record, type, text, outcome, at, minutes, created_at, created_by_id, updated_at, version, assumed)
    SELECT 'lead', c.id, w.type, w.text, w.outcome, h.at, w.minutes, h.at, c.owner_id, h.at, 1,
        w.type = 'meeting' AND w.outcome = '' AND w.text = ''
    FROM contacted c CROSS JOIN LATERAL (VALUES
        ('call', 'no_answer', '', c.first - (c.first - c.created_at) / 4, NULL, c.place %% 3 = 0),
        ('call', 'reached', %(called)s, c.first, 3 + c.place %% 17, true),
        ('note', '', %(noted)s, c.first + interval '7 minutes', NULL, c.place %% 4 = 1),
        ('meeting', '', %(met)s, c.last, 30 + c.place %% 3 * 15, c.last > c.first AND c.place %% 2 = 0 AND NOT c.is_recent),
        ('meeting', '', '', c.last, 30, c.is_recent AND c.place %% 3 = 1 AND NOT c.is_followed_by_nothing),
        ('meeting', 'no_show', '', c.last + interval '3 hours', 30, c.is_followed_by_nothing),
        ('meeting', 'no_show', '', c.last - interval '1 day', 30, c.last > c.first + interval '1 day' AND c.place %% 5 = 2)
    ) AS w(type, outcome, text, at, minutes, is_done), LATERAL (SELECT {nearest} AS at) AS h
    WHERE c.place <= %(most)s AND w.is_done AND h.at < now()
    ORDER BY h.at
""".replace("{nearest}", build_nearest_working_time_sql("w.at"))
TEXTS = {
    "called": "Asked what they need and until when.",
    "noted": "Decides together with a colleague.",
    "met": "Went through the offer.",
}
# Two in five tasks aren't as urgent as the others, or more so.
PRIORITIES = """
    UPDATE crm_task SET priority = CASE record %% 5 WHEN 0 THEN 'high' ELSE 'low' END
    WHERE of = %(table)s AND record %% 5 IN (0, 3) AND priority = 'normal' AND done_at IS NULL AND version = 1
"""


def add_past_work() -> None:
    """Called after leads were added, while nothing is recorded."""
    with connection.cursor() as cursor:
        cursor.execute(PRIORITIES, {"table": Lead.table})
        cursor.execute(
            "SELECT EXISTS (SELECT FROM crm_activity WHERE of = %s AND type = 'call')", [Lead.table]
        )
        if not cursor.fetchone()[0]:
            values = {**TEXTS, **read_clock_values(cursor)}
            cursor.execute(ACTIVITIES, {**values, "most": MOST, "days": DAYS, "open": list(Status.OPEN)})
