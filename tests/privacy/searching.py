"""Searching everything that is stored: every column of every table, and every file on the disk."""

import base64
import io
import json
import zipfile
from pathlib import Path
from urllib.parse import quote

from django.db import connection

TABLES = """SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"""
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


def needles(*, names=(), emails=(), phones=()) -> list[str]:
    """All spellings in which they may be stored, in lower case."""
    found = [*names, *emails]
    for email in emails:
        found += [
            quote(email),
            quote(email, safe=""),
            base64.b64encode(email.encode()).decode().rstrip("=")[:-2],
        ]
    for name in names:
        found += [quote(name), json.dumps(name).strip('"')]
    return [one.lower() for one in found]


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
    """The content and the name of a file; a workbook is unpacked."""
    data = path.read_bytes()
    texts = [path.name, data.decode("utf-8", "replace")]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            texts += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return texts
