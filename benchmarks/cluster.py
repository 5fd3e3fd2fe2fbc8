"""`make bench-cluster USERS=500`: people who think between two clicks, on two web nodes behind a pgbouncer with 20 connections.

Prints p50 and p95 for each page as its users see it, and how many connections of the database were in use. Fails if p95 of all
requests is more than 300 ms, or if a request fails.
"""

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.user_sessions import Person, Seen, clicked
from crm.platform.configuration.environment import ROOT, read_environment
from crm.platform.database.connection_settings import get_embedded_server
from tests.database.pooler import pgbouncer
from tests.ports import get_free_port

FOLDER = ROOT / "var" / "bench-cluster"
MOST_MILLISECONDS = 300
CONNECTIONS = 20
SECONDS_TO_START = 300
# Leads that each person opens.
OPENED = 200


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--think", type=float, default=15.0, help="seconds between two clicks, on average")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2, help="web processes of each node")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    options = parser.parse_args()
    folder = FOLDER / str(options.leads)
    (folder / "files").mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "LEADWELL_DATA": str(folder),
        "LEADWELL_SECRET_KEY": "the same for all nodes, so that a session is valid on each",
        "DJANGO_SETTINGS_MODULE": "crm.settings",
    }
    server = get_embedded_server(read_environment())
    assert server, "DATABASE_URL isn't used here: the figures are those of a database of this program's own."
    with server.keep_running(stop=True), ExitStack() as stack:
        fill(options.leads)
        pooler = stack.enter_context(pgbouncer(server.socket, size=options.connections))
        settings = {
            "DATABASE_URL": f"postgres://leadwell@127.0.0.1:{pooler}/leadwell",
            "DATABASE_DIRECT_URL": server.url,
            "LEADWELL_FILES": str(folder / "files"),
            "LEADWELL_WEB_PROCESSES": str(options.processes),
        }
        environment = {**os.environ, **settings}
        subprocess.run([sys.executable, "manage.py", "mark_files"], cwd=ROOT, env=environment, check=True)
        nodes = [
            stack.enter_context(a_node(number, folder / f"node {number}", environment))
            for number in range(options.nodes)
        ]
        # The first start of a demo sets passwords, which ends all sessions.
        people = signed_in(options.users)
        print(f"{options.users} users, {options.seconds:.0f} s …", flush=True)
        seen = asyncio.run(clicked(nodes, people, pooler, options.think, options.seconds))
        good = said(options, seen)
    sys.exit(0 if good else 1)


def fill(leads: int) -> None:
    """The demo company with so many leads."""
    import django

    django.setup()
    from django.core.management import call_command

    from accounts import demo
    from leads.demo.generation import grow_leads

    call_command("migrate", verbosity=0)
    demo.install_demo_people("a-password-for-benchmarks")
    grow_leads(leads, say=print)


def signed_in(users: int) -> list[Person]:
    """People with a session each, and the leads that they open."""
    from django.conf import settings
    from django.db import connections

    from accounts.models import User
    from benchmarks import measure
    from leads.models import Lead

    all_users = list(User.objects.with_rights().filter(is_active=True).order_by("pk"))
    of_user = {}
    for user in all_users:
        rows = Lead.objects.present().order_by("?").values_list("pk", flat=True)
        may_add = user.has_perm("leads.change_lead")
        of_user[user.pk] = (
            list(rows.visible_to(user)[:OPENED]),
            list(rows.changeable_by(user)[:OPENED]) if may_add else [],
        )
    people = []
    for number in range(users):
        user = all_users[number % len(all_users)]
        cookie = measure.browser(user.email).cookies[settings.SESSION_COOKIE_NAME]
        session = f"{settings.SESSION_COOKIE_NAME}={cookie.value}"
        people.append(Person(session, random.randbytes(16).hex(), *of_user[user.pk]))
    connections.close_all()
    return people


@contextmanager
def a_node(number: int, folder: Path, environment: dict[str, str]) -> Iterator[int]:
    """A web node with a data folder of its own; yields its port."""
    port = get_free_port()
    own = {"LEADWELL_DATA": str(folder), "PORT": str(port), "LEADWELL_URL": f"http://127.0.0.1:{port}"}
    with subprocess.Popen(
        [sys.executable, "manage.py", "run", "--only", "web"],
        cwd=ROOT,
        env={**environment, **own},
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            begun = time.monotonic()
            while not is_ready(port):
                assert process.poll() is None, f"Web node {number} didn't start."
                assert time.monotonic() - begun < SECONDS_TO_START
                time.sleep(0.5)
            yield port
        finally:
            process.terminate()


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def said(options: argparse.Namespace, seen: Seen) -> bool:
    """Print the figures. Returns whether they are good enough."""
    every = [one for times in seen.milliseconds.values() for one in times]
    print(
        f"{options.leads:,} leads, {options.nodes} web nodes with {options.processes} processes of 4 threads each, "
        f"{options.users} users who think {options.think:g} s on average; load of this machine {os.getloadavg()[0]:.1f} "
        f"on {os.cpu_count()} cores"
    )
    for route, times in [*sorted(seen.milliseconds.items()), ("all", every)]:
        print(
            f"{route:10} {len(times):7,} requests   p50 {statistics.median(times):6.0f} ms   p95 {p95(times):6.0f} ms"
        )
    print(f"{len(every) / options.seconds:.1f} requests a second")
    print(
        f"Server connections in use, of {options.connections}: {statistics.mean(seen.in_use):.1f} on average, "
        f"{p95(seen.in_use):.0f} in 95 of 100 samples, {max(seen.in_use)} at most. Requests that waited for one: "
        f"{max(seen.waiting)} at most."
    )
    print(f"A transaction held its connection for {seen.held:.1f} ms on average.")
    for words in seen.failed[:10]:
        print(f"Failed: {words}")
    good = not seen.failed and p95(every) <= MOST_MILLISECONDS
    print(
        "Good enough."
        if good
        else f"Not good enough: p95 has to be at most {MOST_MILLISECONDS} ms, without failures ({len(seen.failed)})."
    )
    return good


def p95(times: list) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


if __name__ == "__main__":
    main()
