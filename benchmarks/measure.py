"""Measuring: the server time and queries of a page for a signed-in user, and the machine it ran on."""

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User

ROUNDS = 15


@dataclass(frozen=True)
class Figure:
    """Milliseconds of one page for one user over several rounds, and its number of queries."""

    page: str
    user: str
    p50: float
    p95: float
    queries: int

    def as_dict(self) -> dict:
        return asdict(self)


def browser(email: str) -> Client:
    """A signed-in client that calls the application in this process, so the network isn't measured."""
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(User.objects.get(email=email), backend="accounts.sign_in.EmailBackend")
    return client


def page_time(client: Client, name: str, user: str, path: str, *, rounds: int = ROUNDS) -> Figure:
    def ask() -> None:
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)

    return time_of(ask, name, user, rounds=rounds)


def time_of(ask: Callable[[], Any], name: str, user: str, *, rounds: int = ROUNDS) -> Figure:
    ask()
    times = []
    for _round in range(rounds):
        begun = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = sum(1 for query in captured if query["sql"] not in ("BEGIN", "COMMIT"))
    times.sort()
    return Figure(
        name, user, statistics.median(times), times[min(len(times) - 1, round(len(times) * 0.95))], queries
    )


def machine() -> str:
    """The machine in words: processor cores, memory, PostgreSQL and Python."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    return f"{os.cpu_count()} cores ({model}), {memory} GB, PostgreSQL {postgres}, Python {platform.python_version()}"
