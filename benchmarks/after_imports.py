"""Searches right after two imports, whose words aren't all sorted into the index of search words yet."""

from django.db import transaction

from accounts.models import User
from benchmarks.changes import forget
from benchmarks.excel.imports import new_file, record_of
from benchmarks.excel.sample_leads import EMAIL
from benchmarks.measure import Figure, browser, page_time
from crm.models import Import, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.transfer.imports.apply.plan_application import apply_import_plan
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.read.staging import stage_rows

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
        revert_operation(record, by=user)
        forget(record)
    return found


def add_leads(user: User) -> Operation:
    path = new_file(ROWS)
    record = record_of(user, path)
    for step in (stage_rows, _check, _apply):
        with transaction.atomic():
            step(record)
        record.refresh_from_db()
    # Storing a file in a folder moves it.
    path.unlink(missing_ok=True)
    return record.operation


def _check(record: Import) -> None:
    RecordCheck(record, record.user).run()


def _apply(record: Import) -> None:
    apply_import_plan(record, by=record.user)
