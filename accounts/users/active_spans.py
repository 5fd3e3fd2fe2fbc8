"""From when until when users were active: from the day they were added, with what the audit log says about deactivating them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from accounts.working_time.working_days import DaySpan
from crm.platform.models.audit_entry import AuditEntry

DEACTIVATED, REACTIVATED = "user_deactivated", "user_reactivated"
# Also the end of those who are active now.
FOREVER = date.max
Event = tuple[datetime, bool]


def get_active_spans(users: Iterable[User]) -> dict[int, list[DaySpan] | None]:
    """By the ID of the user, on the reader's clock; None if a user is inactive and the audit log doesn't say since when."""
    people = list(users)
    events: dict[int, list[Event]] = {}
    recorded = AuditEntry.objects.about("user", [user.pk for user in people], DEACTIVATED, REACTIVATED)
    for user, kind, at in recorded.values_list("record", "kind", "at"):
        events.setdefault(user, []).append((at, kind == REACTIVATED))
    return {
        user.pk: build_active_spans(user.joined_at, events.get(user.pk, []), is_active=user.is_active)
        for user in people
    }


def build_active_spans(
    joined_at: datetime, events: Iterable[Event], *, is_active: bool
) -> list[DaySpan] | None:
    """`events` are when the user was reactivated (True) or deactivated, in their order. The day of each counts as active."""
    spans: list[DaySpan] = []
    since: date | None = timezone.localdate(joined_at)
    for at, active in events:
        day = timezone.localdate(at)
        if active and since is None:
            # On the same day it goes on as if nothing had happened, so that no day counts twice.
            since = spans.pop().first if spans and spans[-1].last >= day else day
        elif since and not active:
            spans.append(DaySpan(since, max(day, since)))
            since = None
    if since and not is_active:
        return None
    if is_active:
        spans.append(DaySpan(since or timezone.localdate(), FOREVER))
    return spans
