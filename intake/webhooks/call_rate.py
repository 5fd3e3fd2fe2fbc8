"""The calls of each webhook per minute, counted in the database, so that all processes count together.

As for tokens (crm/api/call_log.py), each statement is outside the call's transaction and doesn't wait for the disk.
"""

from django.db import connection
from django.utils import timezone

from crm.platform.jobs.housekeeping import every_hour
from crm.platform.models.token import end_of_minute
from intake.models import IncomingCall, IncomingWebhook


def record_call_and_get_wait(webhook: IncomingWebhook) -> int:
    """Count a call of this minute. Returns 0, or the seconds until the next minute if there were too many."""
    now = timezone.now()
    ends = end_of_minute(now)
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH at_once AS (SELECT set_config('synchronous_commit', 'off', true))
                INSERT INTO intake_incominguse AS u (webhook_id, minute, calls, refused)
                SELECT %s, %s, 1, 0 FROM at_once
                ON CONFLICT (webhook_id) DO UPDATE SET minute = excluded.minute,
                  calls = CASE WHEN u.minute = excluded.minute THEN u.calls + 1 ELSE 1 END RETURNING calls""",
            [webhook.pk, ends],
        )
        (calls,) = cursor.fetchone()
    return max(1, round((ends - now).total_seconds())) if calls > webhook.calls_a_minute else 0


def write_refused_call_count(webhook: IncomingWebhook) -> None:
    """A call that couldn't prove itself isn't kept, only counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH at_once AS (SELECT set_config('synchronous_commit', 'off', true))
                INSERT INTO intake_incominguse AS u (webhook_id, calls, refused, refused_at)
                SELECT %s, 0, 1, now() FROM at_once
                ON CONFLICT (webhook_id) DO UPDATE SET refused_at = now(), refused = least(u.refused + 1, 1000000000)""",
            [webhook.pk],
        )


@every_hour
def delete_expired_incoming_calls() -> int:
    return IncomingCall.objects.expired().delete()[0]
