"""Which statuses a lead has been in, and when: maintained by triggers, one row per stay."""

import pgtrigger

from crm.records.history import CURRENT, MACHINE, Trigger, planned_anew

moves_of_new = Trigger(
    name="moves_insert",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func=f"""
        IF {MACHINE} THEN
            RETURN NULL;
        END IF;
        INSERT INTO leads_statusmove (lead_id, from_status_id, to_status_id, entered, operation_id, undone)
        SELECT n.id, NULL, n.status_id, n.status_since, {CURRENT}, false FROM new_rows n ORDER BY n.id;
        RETURN NULL;
    """,
)

# An undo doesn't move leads on: it removes the undone move and reopens the one before it. Undoing that undo restores
# the move. Anything else closes the open move and starts a new one.
MOVED = """
    SELECT array_agg(n.id ORDER BY n.id)
    FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE n.status_id <> o.status_id"""
TAKE_BACK = """
    WITH taken_back AS (
        UPDATE leads_statusmove m SET undone = true, "left" = now()
        FROM new_rows n
        WHERE m.lead_id = n.id AND n.id = ANY($1) AND m."left" IS NULL AND NOT m.undone
          AND m.operation_id = $2 AND m.from_status_id = n.status_id
        RETURNING m.lead_id, m.id
    ), reopened AS (
        UPDATE leads_statusmove m SET "left" = NULL
        FROM (SELECT max(p.id) AS id FROM taken_back t JOIN leads_statusmove p ON p.lead_id = t.lead_id
              WHERE NOT p.undone AND p.id < t.id GROUP BY t.lead_id) AS before
        WHERE m.id = before.id
        RETURNING m.lead_id
    )
    SELECT coalesce(array_agg(lead_id), '{}') FROM taken_back"""
MOVED_AGAIN = """
    SELECT coalesce(array_agg(m.lead_id), '{}')
    FROM leads_statusmove m JOIN new_rows n ON n.id = m.lead_id
    WHERE n.id = ANY($1) AND NOT n.id = ANY($2) AND m.undone AND m.operation_id = $3
      AND m.to_status_id = n.status_id"""
CLOSE_OPEN_MOVES = """
    UPDATE leads_statusmove m SET "left" = n.status_since
    FROM new_rows n
    WHERE m.lead_id = n.id AND n.id = ANY($1) AND NOT n.id = ANY($2)
      AND m."left" IS NULL AND NOT m.undone"""
BEGIN_MOVES = f"""
    INSERT INTO leads_statusmove (lead_id, from_status_id, to_status_id, entered, operation_id, undone)
    SELECT n.id, o.status_id, n.status_id, n.status_since, {CURRENT}, false
    FROM old_rows o JOIN new_rows n ON n.id = o.id
    WHERE n.status_id <> o.status_id AND NOT n.id = ANY($1) ORDER BY n.id"""

moves = Trigger(
    name="moves_update",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
    declare=[
        ("undoes", "bigint = nullif(current_setting('leadwell.undoes', true), '')::bigint"),
        ("redoes", "bigint"),
        ("moved", "bigint[]"),
        ("back", "bigint[] = '{}'"),
        ("again", "bigint[] = '{}'"),
    ],
    func=f"""
        {planned_anew(MOVED, into="moved")}
        IF moved IS NULL THEN
            RETURN NULL;
        END IF;
        IF undoes IS NOT NULL THEN
            {planned_anew(TAKE_BACK, into="back", using="moved, undoes")}
            SELECT o.undoes_id INTO redoes FROM crm_operation o WHERE o.id = undoes;
            IF redoes IS NOT NULL THEN
                {planned_anew(MOVED_AGAIN, into="again", using="moved, back, redoes")}
                UPDATE leads_statusmove m SET "left" = p.entered
                FROM leads_statusmove p
                WHERE p.lead_id = ANY(again) AND p.undone AND p.operation_id = redoes
                  AND m.lead_id = p.lead_id AND NOT m.undone AND m."left" IS NULL;
                UPDATE leads_statusmove m SET undone = false, "left" = NULL
                WHERE m.lead_id = ANY(again) AND m.undone AND m.operation_id = redoes;
            END IF;
        END IF;
        back = back || again;
        {planned_anew(CLOSE_OPEN_MOVES, using="moved, back")}
        {planned_anew(BEGIN_MOVES, using="back")}
        RETURN NULL;
    """,
)
