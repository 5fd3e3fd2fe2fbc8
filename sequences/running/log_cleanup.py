"""Records in sequences when they go: with records that are deleted permanently, and a year after the end.

The history keeps who edited which email when, without its text: whoever erases the person later wouldn't find it any more.
"""

import json
from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from crm.platform.jobs.housekeeping import every_hour
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.records.kinds.erased_persons import NO_VALUES
from sequences.models import EditedEmail, Enrollment

# As the log of automations.
KEPT_DAYS = 365
# In one transaction.
PORTION = 10_000
# Emails that were written from the template again have a row only in the history.
REMOVED = """
    SELECT "row" FROM crm_change WHERE "table" = 'edited_email' AND kind = 'delete'
      AND (fields->'enrollment_id'->>0)::bigint = ANY(%s)
"""
EMPTIED = """
    UPDATE crm_change c SET fields = (
      SELECT jsonb_object_agg(key, CASE WHEN key IN ('subject', 'text') THEN %s::jsonb ELSE value END) FROM jsonb_each(c.fields))
    WHERE c."table" = 'edited_email' AND c."row" = ANY(%s) AND c.fields ?| ARRAY['subject', 'text']
"""


def find_edited_emails(enrollments: Iterable[int]) -> list[int]:
    """The ids of the emails that were edited for these, of those that are gone too."""
    ids = list(enrollments)
    found = set(EditedEmail.objects.filter(enrollment__in=ids).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(REMOVED, [ids])
        return sorted(found.union(pk for (pk,) in cursor.fetchall()))


def delete_enrollments_of_records(table: str, ids: list[int]) -> None:
    """Called after these records were deleted permanently."""
    _delete(list(Enrollment.objects.of_records(table, ids).values_list("pk", flat=True)))


@every_hour
def delete_expired_enrollments() -> int:
    """Those that ended a year ago. The results of a sequence are so those of the last year. Returns how many."""
    expired = Enrollment.objects.ended().filter(ended_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    ids = list(expired.order_by("ended_at").values_list("pk", flat=True)[:PORTION])
    _delete(ids)
    return len(ids)


def _delete(enrollments: list[int]) -> None:
    if not enrollments:
        return
    edited = find_edited_emails(enrollments)
    with write_without_history():
        with connection.cursor() as cursor:
            cursor.execute(EMPTIED, [json.dumps(NO_VALUES), edited])
        Enrollment.objects.filter(pk__in=enrollments).delete()
