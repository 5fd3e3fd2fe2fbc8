"""An export over HTTP, compared with XlsxWriter writing the same values from memory."""

import io
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from django.conf import settings

from accounts.models import User
from benchmarks import measure
from benchmarks.excel.sample_leads import TWENTY, peak_memory, rows_of
from crm.models import Export, SavedView
from crm.platform.configuration.environment import ROOT
from crm.records.editing.bulk_actions import freeze_set
from leads.models import Lead

# How many leads, and how often; of each the median counts.
SIZES = {10_000: 5, 400_000: 1}
ROUNDS = 3
# What the form of an export offers.
COLUMNS = {"the columns shown": "view", "all columns": "all"}
SECONDS_TO_START = 60
SECONDS_TO_SETTLE = 5


def exported(user: User, ids: list[int]) -> dict[str, float]:
    """One export of 20 columns by a web server with one process, and XlsxWriter with the same values in memory."""
    query = asked(user, ids)
    values = list(rows_of(user, ids, TWENTY))
    begun = time.perf_counter()
    size = by_xlsxwriter(values)
    alone = time.perf_counter() - begun
    with web_server() as (address, process), worker():
        ask(address, user, asked(user, ids[:100]))
        before = peak_memory(process, forget=True)
        times = [ask(address, user, query) for _round in range(ROUNDS)]
        grown = peak_memory(process) - before
    first, whole, length = (statistics.median(column) for column in zip(*times, strict=True))
    return {
        "xlsxwriter": alone, "first_byte": first, "seconds": whole, "megabytes": grown,
        "size": length / 1e6, "size_xlsxwriter": size / 1e6, "columns": len(TWENTY) + 2,
    }  # fmt: skip


def by_size(user: User) -> dict[str, dict[str, float]]:
    """Exports of 10,000 and 400,000 leads with 20 columns by one web server and one worker. The second one is a job."""
    found = {}
    with web_server() as (address, web), worker() as working:
        ask(address, user, asked(user, drawn_at_random(100)))
        for count, rounds in SIZES.items():
            ids = drawn_at_random(count)
            found[str(count)] = measured(address, (web, working), user, asked(user, ids), "view", rounds)
    return found


def whole(user: User) -> dict[str, dict[str, float]]:
    """Exports of all leads as the form offers them: with the columns of the list, and with all columns."""
    with web_server() as (address, web), worker() as working:
        ask(address, user, asked(user, drawn_at_random(100)))
        return {
            words: measured(address, (web, working), user, "all=1", columns, 1)
            for words, columns in COLUMNS.items()
        }


def measured(
    address: str, processes: Sequence[int], user: User, query: str, columns: str, rounds: int
) -> dict[str, float]:
    """Rows per second in the median, and how much the processes grow together."""
    before = sum(peak_memory(process, forget=True) for process in processes)
    seconds = statistics.median(ask(address, user, query, columns)[1] for _round in range(rounds))
    grown = sum(peak_memory(process) for process in processes) - before
    made = finished(user)
    rate = made.wrote / seconds
    return {
        "rows": made.wrote, "columns": len(made.columns), "seconds": seconds, "rate": rate, "megabytes": grown
    }  # fmt: skip


def drawn_at_random(count: int) -> list[int]:
    return list(Lead.objects.present().order_by("?").values_list("pk", flat=True)[:count])


def asked(user: User, ids: list[int]) -> str:
    """The query string that exports these leads with 20 columns."""
    view, _made = SavedView.objects.get_or_create(
        table="lead", owner=user, name="Benchmark", defaults={"columns": [*TWENTY]}
    )
    return f"set={freeze_set(user, 'lead', ids, '').pk}&view={view.pk}"


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
    """gunicorn with one worker; yields its address and the worker's process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "1", "--threads", "4"]
    command += ["--bind", f"127.0.0.1:{port}", "crm.wsgi"]
    # No one is there to enter a password before an export.
    environment = {**os.environ, "LEADWELL_URL": f"http://127.0.0.1:{port}", "EXPORT_PASSWORD_ABOVE": "0"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            begun = time.monotonic()
            while True:
                try:
                    urllib.request.urlopen(f"{address}/login", timeout=5).close()
                    break
                except OSError:
                    if time.monotonic() - begun > SECONDS_TO_START:
                        raise
                    time.sleep(0.2)
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
            yield address, int(children[0])
        finally:
            server.terminate()


@contextmanager
def worker() -> Iterator[int]:
    """Runs jobs; yields its process id."""
    command = [sys.executable, "manage.py", "work"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            time.sleep(SECONDS_TO_SETTLE)
            yield process.pid
        finally:
            process.terminate()


def ask(address: str, user: User, query: str, columns: str = "view") -> tuple[float, float, int]:
    """Run the export; returns seconds to the first and last byte, and the size. A job's file is fetched when it is there."""
    session = measure.browser(user.email).cookies[settings.SESSION_COOKIE_NAME].value
    token = secrets.token_hex(16)
    data = urllib.parse.urlencode({"columns": columns, "format": "xlsx", "csrfmiddlewaretoken": token})
    request = urllib.request.Request(f"{address}/admin/leads/export/write?{query}", data.encode())
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token}
    request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
    begun = time.perf_counter()
    answer = urllib.request.urlopen(request, timeout=600)
    if answer.url.endswith("/admin/exports"):
        answer.close()
        request = urllib.request.Request(
            f"{address}/admin/exports/{finished(user).pk}/file", headers=request.headers
        )
        answer = urllib.request.urlopen(request, timeout=600)
    assert answer.headers["Content-Disposition"], answer.url
    with answer:
        answer.read(1)
        first = time.perf_counter() - begun
        length = 1
        while part := answer.read(1 << 16):
            length += len(part)
    return first, time.perf_counter() - begun, length


def finished(user: User) -> Export:
    """The receipt of the last export once its file is stored, which may be later than its download."""
    made = Export.objects.of_user(user).latest("pk")
    while made.state != Export.State.FINISHED:
        assert made.state != Export.State.FAILED, made.note
        time.sleep(0.05)
        made.refresh_from_db()
    return made
