"""Sending requests as one of the people: each leaves the world unchanged, and reports what it wrote."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import mail
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.test import Client

from tests.matrix.oracle import Row
from tests.matrix.read_once import Kept, session_and_user_read_once
from tests.matrix.world import World

TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")
PART = re.compile(r"<(?:\w+:)?(\w+)>")
# How many rows of each table were written, and the files with their times.
Left = tuple[dict[str, int], list[tuple[str, float]]]
# A person and a thing.
Asked = tuple[str, str]


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
        # The middleware, loaded once for all requests.
        self.handlers: dict[bool, BaseHandler] = {}
        # What the last request has left, within `in_a_row`.
        self.left: list[Left] | None = None
        # Emails and work after the commit of requests that are watched together, by `ask_all`.
        self.noticed: list[str] | None = None
        # Sessions and users, which stay the same as long as nothing is written: what the transaction had written by then.
        self.kept, self.kept_since = Kept(), dict[str, int]()
        for person, user in world.people.items():
            client = Client()
            client.force_login(user, backend="accounts.sign_in.EmailBackend")
            self.sessions[person] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def client(self, person: str, **options) -> Client:
        client = Client(raise_request_exception=False, **options)
        client.handler = self.handlers.setdefault(client.handler.enforce_csrf_checks, client.handler)
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

    def ask_all(self, row: Row, who: list[Asked], *, may_write: bool) -> dict[Asked, Answer]:
        """The same for many people and things. What they wrote is looked up once for all of them; only if one wrote that may
        not is each asked again by itself."""
        self.noticed = []
        try:
            with written(self.left) as wrote:
                answers = {one: self.ask(row, *one) for one in who}
            wrote += self.noticed
        finally:
            self.noticed = None
        return answers if may_write or not wrote else {one: self.ask(row, *one) for one in who}

    def send(self, method: str, address: str, person: str, data: dict | None = None, **headers) -> Answer:
        client = self.client(person)
        watched = written(self.left) if self.noticed is None else aside(self.noticed)
        with undone(), watched as wrote:
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
    def in_a_row(self) -> Iterator[None]:
        """Inside, nothing but requests writes, so each finds what the one before has left: it isn't read again."""
        now = tuples()
        if now != self.kept_since:
            self.kept.forget()
        self.left = [(now, files())]
        try:
            with session_and_user_read_once(self.kept):
                yield
            self.kept_since = tuples()
            assert self.left[0][0] == self.kept_since, "Something else wrote between two requests."
        finally:
            self.left = None


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
    connection.ensure_connection()
    _prepare(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE written_rows")
        return dict(cursor.fetchall())


@cache
def _prepare(_one_connection) -> None:
    """Once for each connection: planning takes longer than the answer.

    As in pg_stat_xact_user_tables, which looks up more and takes ten times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT array_agg(name), array_agg(oid::bigint) FROM (
                   SELECT c.oid, coalesce(parent.relname, c.relname)::text AS name FROM pg_class c
                   LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
                   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r') tables WHERE name <> 'crm_auditentry'"""
        )
        cursor.execute(
            """PREPARE written_rows AS SELECT relname, sum(written)::integer
               FROM unnest(%s::text[], %s::oid[]) AS tables (relname, oid)
               CROSS JOIN LATERAL (SELECT pg_stat_get_xact_tuples_inserted(oid)
                   + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid)) AS counts (written)
               WHERE written > 0 GROUP BY relname""",
            cursor.fetchone(),
        )


def files() -> list[tuple[str, float]]:
    """Path.rglob() takes ten times as long: a tenth of the time of all requests."""
    return sorted(_below(settings.MEDIA_ROOT)) if Path(settings.MEDIA_ROOT).is_dir() else []


def _below(folder: str | Path) -> Iterator[tuple[str, float]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry.path, entry.stat().st_mtime
            if entry.is_dir():
                yield from _below(entry.path)


@contextmanager
def written(left: list[Left] | None = None) -> Iterator[list[str]]:
    """The tables, emails, and files touched inside; the tables include the job queue and sessions.

    `left` has what is there already if the caller knows it, and gets what is there afterwards.
    """
    found: list[str] = []
    before, kept = left.pop() if left else (tuples(), files())
    with aside(found):
        yield found
    after, stored = tuples(), files()
    found += [table for table, number in after.items() if number != before.get(table, 0)]
    if stored != kept:
        found.append("a file")
        # The rows that name new files are undone.
        for path in {path for path, _time in stored} - {path for path, _time in kept}:
            if os.path.isfile(path):  # noqa: PTH113 - as in files()
                os.unlink(path)  # noqa: PTH108
        stored = files()
    if left is not None:
        left.append((after, stored))


@contextmanager
def aside(found: list[str]) -> Iterator[list[str]]:
    """What is sent inside, or waits for the commit; the database isn't asked. The list that was given gets it."""
    mails, later = len(mail.outbox), len(connection.run_on_commit)
    yield found
    found += ["a mail"] if len(mail.outbox) != mails else []
    found += ["what follows the commit"] if len(connection.run_on_commit) != later else []


def fingerprint() -> dict[str, str]:
    """A hash of the content of every table."""
    with connection.cursor() as cursor:
        cursor.execute(_hashes())
        return dict(cursor.fetchall())


@cache
def _hashes() -> str:
    """The statement that reads every table."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "axes_accesslog"]
    return " UNION ALL ".join(
        f"SELECT '{name}', md5(coalesce(string_agg(row::text, E'\\n' ORDER BY row::text), '')) FROM {name} row"
        for name in sorted(tables)
    )
