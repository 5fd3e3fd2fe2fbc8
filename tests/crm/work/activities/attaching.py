"""Uploading files to a record and looking at them, as the tests of attached files do."""

import io
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import AttachedFile

PDF = b"%PDF-1.7 an offer"
PAGE = b"<!DOCTYPE html><script>alert(1)</script>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PROGRAM = b"MZ\x90\0\x03\0\0\0" + bytes(200)


def upload(name: str = "offer.pdf", content: bytes = PDF, content_type: str = "text/plain"):
    return SimpleUploadedFile(name, content, content_type)


def attach(browser, record, *uploads, **sent):
    """The answer to adding these files to a record, or one file if none are given."""
    files = list(uploads) or [upload()]
    data = {"type": "file", "attachments": files, **sent}
    return browser.post(f"{record.get_absolute_url()}/activities", data, follow=True)


def address_of(file: AttachedFile) -> str:
    row = file.activity
    of = {"lead": "leads", "company": "companies"}[row.of]
    return f"/admin/{of}/{row.record}/activities/{row.pk}/files/{file.pk}"


def place_of(file: str) -> Path:
    """Where a kept file is on the disk."""
    return Path(settings.MEDIA_ROOT) / file


def on_the_disk() -> list:
    folder = settings.MEDIA_ROOT / "attached"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def picture(width: int = 400, height: int = 300, format: str = "PNG", **options) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, format, **options)
    return out.getvalue()
