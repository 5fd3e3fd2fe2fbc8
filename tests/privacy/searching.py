"""Searching everything that is stored: every column of every table, a dump of the database, and every file on the disk."""

import base64
import email
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from email import policy
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from crm.platform.database import client_programs
from crm.platform.text.text_folding import fold_text

TABLES = """SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"""
# Tables of the tests, and the views for BI tools, which have no rows of their own.
NOT_DUMPED = ("shipped", "report")
BYTES = """SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bytea'"""


def everything() -> dict[str, list[str]]:
    """The rows of every table as JSON texts; bytes are read as text too."""
    with connection.cursor() as cursor:
        cursor.execute(BYTES)
        of_bytes = cursor.fetchall()
        cursor.execute(TABLES)
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found[table] = [row for (row,) in cursor.fetchall()]
        for table, column in of_bytes:
            cursor.execute(f'SELECT "{column}" FROM "{table}"')
            found[table] += [
                bytes(value).decode("utf-8", "replace") for (value,) in cursor.fetchall() if value
            ]
    return found


def dumped() -> Iterator[tuple[str, str]]:
    """The lines of a plain dump of the committed rows, as `pg_dump` writes it for backups too, each with its table; a partition
    counts as the table that it belongs to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits")
        wholes = dict(cursor.fetchall())
    without = [f"--exclude-schema={name}" for name in NOT_DUMPED]
    process = client_programs.start_program("pg_dump", "--format=plain", *without, stdout=subprocess.PIPE)
    said, error = process.communicate()
    assert process.returncode == 0, error
    table = ""
    for line in said.decode("utf-8", "replace").splitlines():
        if line.startswith("COPY "):
            table = line.split()[1].removeprefix("public.")
            table = wholes.get(table, table)
        yield table, re.sub(r"\\\\x((?:[0-9a-f]{2})+)", _from_hex, line)


def _from_hex(found: re.Match) -> str:
    """Bytes, as a dump writes them."""
    return bytes.fromhex(found[1]).decode("utf-8", "replace")


def found_in_dump(wanted: list[str], digits: list[str]) -> list[str]:
    return [f"{table}: {one} in {line}" for table, line in dumped() if (one := has(line, wanted, digits))]


def needles(*, names=(), emails=()) -> list[str]:
    """All spellings in which they may be stored, in lower case."""
    found = [*names, *emails]
    for address in emails:
        found += [
            quote(address),
            quote(address, safe=""),
            base64.b64encode(address.encode()).decode().rstrip("=")[:-2],
        ]
    for name in names:
        found += [quote(name), json.dumps(name).strip('"'), fold_text(name)]
    return sorted({one.lower() for one in found})


def numbers(phones) -> list[str]:
    return ["".join(sign for sign in phone if sign.isdigit())[-9:] for phone in phones]


def has(text: str, wanted: list[str], digits: list[str]) -> str:
    """What of it is found in the text, or ''. A phone number is found whatever is between its digits."""
    lower = text.lower()
    for one in wanted:
        if one in lower:
            return one
    # The national part of a phone, in any spelling.
    plain = lower.replace("%20", "").translate(str.maketrans("", "", " -./()+_\xa0"))
    return next((one for one in digits if one in plain), "")


def found_in_database(wanted: list[str], digits: list[str]) -> list[str]:
    return [
        f"{table}: {one} in {row}"
        for table, rows in everything().items()
        for row in rows
        if (one := has(row, wanted, digits))
    ]


def found_in_files(folder: Path, wanted: list[str], digits: list[str]) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file() and "postgres" not in path.parts:
            found += [f"{path}: {one}" for text in texts_of(path) if (one := has(text, wanted, digits))]
    return found


def texts_of(path: Path) -> list[str]:
    """The content and the name of a file; a workbook is unpacked, an email is decoded."""
    data = path.read_bytes()
    texts = [path.name, data.decode("utf-8", "replace")]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            texts += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    if path.parent.name == "mail":
        letter = email.message_from_bytes(data, policy=policy.default)
        texts += [str(value) for value in letter.values()]
        parts = [part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()]
        texts += [part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes)]
    return texts
