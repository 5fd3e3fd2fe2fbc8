"""Records to which nothing has happened since some day: no activity, and no change but by automations.

An activity counts when it took place, and when it was last edited; a planned meeting counts until it is over. A change counts if the
change of the record itself is recorded and neither an automation nor Leadwell itself made it. What an automation did must not end a
quiet time, or it would begin again each time the automation acts.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from crm.models import FrozenSet, Operation
from crm.records.kinds.kind_registry import Kind

# Whoever has something since the first moment is a candidate: each has a row in an index of times. Then its last event is compared.
QUIET = """
    WITH candidate AS (
        SELECT r.id FROM {records} r WHERE r.deleted_at IS NULL AND r.updated_at >= %(first)s {of_these_records}
        UNION SELECT a.record FROM crm_activity a WHERE a.of = %(table)s AND a.deleted_at IS NULL
            AND a.updated_at >= %(first)s {of_these_activities}
        UNION SELECT a.record FROM crm_activity a WHERE a.of = %(table)s AND a.deleted_at IS NULL
            AND a.at >= %(first)s AND a.at < %(end)s {of_these_activities})
    SELECT r.id, last.at FROM candidate JOIN {records} r USING (id)
    CROSS JOIN LATERAL (
        SELECT greatest(
            r.created_at,
            (SELECT max(greatest(a.at, a.updated_at)) FROM crm_activity a
                WHERE a.of = %(table)s AND a.record = r.id AND a.deleted_at IS NULL
                AND (a.at >= %(first)s OR a.updated_at >= %(first)s)
                AND NOT EXISTS (SELECT FROM crm_change c JOIN crm_operation o ON o.id = c.operation_id
                    WHERE c."table" = 'activity' AND c."row" = a.id AND c.kind = 'insert' AND o.channel = %(automation)s)),
            (SELECT c.at FROM crm_change c LEFT JOIN crm_operation o ON o.id = c.operation_id
                WHERE c."table" = %(table)s AND c."row" = r.id AND c.at >= %(first)s
                AND coalesce(o.channel, '') NOT IN (%(automation)s, %(system)s)
                ORDER BY c.id DESC LIMIT 1)) AS at
    ) last
    WHERE r.deleted_at IS NULL AND last.at >= %(first)s AND last.at < %(end)s
    ORDER BY r.id"""

# The ids are read within the statement: as a parameter, each takes 300 bytes in Python.
OF_SET = "AND {} = ANY((SELECT s.ids FROM crm_frozenset s WHERE s.id = %(among)s)::bigint[])"


def find_quiet_records(
    kind: Kind, first: datetime, end: datetime, most: int | None = None, among: FrozenSet | None = None
) -> list[tuple[int, datetime]]:
    """The records whose last event is from the first moment on and before the end, each with that moment, in the order of their
    ids; at most so many, and only those of this set if it is given."""
    model: Any = kind.model
    sql = QUIET.format(
        records=connection.ops.quote_name(model._meta.db_table),
        of_these_records=OF_SET.format("r.id") if among else "",
        of_these_activities=OF_SET.format("a.record") if among else "",
    )
    values: dict[str, Any] = {
        "table": kind.name,
        "first": first,
        "end": end,
        "automation": Operation.Channel.AUTOMATION,
        "system": Operation.Channel.SYSTEM,
        "most": most,
        "among": among and among.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %(most)s", values)
        return cursor.fetchall()
