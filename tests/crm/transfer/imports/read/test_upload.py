"""Receiving a file costs the web process nothing: it stores the bytes as they arrive and never looks into them."""

import ast
import tracemalloc

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from crm.models import Import
from crm.platform.configuration.environment import ROOT
from tests.crm.transfer.imports.importing import NEW, choose, upload

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

SIZE = 60_000_000
TOKEN = "0123456789abcdef" * 2
BOUNDARY = "boundary"


class Body:
    """What a browser sends, generated while it is read."""

    def __init__(self, size: int) -> None:
        token = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
        )
        file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'
        self.head, self.tail = (token + file).encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(self.head) + size + len(self.tail)
        self.left = size

    def read(self, most: int = -1) -> bytes:
        if self.head:
            part, self.head = self.head[:most], self.head[most:]
        elif self.left:
            part = b"Pop,Cluj\n" * 10_000
            part = part[: min(most if most > 0 else len(part), self.left)]
            self.left -= len(part)
        else:
            part, self.tail = self.tail[:most], self.tail[most:]
        return part

    readline = read


def test_a_file_of_60_megabytes_is_stored_without_keeping_it_in_memory(sign_in, ann):
    browser = sign_in(ann)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    body = Body(SIZE)
    environ = RequestFactory()._base_environ(
        REQUEST_METHOD="POST",
        PATH_INFO=NEW,
        CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}",
        CONTENT_LENGTH=str(body.length),
        HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        **{"wsgi.input": body},
    )
    said = []
    handler = WSGIHandler()
    tracemalloc.start()
    try:
        b"".join(handler(environ, lambda status, headers: said.append(status)))
        _held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert said == ["302 Found"]
    assert Import.objects.get().size == SIZE
    assert most < 10_000_000


def test_only_the_reading_process_knows_how_to_read_a_workbook():
    """Reports write theirs by openpyxl, from its parts that read nothing."""
    found = set()
    for app in settings.PRODUCT_APPS:
        for path in (ROOT / app).rglob("*.py"):
            if any(map(can_read_a_workbook, ast.walk(ast.parse(path.read_text())))):
                found.add(path.relative_to(ROOT).as_posix())
    assert found == {"crm/platform/excel/reading/reader_process.py"}


def can_read_a_workbook(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in ("python_calamine", "openpyxl") for alias in node.names)
    if not isinstance(node, ast.ImportFrom):
        return False
    package, _dot, part = (node.module or "").partition(".")
    reads = part.startswith("reader") or any(alias.name == "load_workbook" for alias in node.names)
    return package == "python_calamine" or (package == "openpyxl" and reads)


def test_repeated_and_missing_headers_are_distinguished_by_their_columns(sign_in, ann):
    browser = sign_in(ann)
    rows = [
        ["Last name", "E-mail", "E-mail", None, "City"],
        ["Pop", "a@example.com", "b@example.com", "note", "Cluj"],
    ]
    imported = upload(browser, rows)
    assert [column["heading"] for column in imported.columns] == ["Last name", "E-mail", "E-mail", "", "City"]
    assert imported.mapping[:2] == ["last_name", "email"]
    assert imported.mapping[2] != "email"
    assert imported.mapping[4] == "city"
    imported = choose(browser, imported, "columns")
    assert imported.counts["new"] == 1
