"""The list of leads while a worker applies an import of 100,000 rows, and when idle."""

import statistics
import subprocess
import sys
import time

from django.db import transaction

from accounts.models import User
from benchmarks import measure
from benchmarks.changes import forget, tidy
from benchmarks.excel.imports import new_file, record_of
from crm.models import Import, Job
from crm.platform.configuration.environment import ROOT
from crm.records.history.undo.field_reversal import revert_operation
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.jobs import queue_import_job
from crm.transfer.imports.read.staging import stage_rows

PAGE = "/admin/leads?all=1"
ROUNDS = 60


def beside(user: User) -> dict[str, float]:
    """Milliseconds of the list, median and 95th percentile, when idle and while the rows are written."""
    browser = measure.browser(user.email)
    path = new_file()
    record = record_of(user, path)
    with transaction.atomic():
        stage_rows(record)
    record.refresh_from_db()
    with transaction.atomic():
        RecordCheck(record, user).run()
    tidy()
    quiet = times(browser, lambda done: done < ROUNDS)
    queue_import_job("import_apply", record, total=record.rows)
    job = record.job
    with subprocess.Popen(
        [sys.executable, "manage.py", "work"], cwd=ROOT, stderr=subprocess.DEVNULL
    ) as worker:
        while not Job.objects.get(pk=job.pk).done:
            time.sleep(0.1)
        busy = times(browser, lambda done: Job.objects.get(pk=job.pk).unfinished)
        worker.terminate()
    added = Import.objects.get(pk=record.pk).operation
    revert_operation(added, by=user)
    forget(added)
    path.unlink(missing_ok=True)
    return {
        "quiet": statistics.median(quiet), "quiet_p95": late(quiet),
        "busy": statistics.median(busy), "busy_p95": late(busy), "pages": len(busy),
    }  # fmt: skip


def times(browser, more) -> list[float]:
    browser.get(PAGE)
    found: list[float] = []
    while more(len(found)):
        begun = time.perf_counter()
        assert browser.get(PAGE).status_code == 200
        found.append((time.perf_counter() - begun) * 1000)
    return found


def late(found: list[float]) -> float:
    return sorted(found)[min(len(found) - 1, round(len(found) * 0.95))]
