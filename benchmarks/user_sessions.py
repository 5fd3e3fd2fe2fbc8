"""People who open pages, think, and open the next one; and what they and the pooler saw."""

import asyncio
import contextlib
import random
import re
import time
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass, field

import psycopg

# What people open, and how often of a hundred times.
ROUTES = {
    "list": 30,
    "next page": 5,
    "filter": 10,
    "search": 10,
    "lead": 30,
    "tasks": 5,
    "board": 3,
    "companies": 2,
    "note": 5,
}
SAMPLE_EVERY = 0.25
SECONDS_TO_ANSWER = 30
# Names that many leads have, and some that few have.
WORDS = ["maria", "popescu", "novak", "gmbh", "ionescu", "srl", "anna", "kowalska"]


@dataclass
class Person:
    """One user with a session of their own, and the leads that they open."""

    session: str
    csrf: str
    leads: list[int]
    # Those to which they may add a note.
    own: list[int]


@dataclass
class Seen:
    """Milliseconds of all requests by their route, those that failed, and samples of the pooler: how many connections to the
    database were in use, and how many requests waited for one."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)
    in_use: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    # Milliseconds for which a transaction held its connection, on average, from the start.
    held: float = 0.0


async def clicked(nodes: list[int], people: list[Person], pooler: int, think: float, seconds: float) -> Seen:
    """`think` is the average between an answer and the next click; people come in the course of one such time."""
    seen = Seen()
    # What happens until everyone has come isn't counted.
    begin = time.monotonic() + think
    end = begin + seconds
    clicks = [
        _clicks(nodes[number % len(nodes)], person, seen, think, begin, end)
        for number, person in enumerate(people)
    ]
    await asyncio.gather(*clicks, _samples(pooler, seen, begin, end))
    return seen


async def _clicks(node: int, person: Person, seen: Seen, think: float, begin: float, end: float) -> None:
    await asyncio.sleep(random.uniform(0, think))
    while (now := time.monotonic()) < end:
        [route] = random.choices([*ROUTES], [*ROUTES.values()])
        path, data = _address(route, person)
        try:
            status = await asyncio.wait_for(_asked(node, person, path, data), SECONDS_TO_ANSWER)
        except (OSError, TimeoutError) as error:
            status = repr(error)
        if now >= begin:
            seen.milliseconds[route].append((time.monotonic() - now) * 1000)
            if status != 200:
                seen.failed.append(f"{path}: {status}")
        await asyncio.sleep(min(random.expovariate(1 / think), max(0.0, end - time.monotonic())))


def _address(route: str, person: Person) -> tuple[str, dict[str, str]]:
    lead = random.choice(person.leads)
    if route == "note" and person.own:
        own = random.choice(person.own)
        return f"/admin/leads/{own}/activities", {"type": "note", "text": "Called, no answer."}
    return {
        "list": "/admin/leads",
        "next page": "/admin/leads?page=2",
        "filter": f"/admin/leads?country={random.choice(['RO', 'DE', 'FR'])}&sort=company",
        "search": f"/admin/leads?q={random.choice(WORDS)}",
        "lead": f"/admin/leads/{lead}",
        "tasks": "/admin/tasks",
        "board": "/admin/leads/board",
        "companies": "/admin/companies",
        "note": "/admin/companies",
    }[route], {}


async def _asked(node: int, person: Person, path: str, data: dict[str, str]) -> int:
    """The status of the answer, once all of it has arrived, and of the page that it redirects to."""
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": person.csrf, **data}) if data else ""
    head = [
        f"{'POST' if data else 'GET'} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{node}",
        f"Cookie: {person.session}; csrftoken={person.csrf}",
        "Connection: close",
        *(
            ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            if data
            else []
        ),
    ]
    reading, writing = await asyncio.open_connection("127.0.0.1", node)
    try:
        writing.write(("\r\n".join(head) + "\r\n\r\n" + body).encode())
        await writing.drain()
        answer = await reading.read(-1)
    finally:
        writing.close()
        with contextlib.suppress(OSError):
            await writing.wait_closed()
    status = int(answer.split(b" ", 2)[1])
    if status == 302:
        [elsewhere] = re.findall(rb"(?im)^location: (\S+)", answer)
        if b"/login" in elsewhere:
            return 401
        return await _asked(node, person, elsewhere.decode(), {})
    return status


async def _samples(pooler: int, seen: Seen, begin: float, end: float) -> None:
    """pgbouncer's own console answers simple statements only."""
    address = f"postgres://leadwell@127.0.0.1:{pooler}/pgbouncer"
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as console:
        while (now := time.monotonic()) < end:
            pools = await _shown(console, "SHOW POOLS")
            if now >= begin:
                seen.in_use.append(
                    sum(int(pool["sv_active"]) for pool in pools if pool["database"] == "leadwell")
                )
                seen.waiting.append(sum(int(pool["cl_waiting"]) for pool in pools))
            await asyncio.sleep(SAMPLE_EVERY)
        [stats] = [row for row in await _shown(console, "SHOW STATS") if row["database"] == "leadwell"]
        seen.held = int(stats["total_xact_time"]) / max(1, int(stats["total_xact_count"])) / 1000


async def _shown(console: psycopg.AsyncConnection, command: str) -> list[dict]:
    cursor = psycopg.AsyncClientCursor(console)
    await cursor.execute(command)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
