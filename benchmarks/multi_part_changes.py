"""A change of more than a million leads: its preview, its parts, their undo, and the memory of the process."""

import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.models import User
from benchmarks.changes import tidy
from benchmarks.measure import browser
from crm.models import FrozenSet, Operation
from crm.records.editing.bulk_actions import freeze_all
from crm.records.history.multi_part_changes import ROWS_IN_ONE, carry_out_next_part, undo_next_part
from leads.models import Lead
from leads.verbs import SetVip

BULK = Operation.Channel.BULK


def measured() -> dict[str, Any]:
    """Seconds for all leads that aren't VIP: freeze, preview, the parts and their undo; `megabytes` is what the process
    grew by at most. Empty if there aren't enough leads for parts."""
    user = User.objects.with_rights().get(email="admin@demo.example")
    rows = Lead.objects.present().filter(vip=False).changeable_by(user)
    before, begun = _memory(), time.perf_counter()
    with transaction.atomic():
        frozen = freeze_all(user, rows, "vip=no")
    froze = time.perf_counter() - begun
    if frozen.count <= ROWS_IN_ONE:
        return {}
    client, begun = browser(user.email), time.perf_counter()
    assert client.get(f"/admin/leads/bulk/{frozen.pk}/vip").status_code == 200
    previewed = time.perf_counter() - begun
    values: dict[str, Any] = {"by": user, "channel": BULK, "progress": lambda done, total: None}
    changed = _parts(lambda: _next_of(frozen, user, values))
    begun = time.perf_counter()
    assert client.get(f"/admin/operations/{frozen.operation_id}").status_code == 200
    page = time.perf_counter() - begun
    record = Operation.objects.get(pk=frozen.operation_id)
    undone = _parts(lambda: undo_next_part(record, **values))
    return {
        "rows": frozen.count,
        "freeze": froze,
        "preview": previewed,
        "parts": changed,
        "page": page,
        "undo": undone,
        "megabytes": _memory() - before,
    }


def _next_of(frozen: FrozenSet, user: User, values: dict[str, Any]) -> Operation:
    leads = Lead.objects.present().changeable_by(user)
    frozen.operation = carry_out_next_part(SetVip(True), leads, frozen, note="", **values)
    return frozen.operation


def _parts(carry_out: Callable[[], Operation]) -> dict[str, float]:
    """Each part in a transaction of its own, as the worker does: how many, the seconds of the median and of all."""
    times = []
    left = True
    while left:
        begun = time.perf_counter()
        with transaction.atomic():
            record = carry_out()
        times.append(time.perf_counter() - begun)
        left = Operation.objects.get(pk=record.pk).parts_left > 0
        tidy()
    return {"number": len(times), "median": statistics.median(times), "all": sum(times)}


def _memory() -> int:
    """Megabytes that the process has taken at most until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
