"""The CPU time that the database needs for pages and undos with each layout of the history."""

import random
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.models import User
from benchmarks.history_by_month import layouts
from benchmarks.measure import browser
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import SetVip
from reports.engine.progress_derivation import store_progress_of_changes
from reports.models import KeptNumbers

Times = dict[str, dict[str, list[float]]]

# Leads whose pages are opened.
OPENED = 20
# So many leads are undone at once, so often.
ROWS, TURNS = 20_000, 3
# Requests without measuring after each exchange: new tables need new plans.
WARM = 3
ONE, MANY = "undo of one change", "undo of 20,000 leads"


def lines(turns: int, rounds: int) -> list[str]:
    """The table, in milliseconds: medians, and for the large undo the least and the most, in seconds."""
    names = list(layouts.NAMES)
    partitions = {layout: _partitions(layout) for layout in names}
    heads = (f"{layout} ({partitions[layout]})" if partitions[layout] else layout for layout in names)
    pages, undos = _pages(turns, rounds), _undos(turns, rounds)
    found = ["| | " + " | ".join(heads) + " |", "|---|" + "---|" * len(names)]
    for name, times in (pages | {ONE: undos[ONE]}).items():
        middle = (f"{statistics.median(times[layout]) * 1000:.1f} ms" for layout in names)
        found.append(f"| {name} | " + " | ".join(middle) + " |")
    ends = (f"{min(undos[MANY][layout]):.1f}–{max(undos[MANY][layout]):.1f} s" for layout in names)
    return [*found, f"| {MANY} (least and most of {TURNS}) | " + " | ".join(ends) + " |"]


def _partitions(layout: str) -> int:
    with connection.cursor() as cursor:
        layouts.use(layout)
        cursor.execute("SELECT count(*) FROM leadwell_partitions('crm_change')")
        return cursor.fetchone()[0]


def _pages(turns: int, rounds: int) -> Times:
    """Before the undos, because each layout has the changes of its own undos only."""
    while store_progress_of_changes():
        pass
    client = browser("admin@demo.example")
    leads = list(Lead.objects.present().order_by("pk").values_list("pk", flat=True))
    opened = random.Random(1).sample(leads, OPENED)
    addresses = {
        "page of a lead": [f"/admin/leads/{pk}" for pk in opened],
        "its timeline, changes only": [f"/admin/leads/{pk}?show=change" for pk in opened],
        "list of changes": ["/admin/operations"],
        "report of imports": ["/admin/reports/imports"],
    }
    times: Times = {name: {layout: [] for layout in layouts.NAMES} for name in addresses}
    for turn in range(turns):
        for layout in _in_turn(turn):
            layouts.use(layout)
            for name, several in addresses.items():
                for number in range(-WARM, rounds):
                    KeptNumbers.objects.all().delete()
                    seconds = cpu_of(partial(_read, client, several[number % len(several)]))
                    if number >= 0:
                        times[name][layout].append(seconds)
    return times


def _read(client: Any, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)


def _undos(turns: int, rounds: int) -> Times:
    user = User.objects.with_rights().get(email="admin@demo.example")
    ids = list(Lead.objects.present().filter(vip=False).order_by("pk").values_list("pk", flat=True)[:ROWS])
    times: Times = {name: {layout: [] for layout in layouts.NAMES} for name in (ONE, MANY)}
    for turn in range(turns):
        for layout in _in_turn(turn):
            layouts.use(layout)
            for number in range(-WARM, rounds):
                seconds = _undone(user, [ids[number]])
                if number >= 0:
                    times[ONE][layout].append(seconds)
    for turn in range(TURNS):
        for layout in _in_turn(turn):
            layouts.use(layout)
            times[MANY][layout].append(_undone(user, ids))
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE leads_lead, crm_change")
    return times


def _undone(user: Any, ids: list[int]) -> float:
    rows = Lead.objects.present().changeable_by(user)
    record = carry_out(SetVip(True), rows, by=user, wanted=ids).operation
    return cpu_of(lambda: revert_operation(record, by=user))


def _in_turn(turn: int) -> list[str]:
    """Each layout is the first one in turn."""
    names = list(layouts.NAMES)
    place = turn % len(names)
    return names[place:] + names[:place]


def cpu_of(work: Callable[[], Any]) -> float:
    """The seconds for which the database's process of this connection was on a processor."""
    connection.ensure_connection()
    process = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    before = int(process.read_text().split()[0])
    work()
    return (int(process.read_text().split()[0]) - before) / 1e9
