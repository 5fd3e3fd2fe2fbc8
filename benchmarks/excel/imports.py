"""Imports of new and existing leads, compared with calamine and COPY into the same table."""

import hashlib
import os
import secrets
import time
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from benchmarks.changes import forget, switch, tidy
from benchmarks.excel.sample_leads import ROWS, TWELVE, peak_memory, rows_of
from crm.models import Import
from crm.platform.excel.writing.cell_values import SheetColumn
from crm.platform.excel.writing.workbook_writer import Workbook
from crm.platform.files.store import put_file
from crm.platform.files.temporary_files import create_temporary_path
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.transfer.imports.apply.plan_application import apply_import_plan
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.read.staging import IMPORT_FOLDER, stage_rows
from leads.excel import LeadResource
from leads.kind import LEAD
from leads.models import Lead, Source, Status


def added(user: User) -> dict[str, float]:
    """A file with new leads: upload to finished plan, apply, undo; compared with calamine and one COPY into the table."""
    path = new_file()
    yardsticks = {name: copied(path, bare) for name, bare in (("bare", True), ("copy", False))}
    return {**yardsticks, **imported(user, path)}


def new_file(rows: int = ROWS) -> Path:
    """A file of 12 columns with so many people who aren't leads yet."""
    path = keep_path()
    labels = [
        row.label
        for row in Status.objects.of_leads().active().in_order()
        if not row.needs_reason and not row.required_fields
    ]
    sources = [row.label for row in Source.objects.active().by_name()]
    heads = [SheetColumn(str(Lead._meta.get_field(name).verbose_name)) for name in TWELVE]
    with path.open("wb") as file, Workbook(file, title="", creator="", created=timezone.now()) as book:
        book.write_table(
            "Leads",
            heads,
            (
                [
                    f"Ana {n % 977}", f"Popescu {n}", f"Firma {n // 3}", f"ana.{n}.{secrets.token_hex(3)}@example.org",
                    f"+40 7{n:08}", f"Oraș {n % 400}", ("Romania", "Germany", "France")[n % 3], f"{n:06}",
                    labels[n % len(labels)], sources[n % len(sources)], str(n % 9000), f"From the fair, stand {n}",
                ]
                for n in range(rows)
            ),
        )  # fmt: skip
    return path


def keep_path() -> Path:
    path = create_temporary_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def copied(path: Path, bare: bool) -> float:
    """Seconds for reading the file with calamine, and for one COPY into the lead table, rolled back at the end."""
    statuses = {row.label: row.pk for row in Status.objects.of_leads()}
    sources = {row.label: row.pk for row in Source.objects.all()}
    codes = {"Romania": "RO", "Germany": "DE", "France": "FR"}
    texts = [
        "title",
        "second_email",
        "mobile",
        "website",
        "state",
        "address",
        "language",
        "lost_remark",
        "next_action",
        "phone_normal",
        "mobile_normal",
    ]
    columns = [
        *TWELVE[:8],
        "status_id",
        "source_id",
        "value",
        "description",
        "department_id",
        "currency",
        *texts,
    ]
    with transaction.atomic():
        if bare:
            switch("DISABLE")
        begun = time.perf_counter()
        with operation("benchmark", by=None), connection.cursor() as cursor:
            statement = f"COPY leads_lead ({', '.join(columns)}) FROM STDIN"
            rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
            next(rows)
            with cursor.copy(statement) as copy:
                for row in rows:
                    row[6], row[8], row[9] = codes[row[6]], statuses[row[8]], sources[row[9]]
                    copy.write_row([*row, 1, "EUR", *[""] * len(texts)])
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    tidy()
    return seconds


def record_of(user: User, path: Path) -> Import:
    return Import.objects.create(
        table="lead",
        user=user,
        name="benchmark.xlsx",
        size=path.stat().st_size,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        file=put_file(path, f"{IMPORT_FOLDER}/{path.name}"),
    )


def imported(user: User, path: Path) -> dict[str, float]:
    record = record_of(user, path)
    before = peak_memory(os.getpid(), forget=True)
    times = {}
    for name, step in (
        ("read", lambda: stage_rows(record)),
        ("check", lambda: RecordCheck(record, user).run()),
        ("apply", lambda: apply_import_plan(record, by=user, progress=lambda done, total: None)),
    ):
        begun = time.perf_counter()
        with transaction.atomic():
            step()
        times[name] = time.perf_counter() - begun
        record.refresh_from_db()
    times["megabytes"] = peak_memory(os.getpid()) - before
    times["written"] = record.counts["added"] + record.counts["done"]
    tidy()
    begun = time.perf_counter()
    revert_operation(record.operation, by=user)
    times["undo"] = time.perf_counter() - begun
    forget(record.operation)
    # Storing a file in a folder moves it.
    path.unlink(missing_ok=True)
    return times


def changed(user: User, ids: list[int]) -> dict[str, float]:
    """An export of 12 columns, imported again with another city in each row; compared with COPY and one UPDATE."""
    path = keep_path()
    names = ["id", "version", *TWELVE]
    city = names.index("city")
    rows = list(rows_of(user, ids, names))
    for row in rows:
        row[city] = f"{row[city]} Nord"
    with path.open("wb") as file, Workbook(file, title="", creator="", created=timezone.now()) as book:
        book.write_table("Leads", LeadResource(LEAD, user).build_columns(names), rows)
    yardsticks = {name: updated(path, city, bare) for name, bare in (("bare", True), ("copy", False))}
    return {**yardsticks, **imported(user, path)}


def updated(path: Path, city: int, bare: bool) -> float:
    with transaction.atomic():
        if bare:
            switch("DISABLE")
        begun = time.perf_counter()
        with operation("benchmark", by=None), connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE incoming (id bigint, city text) ON COMMIT DROP")
            rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
            next(rows)
            with cursor.copy("COPY incoming FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([int(row[0].removeprefix("#")), row[city]])
            cursor.execute("UPDATE leads_lead t SET city = i.city FROM incoming i WHERE i.id = t.id")
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    tidy()
    return seconds
