"""Which tables are partitioned, how long their months are kept, and since when they have rows."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from logging import getLogger

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from crm.models import Job
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.models.retention_periods import get_retention_period
from crm.platform.web.transactions import is_locked

log = getLogger(__name__)

# The months that are made in advance, in addition to the current one.
AHEAD = 3
# So many jobs are deleted by one statement.
AT_ONCE = 5_000
# For so many seconds a process remembers since when a table has rows.
REMEMBERED = 600


def get_month_start(months: int) -> datetime:
    """The beginning of that month, in UTC like the partitions."""
    now = timezone.now().astimezone(UTC)
    whole = now.year * 12 + now.month - 1 - months
    return datetime(whole // 12, whole % 12 + 1, 1, tzinfo=UTC)


@dataclass
class PartitionedTable:
    """`column` is the time by which the table is partitioned. Months that ended until `over()` are dropped; None keeps all."""

    table: str
    column: str
    over: Callable[[], datetime | None]
    _known: tuple[float, datetime | None] = field(default=(0, None), repr=False)

    def watch(self) -> None:
        """Changed rows are counted from now on (crm/scaling/months/partition_exchange.py). In a transaction by itself: the first time, writers
        wait until it ends, and must not wait until rows are copied."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', '1s', true)")
            cursor.execute(
                "SELECT leadwell_watch(%s, %s) FROM pg_class WHERE oid = to_regclass(%s) AND relkind = 'p'",
                [self.table, self.column, self.table],
            )

    def bring_up_to_date(self) -> tuple[int, int]:
        """Add the coming months and drop those that are over; returns how many of each."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT added, dropped FROM leadwell_months(%s, %s, %s, %s, %s)",
                [self.table, self.column, timezone.now(), AHEAD, self.over()],
            )
            added, dropped = cursor.fetchone()
        if dropped:
            log.info("Partitions of %s that are over and were dropped: %s", self.table, dropped)
        if added or dropped:
            transaction.on_commit(self.analyze)
        return added, dropped

    def analyze(self) -> None:
        """PostgreSQL itself analyzes partitions, but not the whole that they form. Called after the commit: until then, the whole
        table is locked for writers."""
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(self.table)}")

    def has_this_month(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM leadwell_partitions(%s) WHERE since <= %s AND until > %s)",
                [self.table, timezone.now(), timezone.now()],
            )
            return cursor.fetchone()[0]

    def get_start(self) -> datetime | None:
        """Since when it has rows, or None as long as no month has been dropped."""
        read, known = self._known
        if not read or time.monotonic() - read > REMEMBERED:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nullif(min(since), '-infinity') FROM leadwell_partitions(%s)", [self.table]
                )
                (known,) = cursor.fetchone()
            self._known = (time.monotonic(), known)
        return known

    def forget_start(self) -> None:
        """Ask the database again."""
        self._known = (0, None)


def _get_end_of_kept_changes() -> datetime | None:
    return get_month_start(settings.CHANGES_MONTHS) if settings.CHANGES_MONTHS else None


AUDIT = PartitionedTable("crm_auditentry", "at", lambda: get_month_start(settings.AUDIT_MONTHS))
CALLS = PartitionedTable("crm_apicall", "at", lambda: timezone.now() - get_retention_period("calls"))
CHANGES_TABLE = PartitionedTable("crm_change", "at", _get_end_of_kept_changes)
TABLES = [AUDIT, CALLS, CHANGES_TABLE]


def _build_partition_step(one: PartitionedTable) -> Callable[[], int]:
    def partitions() -> int:
        return one.bring_up_to_date()[1]

    partitions.__name__ = f"partitions_of_{one.table}"
    return partitions


@every_hour
def delete_finished_jobs() -> int:
    """A few at a time: jobs are too few for partitions, and imports refer to theirs."""
    if not settings.JOBS_MONTHS:
        return 0
    over = Job.objects.finished_before(get_month_start(settings.JOBS_MONTHS)).order_by("pk")
    return (
        Job.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:AT_ONCE]))
        .delete()[1]
        .get("crm.Job", 0)
    )


# One step for each table, so that one that is locked doesn't keep the others waiting.
STEPS = [every_hour(_build_partition_step(one)) for one in TABLES]


def create_first_partitions(**_signal: object) -> None:
    """After the migrations, so that the first row finds its month. A table that is busy gets the others from the worker."""
    for one in TABLES:
        try:
            with transaction.atomic():
                one.watch()
            with transaction.atomic():
                one.bring_up_to_date()
        except OperationalError as error:
            if not is_locked(error) or not one.has_this_month():
                raise
            log.warning("%s is busy, and its coming months are added by the worker", one.table)
