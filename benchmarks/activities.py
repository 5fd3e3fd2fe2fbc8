"""Ten activities for each lead: pages with them, and one note on many leads."""

import time
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from benchmarks.board import move_time
from benchmarks.lists import USERS
from benchmarks.measure import Figure, browser, page_time, time_of
from crm.models import Activity, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.work.activities.search import find_newest_activities
from crm.work.activities.verbs import AddActivity
from leads.models import Lead

EACH = 10
# One lead has this many, as a customer of many years; another one has so few.
MANY, FEW = 5_000, 50
ROWS = 10_000
SEARCHES = {
    "a word of 100 notes": "77777",
    "two words, 10,000 notes": "delivery 345",
    "a word of every note": "delivery",
}


def measured(leads: int, rounds: int) -> dict[str, Any]:
    fill(leads)
    many, few = _oldest()
    pages = []
    for email, words in USERS.items():
        client = browser(email)
        pages.append(page_time(client, "first page", words, "/admin/leads?all=1", rounds=rounds))
        pages.append(page_time(client, "my tasks", words, "/admin/tasks", rounds=rounds))
        pages.append(page_time(client, "everyone’s tasks", words, "/admin/tasks?user=all", rounds=rounds))
        pages.append(page_time(client, "stuck leads", words, "/admin/leads/stuck", rounds=rounds))
        pages.append(page_time(client, "start page", words, "/admin/today", rounds=rounds))
        deferred = "start page: what it loads afterwards"
        pages.append(page_time(client, deferred, words, "/admin/today/deferred", rounds=rounds))
        pages.append(page_time(client, "daily queue", words, "/admin/leads/queue", rounds=rounds))
        pages.append(page_time(client, "board", words, "/admin/leads/board?all=1", rounds=rounds))
        if moved := move_time(email, words, rounds):
            pages.append(moved)
        pages += note_searches(User.objects.with_rights().get(email=email), words, rounds)
    client = browser("admin@demo.example")
    for number, lead in ((FEW, few), (MANY, many)):
        name = f"lead page with {number:,} activities"
        pages.append(page_time(client, name, "sees all", f"/admin/leads/{lead}", rounds=rounds))
    return {
        "activities": Activity.objects.count(),
        "tasks": Task.objects.count(),
        "pages": [page.as_dict() for page in pages],
        "bulk": note_on_many(),
    }


def note_searches(user: User, words: str, rounds: int) -> Iterator[Figure]:
    """As the palette searches the notes of all records."""
    for name, text in SEARCHES.items():
        yield time_of(
            lambda text=text: find_newest_activities(text, user, 5),
            f"note search: {name}",
            words,
            rounds=rounds,
        )  # type: ignore[misc]


def fill(leads: int) -> None:
    """Notes, calls and meetings, written as the machine: their triggers say nothing about speed here."""
    missing = EACH * leads - Activity.objects.count()
    if missing < leads:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        cursor.execute(
            """INSERT INTO crm_activity (of, record, type, text, outcome, at, minutes, pinned, created_by_id)
               SELECT 'lead', l.id, (ARRAY['note', 'call', 'meeting'])[1 + n %% 3],
                      'Spoke about delivery ' || (l.id %% 997) || ' and the price of lot ' || (l.id * n %% 99991),
                      CASE WHEN n %% 3 = 1 THEN 'no_answer' ELSE '' END, l.created_at + n * interval '1 day', NULL, false,
                      l.created_by_id
               FROM leads_lead l CROSS JOIN generate_series(1, %s) AS n""",
            [max(1, missing // leads)],
        )
        many, few = _oldest()
        cursor.execute(
            """INSERT INTO crm_activity (of, record, type, text, outcome, at, pinned)
               SELECT 'lead', many.id, 'note', 'Note number ' || n, '', now() - n * interval '1 hour', false
               FROM (VALUES (%s, %s), (%s, %s)) AS many(id, number) CROSS JOIN LATERAL generate_series(1, number) AS n""",
            [many, MANY, few, FEW],
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE crm_activity")


def note_on_many() -> dict[str, float]:
    user = User.objects.with_rights().get(email="admin@demo.example")
    ids = list(Lead.objects.present().order_by("?").values_list("pk", flat=True)[:ROWS])
    figures = {}
    # The first round reads the pages from the disk; all figures here are those of a warm database.
    for _round in range(2):
        begun = time.perf_counter()
        done = carry_out(
            AddActivity(user, "call", "Told about the new prices", "reached"),
            Lead.objects.present().changeable_by(user),
            by=user,
            wanted=ids,
        )
        seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        revert_operation(done.operation, by=user)
        figures = {"rows": len(ids), "seconds": seconds, "undo": time.perf_counter() - begun}
    return figures


def _oldest() -> list[int]:
    return list(Lead.objects.present().order_by("pk").values_list("pk", flat=True)[:2])
