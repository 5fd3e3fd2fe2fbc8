"""Whose steps are due: for each author and sequence, the step that has been due for longest.

Each pair of author and sequence is one look into an index, however many steps of it are due. So those whose author is away or doesn't
work at the moment cost next to nothing, and nothing has to be written for the moment at which they can be done.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# The pairs are found one after the other along the index `sequence_step_due`, from each to the next greater one.
_FIRST_DUE = """
    WITH RECURSIVE pairs AS (
        (SELECT author_id, sequence_id FROM sequences_comingstep WHERE key <> '' ORDER BY author_id, sequence_id LIMIT 1)
        UNION ALL
        SELECT n.author_id, n.sequence_id FROM pairs p, LATERAL (
            SELECT c.author_id, c.sequence_id FROM sequences_comingstep c
            WHERE c.key <> '' AND (c.author_id, c.sequence_id) > (p.author_id, p.sequence_id)
            ORDER BY c.author_id, c.sequence_id LIMIT 1) n)
    SELECT d.due_at, d.enrollment_id, p.author_id
    FROM pairs p
    JOIN sequences_sequence s ON s.id = p.sequence_id AND s.turned_on
    CROSS JOIN LATERAL (
        SELECT c.due_at, c.enrollment_id FROM sequences_comingstep c
        WHERE c.key <> '' AND c.author_id = p.author_id AND c.sequence_id = p.sequence_id AND c.due_at <= %s
        ORDER BY c.due_at, c.enrollment_id LIMIT 1) d"""


@dataclass(frozen=True, order=True)
class FirstDue:
    """What has been due for longest among the steps of one author in one sequence that is turned on."""

    due_at: datetime
    enrollment: int
    author: int


def find_first_due_steps(now: datetime) -> list[FirstDue]:
    """One for each author and sequence with steps that are due, the longest due first."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_DUE, [now])
        return sorted(FirstDue(*row) for row in cursor.fetchall())
