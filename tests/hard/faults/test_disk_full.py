"""A disk that is really full during exports and imports: the user gets a message, and nothing partial is left.

If nothing can be mounted, the files are written to /dev/full, which gives the same error. For tables,
tests/hard/faults/test_import.py uses PostgreSQL's error.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import IO

import pytest
from django.core.files import temp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.models import Export, Import
from tests.crm.transfer.exports.exporting import ALL, LIST, WRITE, export, rows_of
from tests.crm.transfer.imports.importing import NEW, upload
from tests.hard.many import many_leads

pytestmark = [
    pytest.mark.hard,
    pytest.mark.usefixtures("patient"),
    pytest.mark.django_db(transaction=True, databases=["default", "progress"]),
]

FULL = "The server is out of disk space, so the file couldn’t be saved."


def mounted(folder: Path, size: str) -> bool:
    """Whether this folder is now a separate disk with this much space."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


@pytest.fixture
def small_disk(settings, tmp_path, monkeypatch):
    """The product's files are on a disk of 300 KB. Calling the fixture frees space."""
    settings.MEDIA_ROOT, settings.TEMPORARY = tmp_path / "small", tmp_path / "small" / "temporary"
    if mounted(settings.MEDIA_ROOT, "300k"):
        size = ["mount", "-o", "remount,size=100m", str(settings.MEDIA_ROOT)]
        yield lambda: subprocess.run(size, check=True, capture_output=True)
        subprocess.run(["umount", "--lazy", str(settings.MEDIA_ROOT)], check=True)
    else:
        plain = Path.open

        def opened(path, mode="r", *arguments, **keywords):
            full = mode == "wb" and settings.MEDIA_ROOT in path.parents
            return plain(Path("/dev/full") if full else path, mode, *arguments, **keywords)

        monkeypatch.setattr(Path, "open", opened)
        yield monkeypatch.undo


def full_file() -> IO[bytes]:
    return Path("/dev/full").open("wb")


def files(settings) -> list[Path]:
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_an_upload_to_a_full_disk_is_refused_and_leaves_nothing(sign_in, ann, settings, small_disk):
    browser = sign_in(ann)
    data = b"Last name\n" + os.urandom(600_000).hex().encode()
    answer = browser.post(NEW, {"file": SimpleUploadedFile("a.csv", data)})
    assert answer.status_code == 422
    assert FULL in answer.text
    assert not Import.objects.exists()
    assert files(settings) == []
    small_disk()
    assert upload(browser, [["Last name"], ["Pop"]]).stop_message == ""


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_export_to_a_full_disk_sends_nothing_and_its_receipt_says_why(
    sign_in, ann, settings, small_disk, departments, statuses, sources, kind
):
    many_leads(10_000, departments.sales, statuses.new, sources.other, "RO")
    browser = sign_in(ann)
    assert browser.post(f"{WRITE}?all=1", ALL | {"format": kind})["Location"] == LIST
    receipt = Export.objects.get()
    assert (receipt.state, receipt.file) == ("failed", "")
    assert receipt.note.startswith(FULL)
    assert FULL in browser.get(LIST).text
    assert files(settings) == []
    small_disk()
    assert len(rows_of(export(browser))) == 10_000


def test_an_upload_to_a_full_upload_folder_is_refused(sign_in, ann, settings, tmp_path, monkeypatch):
    """Before a large upload is ours, it is kept there; the token of the form is read from what it came with."""
    folder = tmp_path / "uploads"
    room = mounted(folder, "300k")
    if not room:
        monkeypatch.setattr(temp, "NamedTemporaryFile", lambda **_keywords: full_file())
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ann, backend="accounts.sign_in.EmailBackend")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(NEW).text)[1]
    file = SimpleUploadedFile("a.csv", b"x" * 4_000_000)
    try:
        answer = browser.post(NEW, {"csrfmiddlewaretoken": token, "file": file})
        assert list(folder.iterdir()) == []
    finally:
        if room:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
    assert answer.status_code == 422
    assert FULL in answer.text
    assert not Import.objects.exists()
