"""What every call records, whatever its result: its log line, the last use of its token, the calls per minute.

Each is one separate statement outside the call's transaction and doesn't wait for the disk: losing a line in a server
crash does no harm.
"""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from crm.api.problems import Problem
from crm.jobs.housekeeping import every_hour
from crm.models import ApiCall, ApiReply, Token
from crm.models.token import end_of_minute

AT_ONCE = "WITH at_once AS (SELECT set_config('synchronous_commit', 'off', true))"


def count(token: Token) -> dict[str, str]:
    """Count a call in this minute. Returns the headers that say how many are left.

    Raises Problem 429 if none are left.
    """
    limit = token.calls_a_minute
    if limit is None:
        return {}
    now = timezone.now()
    ends = end_of_minute(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{AT_ONCE}
                INSERT INTO crm_tokenuse AS u (token_id, minute, calls) SELECT %s, %s, 1 FROM at_once
                ON CONFLICT (token_id) DO UPDATE SET minute = excluded.minute,
                  calls = CASE WHEN u.minute = excluded.minute THEN u.calls + 1 ELSE 1 END RETURNING calls""",
            [token.pk, ends],
        )
        (calls,) = cursor.fetchone()
    headers = limit_headers(limit, calls, ends)
    if calls > limit:
        wait = max(1, round((ends - now).total_seconds()))
        raise Problem(429, "limit", "Too many calls.", headers=headers | {"Retry-After": str(wait)})
    return headers


def limit_headers(limit: int, calls: int, ends: datetime) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, limit - calls)),
        "X-RateLimit-Reset": str(round(ends.timestamp())),
    }


def log(token: Token, *, method: str, path: str, status: int, milliseconds: int, address: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{AT_ONCE}, used AS (
                  INSERT INTO crm_tokenuse AS u (token_id, used_at, address, calls)
                  SELECT %(token)s, now(), %(address)s, 0 FROM at_once
                  ON CONFLICT (token_id) DO UPDATE SET used_at = excluded.used_at, address = excluded.address)
                INSERT INTO crm_apicall (token_id, method, path, status, milliseconds, address)
                VALUES (%(token)s, %(method)s, %(path)s, %(status)s, %(milliseconds)s, %(address)s)""",
            {
                "token": token.pk,
                "method": method[:10],
                "path": path[:200].replace("\0", ""),
                "status": status,
                "milliseconds": milliseconds,
                "address": address,
            },
        )


@every_hour
def calls_of_programs() -> int:
    return ApiCall.objects.expired().delete()[0]


@every_hour
def replies_to_programs() -> int:
    return ApiReply.objects.expired().delete()[0]
