"""What every call records, whatever its result: its log line, the last use of its token, the calls per minute. What a replica
has answered is recorded after the answer.

It is written outside the call's transaction and doesn't wait for the disk: losing a line in a server crash does no harm.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from crm.api.problems import ApiProblem
from crm.models import ApiCall, ApiReply, Token
from crm.platform.audit.entries import PendingEntry
from crm.platform.database import log_positions
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.models.token import TokenUse, end_of_minute

AT_ONCE = "WITH at_once AS (SELECT set_config('synchronous_commit', 'off', true))"


class TokenUseColumns(NamedTuple):
    """What the statement that logs a call writes about its token too."""

    columns: str
    values: str
    update: str


NO_MORE = TokenUseColumns(", calls", ", 0", "")
CHANGED = TokenUseColumns(
    ", calls, changed_until",
    ", 0, %(changed_until)s",
    ", changed_until = greatest(u.changed_until, excluded.changed_until)",
)
COUNTED = TokenUseColumns(
    ", minute, calls",
    ", %(minute)s, 1",
    """, minute = excluded.minute,
                    calls = CASE WHEN u.minute = excluded.minute THEN u.calls + 1 ELSE 1 END""",
)


def write_call_count_and_build_headers(token: Token) -> dict[str, str]:
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
    return _check_rate_limit(limit, calls, now)


def build_headers_before_counting(token: Token) -> dict[str, str]:
    """The same for a call that is counted when it is logged, from what was read with the token."""
    if token.calls_a_minute is None:
        return {}
    now = timezone.now()
    before = token.calls if token.minute == end_of_minute(now) else 0
    return _check_rate_limit(token.calls_a_minute, before + 1, now)


def _check_rate_limit(limit: int, calls: int, now: datetime) -> dict[str, str]:
    ends = end_of_minute(now)
    headers = build_limit_headers(limit, calls, ends)
    if calls > limit:
        wait = max(1, round((ends - now).total_seconds()))
        raise ApiProblem(429, "limit", "Too many calls.", headers=headers | {"Retry-After": str(wait)})
    return headers


def build_limit_headers(limit: int, calls: int, ends: datetime) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, limit - calls)),
        "X-RateLimit-Reset": str(round(ends.timestamp())),
    }


def write_call_log(
    token: Token,
    *,
    method: str,
    path: str,
    status: int,
    milliseconds: int,
    address: str | None,
    uncounted: bool = False,
    changed_until: int = 0,
    entry: PendingEntry | None = None,
) -> None:
    """`uncounted` calls are counted here; `changed_until` is how far the database was after a change. The entry of the audit log
    about a call that reads goes along: as a statement of its own, it would make a small call longer by a tenth."""
    more = (
        COUNTED if uncounted and token.calls_a_minute is not None else CHANGED if changed_until else NO_MORE
    )
    statement, parameters = entry.build_statement() if entry else ("", {})
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{AT_ONCE}, used AS (
                  INSERT INTO crm_tokenuse AS u (token_id, used_at, address{more.columns})
                  SELECT %(token)s, now(), %(address)s{more.values} FROM at_once
                  ON CONFLICT (token_id) DO UPDATE SET used_at = excluded.used_at, address = excluded.address{more.update})
                INSERT INTO crm_apicall (token_id, method, path, status, milliseconds, address)
                VALUES (%(token)s, %(method)s, %(path)s, %(status)s, %(milliseconds)s, %(address)s);
                {statement}""",
            {
                **parameters,
                "token": token.pk,
                "method": method[:10],
                "path": path[:200].replace("\0", ""),
                "status": status,
                "milliseconds": milliseconds,
                "address": address,
                "minute": end_of_minute(timezone.now()),
                "changed_until": changed_until,
            },
        )
    if entry:
        entry.send_line_on_commit()


@every_hour
def delete_expired_calls() -> int:
    return ApiCall.objects.expired().delete()[0]


@every_hour
def clear_positions_of_tokens() -> int:
    return log_positions.clear_unreached_positions(TokenUse.objects.all(), 0)


@every_hour
def delete_expired_replies() -> int:
    return ApiReply.objects.expired().delete()[0]
