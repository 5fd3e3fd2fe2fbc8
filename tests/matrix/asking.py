"""Sending requests as one of the people: each leaves the world unchanged, and reports what it wrote."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from tests.matrix.oracle import Row
from tests.matrix.world import World

TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")
PART = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Answer:
    """A response; `wrote` names everything that the request touched, including undone writes."""

    status: int
    body: bytes
    headers: dict[str, str]
    wrote: tuple[str, ...] = ()

    @property
    def bare(self) -> tuple:
        """Without what differs on every page, such as the CSRF token."""
        return self.status, TOKEN.sub(b"", self.body), self.headers


class Asker:
    """Keeps one session for each person of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sessions = {}
        for person, user in world.people.items():
            client = Client()
            client.force_login(user, backend="accounts.sign_in.EmailBackend")
            self.sessions[person] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def client(self, person: str, **options) -> Client:
        client = Client(raise_request_exception=False, **options)
        if person in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person]
        return client

    def address(self, row: Row, person: str, thing: str = "") -> str:
        parts: dict[str, Any] = {
            name: self.world.filled(value) if isinstance(value, str) else value
            for name, value in dict(row.fixed).items()
        }
        if row.of:
            parts |= self.world.ids(row.of, thing, person)
        query = f"?{self.world.filled(row.query)}" if row.query else ""
        return "/" + PART.sub(lambda match: str(parts[match[1]]), row.path) + query

    def ask(self, row: Row, person: str, thing: str = "") -> Answer:
        """The request of this row, and what it would have left behind."""
        data = {name: self.world.filled(value) for name, value in row.data.items()}
        return self.send(row.method, self.address(row, person, thing), person, data)

    def send(self, method: str, address: str, person: str, data: dict | None = None, **headers) -> Answer:
        client = self.client(person)
        with undone(), written() as wrote:
            body = urlencode(data or {}, doseq=True)
            kind = "application/x-www-form-urlencoded" if method == "POST" else "application/octet-stream"
            answer = client.generic(method, address, body, content_type=kind, **headers)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        shown = {
            name: value
            for name, value in answer.headers.items()
            if name not in ("Set-Cookie", "X-Request-ID")
        }
        return Answer(answer.status_code, content, shown, tuple(wrote))


@contextmanager
def undone() -> Iterator[None]:
    """Rolls back everything written to the database inside."""
    mails = len(mail.outbox)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    del mail.outbox[mails:]


def tuples() -> dict[str, int]:
    """How many rows of each table this transaction has written, including undone ones; without the audit log, which
    records what is only viewed too."""
    with connection.cursor() as cursor:
        cursor.execute(
            # As in pg_stat_xact_user_tables, which looks up more and takes three times as long.
            """SELECT relname, written FROM pg_class CROSS JOIN LATERAL (SELECT pg_stat_get_xact_tuples_inserted(oid)
                   + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid)) AS counts (written)
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND written > 0
               AND relname NOT LIKE 'crm\\_auditentry\\_%'"""
        )
        return dict(cursor.fetchall())


def files() -> list[tuple[str, float]]:
    return sorted((str(path), path.stat().st_mtime) for path in Path(settings.MEDIA_ROOT).rglob("*"))


@contextmanager
def written() -> Iterator[list[str]]:
    """The tables, emails, and files touched inside; the tables include the job queue and sessions."""
    found: list[str] = []
    before, mails, later, kept = tuples(), len(mail.outbox), len(connection.run_on_commit), files()
    yield found
    found += [table for table, number in tuples().items() if number != before.get(table, 0)]
    found += ["a mail"] if len(mail.outbox) != mails else []
    found += ["what follows the commit"] if len(connection.run_on_commit) != later else []
    found += ["a file"] if files() != kept else []


def fingerprint() -> dict[str, str]:
    """A hash of the content of every table."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "axes_accesslog"]
        hashes = [
            f"SELECT '{name}', md5(coalesce(string_agg(row::text, E'\\n' ORDER BY row::text), '')) FROM {name} row"
            for name in sorted(tables)
        ]
        cursor.execute(" UNION ALL ".join(hashes))
        return dict(cursor.fetchall())
