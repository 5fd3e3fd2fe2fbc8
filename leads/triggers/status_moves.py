"""Which statuses a lead has been in, and when: maintained by triggers, one row per stay."""

import pgtrigger

from crm.platform.sql.change_triggers import (
    CURRENT_OPERATION_SQL,
    IS_MACHINE_WRITING_SQL,
    Trigger,
    build_replanned_statement,
)

moves_of_new = Trigger(
    name="moves_insert",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func=f"""
        IF {IS_MACHINE_WRITING_SQL} THEN
            RETURN NULL;
        END IF;
        INSERT INTO leads_statusmove (lead_id, from_status_id, to_status_id, entered, operation_id, undone)
        SELECT n.id, NULL, n.status_id, n.status_since, {CURRENT_OPERATION_SQL}, false FROM new_rows n ORDER BY n.id;
        RETURN NULL;
    """,
)

# An undo doesn't move leads on: it removes the undone move and reopens the one before it. Undoing that undo restores
# the move. Anything else closes the open move and starts a new one.
MOVED = """
    SELECT array_agg(n.id ORDER BY n.id)
    FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE n.status_id <> o.status_id"""
# The stays of a lead n are found by its id, and compared with the operation outside (OFFSET 0 keeps it there): statistics
# from before an operation say that it has hardly any moves, so these would be read first, and all leads again for each.
STAYS = """LATERAL (SELECT m.* FROM leads_statusmove m WHERE m.lead_id = n.id OFFSET 0)"""
OPEN_STAY = """LATERAL (
    SELECT m.* FROM leads_statusmove m WHERE m.lead_id = n.id AND m."left" IS NULL AND NOT m.undone OFFSET 0)"""
TAKE_BACK = f"""
    WITH found AS MATERIALIZED (
        SELECT open.id, (SELECT max(p.id) FROM {STAYS} p WHERE NOT p.undone AND p.id < open.id) AS before
        FROM new_rows n CROSS JOIN {OPEN_STAY} open
        WHERE n.id = ANY($1) AND open.operation_id = $2 AND open.from_status_id = n.status_id
    ), taken_back AS (
        UPDATE leads_statusmove m SET undone = true, "left" = now()
        FROM found WHERE m.id = found.id
        RETURNING m.lead_id, found.before
    ), reopened AS (
        UPDATE leads_statusmove m SET "left" = NULL
        FROM taken_back WHERE m.id = taken_back.before
    )
    SELECT coalesce(array_agg(lead_id), '{{}}') FROM taken_back"""
MOVED_AGAIN = f"""
    SELECT coalesce(array_agg(n.id), '{{}}')
    FROM new_rows n CROSS JOIN {STAYS} m
    WHERE n.id = ANY($1) AND NOT n.id = ANY($2) AND m.undone AND m.operation_id = $3
      AND m.to_status_id = n.status_id"""
CLOSE_BEFORE_MOVED_AGAIN = f"""
    WITH found AS MATERIALIZED (
        SELECT open.id, m.entered FROM unnest($1) AS n(id) CROSS JOIN {OPEN_STAY} open CROSS JOIN {STAYS} m
        WHERE m.undone AND m.operation_id = $2)
    UPDATE leads_statusmove m SET "left" = found.entered FROM found WHERE m.id = found.id"""
REOPEN_MOVED_AGAIN = f"""
    WITH found AS MATERIALIZED (
        SELECT m.id FROM unnest($1) AS n(id) CROSS JOIN {STAYS} m WHERE m.undone AND m.operation_id = $2)
    UPDATE leads_statusmove m SET undone = false, "left" = NULL FROM found WHERE m.id = found.id"""
CLOSE_OPEN_MOVES = f"""
    WITH found AS MATERIALIZED (
        SELECT open.id, n.status_since FROM new_rows n CROSS JOIN {OPEN_STAY} open
        WHERE n.id = ANY($1) AND NOT n.id = ANY($2))
    UPDATE leads_statusmove m SET "left" = found.status_since FROM found WHERE m.id = found.id"""
BEGIN_MOVES = f"""
    INSERT INTO leads_statusmove (lead_id, from_status_id, to_status_id, entered, operation_id, undone)
    SELECT n.id, o.status_id, n.status_id, n.status_since, {CURRENT_OPERATION_SQL}, false
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
        {build_replanned_statement(MOVED, into="moved")}
        IF moved IS NULL THEN
            RETURN NULL;
        END IF;
        IF undoes IS NOT NULL THEN
            {build_replanned_statement(TAKE_BACK, into="back", using="moved, undoes")}
            SELECT o.undoes_id INTO redoes FROM crm_operation o WHERE o.id = undoes;
            IF redoes IS NOT NULL THEN
                {build_replanned_statement(MOVED_AGAIN, into="again", using="moved, back, redoes")}
                {build_replanned_statement(CLOSE_BEFORE_MOVED_AGAIN, using="again, redoes")}
                {build_replanned_statement(REOPEN_MOVED_AGAIN, using="again, redoes")}
            END IF;
        END IF;
        back = back || again;
        {build_replanned_statement(CLOSE_OPEN_MOVES, using="moved, back")}
        {build_replanned_statement(BEGIN_MOVES, using="back")}
        RETURN NULL;
    """,
)
