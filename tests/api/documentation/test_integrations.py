"""The programs of docs/integrations.md, run as they are on the page."""

import hashlib
import hmac
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.signing import Signer

from crm.api.v2.changes.change_feed import SALT
from crm.platform.web.signed_bodies import build_signature_headers
from crm.records.history.verb_execution import operation
from customers.models import Contact
from tests.api.conftest import make_token
from tests.waiting import PATIENCE

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "integrations.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SECRET = "a secret of forty characters and more ..."


def find_program(with_text: str) -> str:
    (found,) = [program for program in PROGRAMS if with_text in program]
    return found


@pytest.fixture
def run(ada, live_server, tmp_path):
    """run(program, "file.csv") gives (exit code, what it printed); it has the rights that the page names and no others."""
    environment = {**os.environ, "SITE": live_server.url, "TOKEN": make_token(ada)}

    def started(program: str, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    return started


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_the_copy_has_what_is_there_and_follows_what_changes(run, make_contact, tmp_path):
    program = find_program("sqlite3")
    contacts = [make_contact(f"Ana Albu{number}", email=f"ana{number}@example.com") for number in range(3)]

    def read() -> list[tuple]:
        with sqlite3.connect(tmp_path / "contacts.sqlite") as copy:
            return copy.execute("SELECT id, name, email FROM contacts ORDER BY id").fetchall()

    assert run(program) == (0, "3\n")
    assert read() == [(one.pk, f"{one.first_name} {one.last_name}", one.email) for one in contacts]
    with operation("test", by=None):
        Contact.objects.filter(pk=contacts[0].pk).delete()
        Contact.objects.filter(pk=contacts[1].pk).update(email="new@example.com")
    assert run(program) == (0, "2\n")
    assert read()[0][2] == "new@example.com"
    assert run(program) == (0, "2\n")


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_the_copy_begins_again_where_its_cursor_cannot_be_followed(run, make_contact, tmp_path):
    program = find_program("sqlite3")
    make_contact()
    assert run(program) == (0, "1\n")
    signer = Signer(salt=SALT)
    copy = sqlite3.connect(tmp_path / "contacts.sqlite")
    owner, scope, _since, *place = signer.unsign_object(
        copy.execute("SELECT cursor FROM place").fetchone()[0]
    )
    with copy:
        # A snapshot of a time before there were numbers, and a row that is long gone.
        copy.execute("UPDATE place SET cursor = ?", (signer.sign_object([owner, scope, [0, 1], *place]),))
        copy.execute("INSERT INTO contacts VALUES (999999, 'Gone', '', 1)")
    make_contact("Dan Dinu")
    assert run(program) == (0, "2\n")


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_each_row_of_a_file_is_added_or_changes_its_contact_and_what_is_refused_is_named(
    run, make_contact, tmp_path
):
    program = find_program("Idempotency-Key")
    make_contact("Ana Albu", email="ana@example.com", title="Engineer")
    file = tmp_path / "contacts.csv"
    file.write_text(
        "last_name,email,title\nAlbu,ANA@example.com,\nDinu,dan@example.com,Driver\nEnache,no address,\n"
    )
    code, said = run(program, str(file))
    assert code == 1
    assert said.splitlines()[0] == "4 The given data was invalid. ['Enter a valid email address.']"
    assert said.splitlines()[1].startswith("1 added, ")
    assert set(Contact.objects.values_list("last_name", "title")) == {
        ("Albu", "Engineer"),
        ("Dinu", "Driver"),
    }
    file.write_text("last_name,email\nDinu,dan@example.com\n")
    assert run(program, str(file)) == (0, "0 added, 0 changed, operations []\n")


@pytest.fixture
def receiver():
    """The address of the receiver, and the process that prints what it has received."""
    process = subprocess.Popen(
        [sys.executable, "-c", find_program("BaseHTTPRequestHandler")],
        env={**os.environ, "SECRET": SECRET, "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}/", process
    process.kill()
    process.communicate()


def post(address: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, body, headers), timeout=PATIENCE
        ) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_receiver_takes_what_leadwell_signs_and_nothing_else(receiver):
    address, process = receiver
    body = json.dumps({"event": "test"}).encode()
    signed = build_signature_headers(SECRET, "delivery-1", body)
    assert post(address, body, signed) == 204
    assert process.stdout.readline() == "test delivery-1\n"
    assert post(address, body.replace(b"test", b"tess"), signed) == 403
    assert post(address, body, build_signature_headers("another secret", "delivery-2", body)) == 403
    assert post(address, body, signed | {"Leadwell-Signature": ""}) == 403
    assert post(address, body, signed | {"Leadwell-Signature": "t=soon,v1=é"}) == 403
    old = str(int(time.time()) - 3_600)
    signature = hmac.new(SECRET.encode(), old.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert post(address, body, signed | {"Leadwell-Signature": f"t={old},v1={signature}"}) == 403


def test_the_receiver_does_a_delivery_once(receiver):
    address, process = receiver
    body = json.dumps({"event": "operation"}).encode()
    for delivery in ("delivery-1", "delivery-1", "delivery-2"):
        assert post(address, body, build_signature_headers(SECRET, delivery, body)) == 204
    assert [process.stdout.readline() for _ in range(2)] == [
        "operation delivery-1\n",
        "operation delivery-2\n",
    ]
