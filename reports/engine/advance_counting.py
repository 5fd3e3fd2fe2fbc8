"""Questions that took long are counted ahead: the worker remembers who read them, and counts them before they are read again.

The period of most questions changes each night, and with it their statement. So the worker counts them each morning, and
again a few hours later.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.utils import timezone

from crm.platform.web.request_cache import read_cached
from reports.models import ReadReport

# Counted ahead from this hour of the reader's day until that one, so many at a time.
FIRST, LAST, MOST = 4, 20, 200


@dataclass(frozen=True)
class SlowRead:
    query: str
    user_id: int
    seconds: float


def hash_query(query: str) -> str:
    return sha256(query.encode()).hexdigest()


def get_reads_of_page() -> list[SlowRead]:
    """What this page has asked so far."""
    return read_cached("questions of this page", list)


def remember_slow_questions(reads: list[SlowRead]) -> None:
    """For a page that took long, or that showed numbers of earlier."""
    now = timezone.now()
    asked = dict.fromkeys((read.user_id, read.query) for read in reads)
    ReadReport.objects.bulk_create(
        [
            ReadReport(user_id=user, digest=hash_query(query), query=query, read_at=now, counted_at=now)
            for user, query in asked
        ],
        update_conflicts=True,
        unique_fields=["user", "digest"],
        update_fields=["read_at", "counted_at"],
    )


def claim_reports_to_count() -> list[ReadReport]:
    """Those whose reader may soon look at them: by day, and only if they were read in the last weeks."""
    ReadReport.objects.forgotten().delete()
    rows = ReadReport.objects.due().select_related("user").order_by("counted_at")[:MOST]
    found = [row for row in rows if FIRST <= timezone.localtime(timezone=row.user.zone).hour < LAST]
    ReadReport.objects.filter(pk__in=[row.pk for row in found]).update(counted_at=timezone.now())
    return found
