"""What an automation did on one day of the reader's time zone and what isn't undone yet, and what an undo of it would do now."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from django.utils import timezone

from automations.models import Automation, AutomationRun
from crm.models import Operation
from crm.records.history.undo.field_reversal import preview_undo
from crm.records.history.undo.undo_permission import get_undo_obstacle, get_undone_ids
from crm.records.history.undo.undo_result import UndoResult
from crm.records.kinds.reasons import get_reason_sentence

# A preview looks at one operation after another for this many seconds.
LOOKED_FOR = 4.0
# What newer operations of the day are in the way of older ones goes away when those are undone first.
CHANGED_SINCE = "changed_since"


@dataclass(frozen=True)
class DayForecast:
    """`outcome` is what would go back, `kept` are the reasons and numbers of records that keep something, `obstacles` those of
    operations that can't be undone; `unlooked` is how many operations weren't looked at."""

    operations: int
    outcome: UndoResult
    kept: list[tuple[str, int]]
    obstacles: list[tuple[str, int]] = field(default_factory=list)
    unlooked: int = 0


def get_bounds_of_day(day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight in the current time zone, so also a day of 23 or 25 hours."""
    begin, end = (datetime.combine(one, time_of_day.min) for one in (day, day + timedelta(days=1)))
    return timezone.make_aware(begin), timezone.make_aware(end)


def get_operations_between(automation: Automation, begin: datetime, end: datetime) -> list[Operation]:
    """What the automation wrote in this time, the newest first, without what is undone already."""
    runs = AutomationRun.objects.of_automation(automation.pk).acted().filter(at__gte=begin, at__lt=end)
    rows = Operation.objects.filter(pk__in=runs.order_by().values("written")).select_related("by")
    found = list(rows.newest_first())
    undone = get_undone_ids(found)
    return [record for record in found if record.pk not in undone]


def build_day_forecast(operations: list[Operation], table: str, user: Any) -> DayForecast:
    """Judged as the records are now, the newest operation first: an older one finds its own values once the newer ones are undone."""
    begun, total = time.monotonic(), UndoResult(table)
    obstacles: Counter[str] = Counter()
    looked = 0
    for record in operations:
        if obstacle := str(get_undo_obstacle(record, user, undone=False)):
            obstacles[obstacle] += 1
        else:
            _add_result(total, preview_undo(record, user))
        looked += 1
        if time.monotonic() - begun > LOOKED_FOR:
            break
    kept = [(get_reason_sentence(code), number) for code, number in total.count_kept_by_reason()]
    unlooked = len(operations) - looked
    return DayForecast(len(operations), total, kept, obstacles.most_common(), unlooked)


def _add_result(total: UndoResult, found: UndoResult) -> None:
    for table, reasons in found.kept.items():
        for reason, ids in reasons.items():
            freed = set(total.back.get(table, [])) if reason == CHANGED_SINCE else set()
            if again := freed.intersection(ids):
                total.back[table] = sorted({*total.back[table], *again})
            total.add_kept(table, reason, set(ids) - freed)
    for table, ids in found.back.items():
        total.back[table] = sorted({*total.back.get(table, []), *ids})
        created = {*total.created.get(table, []), *found.created.get(table, [])}
        total.created[table] = sorted(created)
