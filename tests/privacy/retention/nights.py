"""Retention rules that run at night, and whom they erased."""

from datetime import timedelta

from django.utils import timezone

from privacy.models import RetentionRun
from privacy.retention.nightly_run import apply_active_rules
from privacy.retention.rule_erasure import erase_next_leads

DAY = timedelta(days=1)


def nights(count: int, *, begin=None) -> list[RetentionRun]:
    """Let the rules run on so many nights in a row, with all parts."""
    begin, found = begin or timezone.now(), []
    for night in range(count):
        now = begin + night * DAY
        for run in apply_active_rules(now):
            after: int | None = 0
            while after is not None:
                after = erase_next_leads(run, now, after)
            run.refresh_from_db()
            found.append(run)
    return found


def pass_nights(count: int) -> None:
    """What so many nights in a row lead to, if nothing becomes due between the first and the last two."""
    nights(1)
    nights(2, begin=timezone.now() + (count - 2) * DAY)


def is_erased(*records) -> list[bool]:
    for record in records:
        record.refresh_from_db()
    return [record.erased_at is not None for record in records]
