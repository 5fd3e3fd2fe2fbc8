"""Bulk changes of three sizes: the same UPDATE with and without triggers, the verb, its undo, and the operation's page."""

import time

from django.db import connection, transaction

from accounts.models import User
from benchmarks.measure import browser
from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import SetVip

ROWS = 100_000
# How many leads, and how often; of each the median counts.
SIZES = {10_000: 5, ROWS: 3, 310_000: 3}


def bulk() -> dict[str, list[dict[str, float]]]:
    """Seconds for random leads, by size: bare UPDATE, the verb, its undo, the page of the operation; medians."""
    return {"sizes": [_of_size(rows, rounds) for rows, rounds in SIZES.items()]}


def _of_size(rows: int, rounds: int) -> dict[str, float]:
    user = User.objects.with_rights().get(email="admin@demo.example")
    client = browser(user.email)
    ids = list(Lead.objects.present().filter(vip=False).order_by("?").values_list("pk", flat=True)[:rows])
    found: dict[str, list[float]] = {"bare": [], "verb": [], "undo": [], "page": []}
    for _round in range(rounds):
        found["bare"].append(bare(ids, True))
        bare(ids, False)
        begun = time.perf_counter()
        outcome = carry_out(SetVip(True), Lead.objects.present().changeable_by(user), by=user, wanted=ids)
        found["verb"].append(time.perf_counter() - begun)
        tidy()
        client.get(f"/admin/operations/{outcome.operation.pk}")
        begun = time.perf_counter()
        client.get(f"/admin/operations/{outcome.operation.pk}")
        found["page"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        revert_operation(outcome.operation, by=user)
        found["undo"].append(time.perf_counter() - begun)
        tidy()
    return {name: sorted(times)[len(times) // 2] for name, times in found.items()} | {"rows": len(ids)}


def bare(ids: list[int], value: bool) -> float:
    with transaction.atomic():
        switch("DISABLE")
        begun = time.perf_counter()
        Lead.objects.filter(pk__any=ids).update(vip=value)
        seconds = time.perf_counter() - begun
        switch("ENABLE")
    tidy()
    return seconds


def switch(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE leads_lead {word} TRIGGER USER")


def forget(record: Operation) -> None:
    """Permanently delete the leads of an undone import, or Trash would outgrow the list after a few runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        cursor.execute(
            """CREATE TEMP TABLE added ON COMMIT DROP AS
               SELECT "row" AS id FROM crm_change WHERE operation_id = %s AND kind = 'insert' AND "table" = 'lead'""",
            [record.pk],
        )
        for relation in Lead._meta.related_objects:
            table, column = relation.related_model._meta.db_table, relation.field.column
            cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" IN (SELECT id FROM added)')
        cursor.execute("DELETE FROM leads_lead WHERE id IN (SELECT id FROM added)")
    tidy()


def tidy() -> None:
    """Do what autovacuum does in the minutes between such changes."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM leads_lead")
        cursor.execute("VACUUM crm_change")
