"""Compares the kept scores with those that the rules give: `manage.py check_history`."""

from collections.abc import Iterator

from django.db import connection

from crm.records.history.history_check import Difference
from leads.scores.scoring import CHUNK, NEXT

WRONG = """
    SELECT l.id, l.score, s.rightful FROM leads_lead l JOIN (
        SELECT p.lead, coalesce((SELECT sum(one) FROM unnest(p.points) one), 0) AS rightful
        FROM leadwell_score_points(%s::bigint[]) p) s ON s.lead = l.id
    WHERE l.score <> s.rightful ORDER BY l.id
"""


def iterate_wrong_scores() -> Iterator[Difference]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEXT, [last, CHUNK])
            ids, last = cursor.fetchone()
            if ids is None:
                return
            cursor.execute(WRONG, [ids])
            found = cursor.fetchall()
        for pk, stored, right in found:
            yield Difference(f"Lead {pk}", "score", stored, int(right))
