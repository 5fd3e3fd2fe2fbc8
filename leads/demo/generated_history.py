"""The past of each chunk of demo leads: the changes and moves that led to their state, and who unsubscribed."""

import json

from leads.models import Status


def add_history(cursor) -> None:
    """Operations by person, day and kind; changes and moves that end in the lead's state."""
    statuses = {row.key: row.pk for row in Status.objects.of_leads().exclude(key="")}
    # No column is NULL where steps and operations are joined, so that they can be joined by hash.
    cursor.execute(
        """CREATE TEMPORARY TABLE demo_stay AS
           SELECT s.*, date_trunc('day', entered) AS day FROM (
             SELECT id AS lead, coalesce(owner_id, 0) AS owner, 1 AS version, NULL::bigint AS from_status,
               %(new)s::bigint AS to_status, NULL::timestamptz AS before, created_at AS entered, steps[1] AS "left",
               '' AS key FROM demo_lead
             UNION ALL
             SELECT d.id, coalesce(d.owner_id, 0), 1 + s.place::int,
               CASE WHEN s.place = 1 THEN %(new)s ELSE (%(statuses)s::jsonb ->> d.road[s.place - 1])::bigint END,
               (%(statuses)s::jsonb ->> s.key)::bigint,
               CASE WHEN s.place = 1 THEN d.created_at ELSE d.steps[s.place - 1] END, d.steps[s.place],
               d.steps[s.place + 1], s.key
             FROM demo_lead d, unnest(d.road) WITH ORDINALITY AS s(key, place)) AS s""",
        {"statuses": json.dumps(statuses), "new": statuses["new"]},
    )
    cursor.execute(
        """CREATE TEMPORARY TABLE demo_operation AS
           SELECT nextval(pg_get_serial_sequence('crm_operation', 'id')) AS id, o.* FROM (
             SELECT owner, to_status, key, day, min(entered) AS at, count(*) AS number
             FROM demo_stay GROUP BY owner, to_status, key, day ORDER BY at) AS o"""
    )
    cursor.execute(
        """INSERT INTO crm_operation
             (id, kind, "table", parameters, note, channel, by_id, at, matched, changed, unchanged, refused)
           SELECT id, CASE WHEN key = '' THEN 'add' ELSE 'move' END, 'lead',
                  CASE WHEN key = '' THEN '{}' ELSE jsonb_build_object('status', to_status) END, '', 'web',
                  nullif(owner, 0), at, number, number, 0, 0 FROM demo_operation ORDER BY at"""
    )
    cursor.execute("ANALYZE demo_stay, demo_operation")
    cursor.execute(
        """CREATE TEMPORARY TABLE demo_step AS
           SELECT s.*, o.id AS operation
           FROM demo_stay s JOIN demo_operation o USING (owner, to_status, key, day)"""
    )
    cursor.execute(
        """INSERT INTO crm_change (operation_id, "table", "row", version, at, kind, fields, role)
           SELECT s.operation, 'lead', s.lead, s.version, s.entered, CASE WHEN s.key = '' THEN 'insert' ELSE 'update' END,
                  CASE WHEN s.key <> '' THEN jsonb_strip_nulls(jsonb_build_object(
                    'status_id', jsonb_build_array(s.from_status, s.to_status),
                    'status_since', jsonb_build_array(s.before, s.entered),
                    'first_contacted_at', CASE WHEN s.version = 2 AND s.key = 'contacted' THEN jsonb_build_array(NULL, s.entered) END,
                    'last_contacted_at', CASE WHEN s.version > 2 OR s.key = 'contacted'
                                         THEN jsonb_build_array(CASE WHEN s.version > 2 THEN s.before END, s.entered) END,
                    'converted_at', CASE WHEN s.key = 'won' THEN jsonb_build_array(NULL, s.entered) END,
                    'lost_reason_id', CASE WHEN s.key IN ('lost', 'disqualified')
                                      THEN jsonb_build_array(NULL, l.lost_reason_id) END,
                    'lost_remark', CASE WHEN l.lost_remark <> '' AND s.key = 'lost'
                                   THEN jsonb_build_array('', l.lost_remark) END)) END, ''
           FROM demo_step s JOIN demo_added l ON l.id = s.lead
           ORDER BY s.entered, s.lead, s.version"""
    )
    cursor.execute(
        """INSERT INTO leads_statusmove (lead_id, from_status_id, to_status_id, entered, "left", operation_id, undone)
           SELECT lead, from_status, to_status, entered, "left", operation, false
           FROM demo_step ORDER BY lead, version"""
    )
    cursor.execute("DROP TABLE demo_stay, demo_step, demo_operation")


def insert_unsubscribed(cursor) -> None:
    cursor.execute(
        """INSERT INTO leads_unsubscribe (email_key, at)
           SELECT DISTINCT l.email_key, now() - interval '8 days' FROM demo_lead d JOIN demo_added l USING (id)
           WHERE l.email_key <> '' AND d.r20 > 0.985 ON CONFLICT DO NOTHING"""
    )
