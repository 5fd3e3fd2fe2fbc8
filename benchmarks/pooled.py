"""`python -m benchmarks.pooled`: pages of the list through pgbouncer and directly, in turn, so that both meet the same machine.

Prints p50 of both for each page and fails if one takes more than 1.15 times as long through the pooler. Part of `make bench-cluster`.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command

from benchmarks.cluster import FOLDER, fill
from crm.platform.configuration.environment import read_environment
from crm.platform.database.connection_settings import get_embedded_server
from tests.database.pooler import OTHERWISE, pgbouncer

MOST = 1.15
# So many requests directly, then as many through the pooler, again and again.
A_TURN = 10
PAGES = {
    "first page": "all=1",
    "sorted": "all=1&sort=company",
    "filter": "country=DE&vip=no",
    "condition": "company.contains=steel",
    "search": "q=popescu",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=200, help="requests of each page on each way")
    options = parser.parse_args()
    folder = FOLDER / str(options.leads)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {"LEADWELL_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "crm.settings"}
    server = get_embedded_server(read_environment())
    assert server, "DATABASE_URL isn't used here: the figures are those of a database of this program's own."
    with server.keep_running(stop=True):
        fill(options.leads)
        call_command("collectstatic", interactive=False, verbosity=0)
        with pgbouncer(server.socket, size=4) as port:
            ratios = list(compared(str(port), options.rounds))
    print(
        "Good enough."
        if max(ratios) <= MOST
        else f"Not good enough: at most {MOST} times as long is allowed."
    )
    sys.exit(0 if max(ratios) <= MOST else 1)


def compared(port: str, rounds: int) -> Iterator[float]:
    """How many times as long each page takes through the pooler."""
    from benchmarks.measure import browser

    client = browser("admin@demo.example")

    def milliseconds(query: str) -> float:
        begun = time.perf_counter()
        assert client.get(f"/admin/leads?{query}").status_code == 200
        return (time.perf_counter() - begun) * 1000

    for name, query in PAGES.items():
        times: dict[bool, list[float]] = {False: [], True: []}
        for turn in range(2 * rounds // A_TURN):
            pooled = turn % 2 == 1
            with through(port if pooled else ""):
                milliseconds(query)  # connects
                times[pooled] += [milliseconds(query) for _round in range(A_TURN)]
        direct, through_pooler = statistics.median(times[False]), statistics.median(times[True])
        ratio = through_pooler / direct
        print(
            f"{name:12} {through_pooler:6.1f} ms through the pooler, {direct:6.1f} ms directly: {ratio:.2f}"
        )
        yield ratio


@contextmanager
def through(port: str) -> Iterator[None]:
    """Connect through the pooler on this port, or directly if there is none."""
    from django.db import connections

    settings = connections.settings["default"]
    before = {name: settings[name] for name in OTHERWISE}
    connections.close_all()
    settings |= {"HOST": "127.0.0.1", "PORT": port, "DISABLE_SERVER_SIDE_CURSORS": True} if port else {}
    try:
        yield
    finally:
        connections.close_all()
        settings |= before


if __name__ == "__main__":
    main()
