"""Keeps numbers that took long to count, so that the next reader has them at once; the page says as of when they are.

Most numbers are counted each time. Those of a million leads may take seconds: they are kept and shown again while the worker
counts newer ones. Files and emails are always counted at that moment.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from crm.platform.configuration.worker_lanes import REPORTS
from crm.platform.web.request_cache import read_cached
from reports.engine.advance_counting import SlowRead, get_reads_of_page, hash_query, remember_slow_questions
from reports.models import CurrentProgress, KeptNumbers, LeadProgress

Rows = list[Any]
# Seconds. A page whose numbers are counted faster keeps none, and none is kept that is counted faster than a look-up.
LONG, WORTH = 0.25, 0.02
# Kept numbers are counted again as soon as someone reads them later than this.
FRESH = timedelta(seconds=30)
_now: ContextVar[bool] = ContextVar("counted_now", default=False)
_always: ContextVar[bool] = ContextVar("kept_always", default=False)


class MomentOfToday(datetime):
    """The moment of now, or a number of days before it: what was kept with one of this day is found with a later one."""

    @classmethod
    def from_datetime(cls, moment: datetime) -> "MomentOfToday":
        return cls.combine(moment.date(), moment.timetz())

    def __repr__(self) -> str:
        return f"on {self.date()}"


@dataclass(frozen=True)
class CountedRows:
    digest: str
    at: datetime
    rows: Rows
    seconds: float


@contextmanager
def bypass_cache(*, keep: bool = False) -> Iterator[None]:
    """Within this block nothing that was kept is used. With `keep`, what is counted is kept even if that was quick."""
    now, always = _now.set(True), _always.set(keep)
    try:
        yield
    finally:
        _now.reset(now)
        _always.reset(always)


def get_or_count_rows(query: Any, count: Callable[[], Rows]) -> tuple[Rows, datetime | None]:
    """The rows of this query, and as of when they are if they were kept; `count` counts them, once for all panels of a page."""
    if digest := _compute_digest(query):
        return read_cached(f"rows of {digest}", lambda: _find_or_count_rows(digest, count))
    return count(), None


def _find_or_count_rows(digest: str, count: Callable[[], Rows]) -> tuple[Rows, datetime | None]:
    if kept := _find_usable_numbers(digest):
        return kept.rows, kept.at
    began, at = time.perf_counter(), timezone.now()
    rows = count()
    _collect_slow_count(CountedRows(digest, at, rows, time.perf_counter() - began))
    return rows, None


def _collect_slow_count(number: CountedRows) -> None:
    """After a request that took long, so that two readers don't wait for each other."""
    counted: list[CountedRows] = read_cached("counted numbers", list)
    before = sum(other.seconds for other in counted)
    counted.append(number)
    if before <= LONG < before + number.seconds or (_always.get() and len(counted) == 1):
        reads = [] if _now.get() else get_reads_of_page()
        transaction.on_commit(lambda: _save_numbers(counted, reads))


def _find_usable_numbers(digest: str) -> KeptNumbers | None:
    if _now.get() or not read_cached("whether numbers are kept", KeptNumbers.objects.exists):
        return None
    return KeptNumbers.objects.usable().filter(pk=digest).first()


def _is_fresh(at: datetime) -> bool:
    return at > timezone.now() - FRESH


def queue_recount_if_old(read: SlowRead, kept: datetime | None) -> None:
    """The numbers of this question for its next reader, if they are as of `kept`."""
    get_reads_of_page().append(read)
    if kept and not _is_fresh(kept):
        queue_recount(read.query, read.user_id)
        transaction.on_commit(lambda: remember_slow_questions([read]))


def queue_recount(query: str, user_id: int) -> None:
    """The worker counts the numbers of this question as this user sees them, unless it is about to."""
    lock = f"count_report {user_id} {hash_query(query)}"
    task = app.configure_task("count_report", queue=REPORTS, queueing_lock=lock)

    def _defer() -> None:
        with suppress(AlreadyEnqueued), transaction.atomic():
            task.defer(query=query, user_id=user_id)

    transaction.on_commit(_defer)


def _compute_digest(query: Any) -> str:
    """The same with leads that wait for the worker and without."""
    try:
        sql, values = query.query.sql_with_params()
    except EmptyResultSet:
        return ""
    sql = sql.replace(CurrentProgress._meta.db_table, LeadProgress._meta.db_table)
    return sha256(repr((sql, values)).encode()).hexdigest()


def _save_numbers(counted: list[CountedRows], reads: list[SlowRead]) -> None:
    remember_slow_questions([read for read in reads if read.seconds > WORTH])
    kept = {number.digest: number for number in counted if number.seconds > WORTH}
    KeptNumbers.objects.bulk_create(
        [KeptNumbers(digest=number.digest, at=number.at, rows=number.rows) for number in kept.values()],
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["at", "rows"],
    )
