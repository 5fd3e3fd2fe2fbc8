"""Excel in and out: an export over HTTP beside XlsxWriter, imports beside calamine and COPY, all in the same run."""

import hashlib
import io
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from django.conf import settings
from django.db import connection, transaction
from python_calamine import CalamineWorkbook

from accounts.models import User
from benchmarks import measure
from benchmarks.changes import switch, tidy
from crm.bulk import freeze
from crm.change import operation
from crm.environment import ROOT
from crm.undo import undo
from leads import fields
from leads.excel import LeadResource
from leads.imports.apply import apply
from leads.imports.check import Check
from leads.imports.stage import FOLDER, stage
from leads.models import Import, Lead, SavedView, Source, Status

ROWS = 100_000
EMAIL = "admin@demo.example"
# What a file of 20 columns beside the hidden two holds, and one of 12.
TWENTY = [name for name in fields.EXCEL if name not in ("id", "version")][:20]
TWELVE = [
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "city",
    "country",
    "zip",
    "status",
    "source",
    "value",
    "description",
]


def excel() -> dict:
    """Seconds, megabytes and rows of each way. The leads that are added are taken away again."""
    user = User.objects.with_rights().get(email=EMAIL)
    ids = sorted(Lead.objects.present().order_by("?").values_list("pk", flat=True)[:ROWS])
    return {
        "rows": len(ids),
        "export": exported(user, ids),
        "add": added(user),
        "change": changed(user, ids),
    }


def exported(user: User, ids: list[int]) -> dict[str, float]:
    """One export of 20 columns through a web server of one process, and XlsxWriter with the same values in memory."""
    frozen = freeze(user, ids, "")
    view = SavedView.objects.create(owner=user, name="Benchmark", columns=[*TWENTY])
    values = list(rows_of(user, ids, TWENTY))
    begun = time.perf_counter()
    size = by_xlsxwriter(values)
    alone = time.perf_counter() - begun
    with web_server() as (address, process):
        ask(address, user, f"set={frozen.pk}&view={view.pk}", most=1)
        before = peak_memory(process, forget=True)
        first, whole, length = ask(address, user, f"set={frozen.pk}&view={view.pk}")
        grown = peak_memory(process) - before
    return {
        "xlsxwriter": alone, "first_byte": first, "seconds": whole, "megabytes": grown,
        "size": length / 1e6, "size_xlsxwriter": size / 1e6, "columns": len(TWENTY) + 2,
    }  # fmt: skip


def rows_of(user: User, ids: list[int], names: list[str]) -> Iterator[list]:
    resource = LeadResource(user)
    rows = Lead.objects.filter(pk__any=ids).order_by("-pk").values_list(*resource.attributes(names))
    return resource.rows(rows.iterator(chunk_size=2_000), names)


def by_xlsxwriter(rows: list[list]) -> int:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "remove_timezone": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if value is not None and value != "":
                if isinstance(value, str):
                    sheet.write_string(number, place, value)
                else:
                    sheet.write(number, place, value)
    book.close()
    return out.tell()


@contextmanager
def web_server() -> Iterator[tuple[str, int]]:
    """gunicorn with one worker. Gives its address and the number of the worker's process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "1", "--threads", "4"]
    command += ["--bind", f"127.0.0.1:{port}", "crm.wsgi"]
    environment = {**os.environ, "LEADWELL_URL": f"http://127.0.0.1:{port}"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            while True:
                try:
                    urllib.request.urlopen(f"{address}/login", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.2)
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
            yield address, int(children[0])
        finally:
            server.terminate()


def ask(address: str, user: User, query: str, most: int | None = None) -> tuple[float, float, int]:
    """Export; seconds to the first byte and to the last, and bytes. With `most` the answer is left after so many."""
    session = measure.browser(user.email).cookies[settings.SESSION_COOKIE_NAME].value
    token = secrets.token_hex(16)
    data = urllib.parse.urlencode({"columns": "view", "format": "xlsx", "csrfmiddlewaretoken": token})
    request = urllib.request.Request(f"{address}/admin/exports/write?{query}", data.encode())
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token}
    request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
    begun = time.perf_counter()
    with urllib.request.urlopen(request, timeout=600) as answer:
        answer.read(1)
        first = time.perf_counter() - begun
        length = 1
        while most is None and (part := answer.read(1 << 16)):
            length += len(part)
    return first, time.perf_counter() - begun, length


def peak_memory(process: int, *, forget: bool = False) -> float:
    """The most megabytes that a process has held; with `forget` what it holds now, and the peak begins anew."""
    if forget:
        Path(f"/proc/{process}/clear_refs").write_text("5")
    name = "VmRSS:" if forget else "VmHWM:"
    line = next(
        line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith(name)
    )
    return int(line.split()[1]) / 1024


def added(user: User) -> dict[str, float]:
    """A file with new leads: upload to finished plan, apply, undo; and calamine with one COPY into the same table."""
    path = new_file()
    yardsticks = {name: copied(path, bare) for name, bare in (("bare", True), ("copy", False))}
    return {**yardsticks, **imported(user, path)}


def new_file() -> Path:
    """100,000 people who are nowhere yet, as a file of 12 columns."""
    from django.utils import timezone

    from crm.excel.cells import Column
    from crm.excel.write import Workbook

    path = keep_path()
    labels = [
        row.label
        for row in Status.objects.active().in_order()
        if not row.needs_reason and not row.required_fields
    ]
    sources = [row.label for row in Source.objects.active().by_name()]
    heads = [Column(str(Lead._meta.get_field(name).verbose_name)) for name in TWELVE]
    with path.open("wb") as file, Workbook(file, title="", creator="", created=timezone.now()) as book:
        book.table(
            "Leads",
            heads,
            (
                [
                    f"Ana {n % 977}", f"Popescu {n}", f"Firma {n // 3}", f"ana.{n}.{secrets.token_hex(3)}@example.org",
                    f"+40 7{n:08}", f"Oraș {n % 400}", ("Romania", "Germany", "France")[n % 3], f"{n:06}",
                    labels[n % len(labels)], sources[n % len(sources)], str(n % 9000), f"From the fair, stand {n}",
                ]
                for n in range(ROWS)
            ),
        )  # fmt: skip
    return path


def keep_path() -> Path:
    path = Path(settings.MEDIA_ROOT) / FOLDER / secrets.token_hex(16)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def copied(path: Path, bare: bool) -> float:
    """Seconds of reading the file with calamine and of one COPY into the table of leads, rolled back at the end."""
    statuses = {row.label: row.pk for row in Status.objects.all()}
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


def imported(user: User, path: Path) -> dict[str, float]:
    record = Import.objects.create(
        user=user,
        name="benchmark.xlsx",
        file=f"{FOLDER}/{path.name}",
        size=path.stat().st_size,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    before = peak_memory(os.getpid(), forget=True)
    times = {}
    for name, step in (
        ("read", lambda: stage(record)),
        ("check", lambda: Check(record, user).run()),
        ("apply", lambda: apply(record, by=user, progress=lambda done, total: None)),
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
    undo(record.operation, by=user)
    times["undo"] = time.perf_counter() - begun
    tidy()
    path.unlink()
    return times


def changed(user: User, ids: list[int]) -> dict[str, float]:
    """An export of 12 columns in which each row has another city, brought in again; and COPY with one UPDATE."""
    from django.utils import timezone

    from crm.excel.write import Workbook

    path = keep_path()
    names = ["id", "version", *TWELVE]
    city = names.index("city")
    rows = list(rows_of(user, ids, names))
    for row in rows:
        row[city] = f"{row[city]} Nord"
    with path.open("wb") as file, Workbook(file, title="", creator="", created=timezone.now()) as book:
        book.table("Leads", LeadResource(user).columns(names), rows)
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
