"""Searches right after two imports, whose words aren't all sorted into the index of search words yet."""

from django.db import transaction

from accounts.models import User
from benchmarks.changes import forget
from benchmarks.excel import EMAIL
from benchmarks.excel_in import new_file, record_of
from benchmarks.measure import Figure, browser, page_time
from crm.imports.apply import apply
from crm.imports.check import Check
from crm.imports.stage import stage
from crm.models import Import, Operation
from crm.records.undo import undo

IMPORTS, ROWS = 2, 5_000
SEARCHES = {"no match": "xyzzyq", "two words inside names": "scu sibiu"}


def measure_searches(rounds: int) -> list[Figure]:
    """The imports are undone and their leads deleted, so that the next run finds the same company."""
    user = User.objects.with_rights().get(email=EMAIL)
    added = [add_leads(user) for _import in range(IMPORTS)]
    client = browser(EMAIL)
    found = [
        page_time(
            client, f"search after imports: {name}", "sees all", f"/admin/leads?q={text}", rounds=rounds
        )
        for name, text in SEARCHES.items()
    ]
    for record in added:
        undo(record, by=user)
        forget(record)
    return found


def add_leads(user: User) -> Operation:
    path = new_file(ROWS)
    record = record_of(user, path)
    for step in (stage, _check, _apply):
        with transaction.atomic():
            step(record)
        record.refresh_from_db()
    # Storing a file in a folder moves it.
    path.unlink(missing_ok=True)
    return record.operation


def _check(record: Import) -> None:
    Check(record, record.user).run()


def _apply(record: Import) -> None:
    apply(record, by=record.user)
