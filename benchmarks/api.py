"""The APIs: server time of lists, one lead, a new lead and changes; over HTTP, all leads as one array and twenty programs at once."""

import json
import statistics
import threading
import time
import urllib.request
from itertools import cycle

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks.excel.exports import web_server
from benchmarks.excel.sample_leads import peak_memory
from crm.api.token_scopes import get_possible_rights
from crm.api.v2.v2_view import MOST
from crm.models import Token
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from leads.models import Lead, Source, Status
from leads.verbs import SetVip

USERS = {
    "admin@demo.example": "sees all",
    "manager@demo.example": "a department",
    "rep@demo.example": "own and unassigned",
}
ROUNDS = 40
PROGRAMS = 20
# From this many leads on, all leads are also read at once, and programs call for a minute.
LARGE = 100_000
BESIDE_SECONDS = 8


def secret_of(email: str) -> str:
    user = User.objects.with_rights().get(email=email)
    token = Token(user=user, name="Benchmark", rights=get_possible_rights(user))
    secret = token.set_new_secret()
    token.save()
    return secret


def calls() -> list[dict]:
    """The milliseconds and queries of each call for some users."""
    settings.ALLOWED_HOSTS = ["*"]
    found = []
    for email, words in USERS.items():
        secret = secret_of(email)
        connect = Client(headers={"authtoken": secret})
        umbra = Client(headers={"Authorization": f"Bearer {secret}"})
        lead = connect.get("/api/leads?nr_page=1&per_page=1").json()[0]["id"]
        asked = {
            "CRM Connect: a page of 50": lambda c=connect: c.get("/api/leads?page=1&per_page=50"),
            "CRM Connect: nr_page, 50 rows": lambda c=connect: c.get("/api/leads?nr_page=1&per_page=50"),
            "CRM Connect: one lead": lambda c=connect, pk=lead: c.get(f"/api/leads/{pk}"),
            "CRM Connect: a new lead": lambda c=connect, e=email: c.post(
                "/api/leads", new_lead(e), content_type="application/json"
            ),
            "Umbra ERP: a list of 50": lambda c=umbra: c.get("/v1/crm/leads"),
        }
        found += [{"call": name, "user": words, **timed(call)} for name, call in asked.items()]
        found.append({"call": f"API v2: {MOST} changes", "user": words, **changes_read(umbra, email)})
    return found


def changes_read(program: Client, email: str) -> dict:
    """The largest pages of the leads of this user that have just been changed, each another one as far as there are enough leads."""
    user, feed = User.objects.with_rights().get(email=email), f"/api/v2/leads/changes?limit={MOST}"
    cursors = [program.get(feed).json()["next"]]
    leads = Lead.objects.present().changeable_by(user)
    ids = list(leads.filter(vip=False).order_by("?").values_list("pk", flat=True)[: ROUNDS * MOST])
    done = carry_out(SetVip(True), leads, by=user, wanted=ids)
    while (page := program.get(feed, {"since": cursors[-1]}).json())["more"]:
        cursors.append(page["next"])
    turn = cycle(cursors)
    found = timed(lambda: program.get(feed, {"since": next(turn)}))
    revert_operation(done.operation, by=user)
    return found


def new_lead(email: str) -> dict:
    owner = User.objects.get(email=email).pk
    source, status = Source.objects.earliest("pk").pk, Status.objects.get(key="new").pk
    return {"name": "Bench Mark", "source": source, "status": status, "assigned": owner}


def timed(call) -> dict:
    call()
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        response = call()
        times.append((time.perf_counter() - begun) * 1000)
        assert response.status_code == 200, response.content
    with CaptureQueriesContext(connection) as captured:
        call()
    times.sort()
    return {
        "p50": statistics.median(times),
        "p95": times[round(len(times) * 0.95) - 1],
        "queries": len(captured),
    }


def whole_list() -> dict:
    """All leads as one array: seconds to the first and last byte, memory growth, and pages read at the same time."""
    secret = secret_of("admin@demo.example")
    with web_server() as (address, process):
        fetch(f"{address}/api/leads?page=1", secret)
        quiet = beside(address, secret, BESIDE_SECONDS)
        before = peak_memory(process, forget=True)
        found = {}
        reading = threading.Thread(target=lambda: found.update(streamed(address, secret)))
        reading.start()
        time.sleep(0.5)
        busy = beside(address, secret, BESIDE_SECONDS, until=lambda: not reading.is_alive())
        reading.join()
        grown = peak_memory(process) - before
    return {**found, "megabytes": grown, "quiet_p95": late(quiet), "busy_p95": late(busy), "pages": len(busy)}


def streamed(address: str, secret: str) -> dict:
    begun = time.perf_counter()
    request = urllib.request.Request(f"{address}/api/leads", headers={"authtoken": secret})
    rows, size = 0, 0
    with urllib.request.urlopen(request) as response:
        first = response.read(1)
        waited = time.perf_counter() - begun
        size = len(first)
        while part := response.read(1_000_000):
            size += len(part)
            rows += part.count(b'"hash":"')
    return {
        "rows": Lead.objects.present().count(),
        "first_byte": waited,
        "seconds": time.perf_counter() - begun,
        "size": size / 1e6,
    }


def beside(address: str, secret: str, seconds: float, until=lambda: False) -> list[float]:
    """Milliseconds of the pages of 50 that another program reads at the same time."""
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end and not until():
        begun = time.perf_counter()
        fetch(f"{address}/api/leads?page=1&per_page=50", secret)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def fetch(address: str, secret: str, data: dict | None = None) -> bytes:
    body = json.dumps(data).encode() if data else None
    headers = {"authtoken": secret, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as response:
        return response.read()


def late(times: list[float]) -> float:
    return sorted(times)[round(len(times) * 0.95) - 1] if times else 0.0


def many(seconds: int) -> dict:
    """Twenty programs that read pages and leads and create leads for this long: calls per second and failures."""
    secret, lead = secret_of("admin@demo.example"), Lead.objects.present().earliest("pk").pk
    new = new_lead("admin@demo.example")
    times: list[float] = []
    failures: list[str] = []
    with web_server() as (address, _process):
        work = [("/api/leads?page=1&per_page=50", None), (f"/api/leads/{lead}", None), ("/api/leads", new)]
        end = time.monotonic() + seconds

        def program(start: int) -> None:
            steps = cycle(work[start:] + work[:start])
            while time.monotonic() < end:
                path, data = next(steps)
                begun = time.perf_counter()
                try:
                    fetch(address + path, secret, data)
                except Exception as error:
                    failures.append(f"{path}: {error}")
                times.append((time.perf_counter() - begun) * 1000)

        threads = [threading.Thread(target=program, args=[number % 3]) for number in range(PROGRAMS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return {
        "programs": PROGRAMS, "seconds": seconds, "rate": len(times) / seconds, "p50": statistics.median(times),
        "p95": late(times), "failures": len(failures), "first_failure": failures[0] if failures else "",
    }  # fmt: skip
