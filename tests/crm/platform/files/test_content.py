"""What a file is, judged by its bytes, and the names that people see."""

import io
import zipfile

import pytest

from crm.platform.files.content_detection import (
    HARMLESS,
    PROGRAM_TYPE,
    UNKNOWN_TYPE,
    detect_content_type,
    does_ending_fit_content,
)
from crm.platform.files.file_names import clean_file_name
from crm.platform.files.limits import LONGEST_NAME
from crm.platform.files.store import NotKept, store_file


def zipped(*names: str, first: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        if first:
            file.writestr("mimetype", first)
        for name in names:
            file.writestr(name, "x" * 9_000)
    return out.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT_DOCUMENT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.4", "application/pdf"),
        (zipped("[Content_Types].xml", "word/document.xml"), WORD),
        (zipped(first=TEXT_DOCUMENT.encode()), TEXT_DOCUMENT),
        (zipped("a.txt"), "application/zip"),
        ("Ștefan; țară".encode(), "text/plain"),
        ("Ștefan; țară".encode("utf-16"), "text/plain"),
        ("Café, déjà vu, garçon, all in one region's encoding".encode("latin-1"), "text/plain"),
        ("ș".encode() * 4_095 + b"x" + "ș".encode(), "text/plain"),
        (b"MZ is how this text begins", "text/plain"),
        (b"  \n<!DOCTYPE HTML><p>", "text/html"),
        (b"<p>a</p><SCRIPT>alert(1)</SCRIPT>", "text/html"),
        ("<html>".encode("utf-16"), "text/html"),
        (b'<?xml version="1.0"?><svg:svg/>', "image/svg+xml"),
        (b'<?xml version="1.0"?><a/>', "application/xml"),
        (b"MZ\x90\0\x03\0\0\0\x04", PROGRAM_TYPE),
        (b"\x7fELF\x02\x01", PROGRAM_TYPE),
        (b"\xcf\xfa\xed\xfe\x07", PROGRAM_TYPE),
        (b"#!/usr/bin/env python3\n", PROGRAM_TYPE),
        (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0", PROGRAM_TYPE),
        (zipped("classes.dex", "AndroidManifest.xml"), PROGRAM_TYPE),
        (zipped("META-INF/MANIFEST.MF", "Main.class"), PROGRAM_TYPE),
        (bytes(range(256)), UNKNOWN_TYPE),
    ],
)
def test_the_type_of_a_file_is_what_its_bytes_say(content, found):
    assert detect_content_type(io.BytesIO(content)) == found


def test_pages_drawings_and_programs_are_never_sent_as_what_they_are():
    assert not HARMLESS & {
        "text/html",
        "image/svg+xml",
        "application/xml",
        "application/xhtml+xml",
        PROGRAM_TYPE,
    }


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\bob\\offer.pdf", "offer.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("nul\0l.txt", "null.txt"),
        ("  two \u2003 spaces .txt ", "two spaces .txt"),
        ("offer.pdf. .", "offer.pdf"),
        ("..", "file"),
        ("", "file"),
        ("Ofertă finală 報價.pdf", "Ofertă finală 報價.pdf"),
    ],
)
def test_a_name_has_no_folders_no_line_ends_and_no_invisible_characters(sent, name):
    assert clean_file_name(sent) == name


def test_a_long_name_is_shortened_and_keeps_its_ending():
    name = clean_file_name("ș" * 300 + ".docx")
    assert len(name) == LONGEST_NAME
    assert name.endswith("ș.docx")


def too_much():
    yield b"12345"
    yield b"67890"


def full():
    yield b"12345"
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("chunks", "code"), [(too_much, "size"), (full, "disk"), (list, "empty")])
def test_a_file_that_can_not_be_kept_leaves_nothing_on_the_disk(settings, chunks, code):
    with pytest.raises(NotKept) as refused:
        store_file(chunks(), "attached", most=9)
    assert refused.value.code == code
    assert not settings.MEDIA_ROOT.exists()
    assert list((settings.TEMPORARY).iterdir()) == []


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
JPEG = b"\xff\xd8\xff\xe0...."


@pytest.mark.parametrize(
    ("ending", "content", "fitting"),
    [
        (".pdf", b"%PDF-1.4", True),
        (".pdf", JPEG, False),
        (".png", JPEG, True),
        (".png", b"<html><script>", False),
        (".jpg", b"%PDF-1.4", False),
        (".docx", zipped("[Content_Types].xml", "word/document.xml"), True),
        (".docx", OLE, True),
        (".docx", b"{\\rtf1", False),
        (".xlsx", b"a;b;c", False),
        (".zip", zipped("a.txt"), True),
        (".zip", zipped(), True),
        (".zip", b"Rar!\x1a\x07", False),
        # Many programs write pages or texts under these endings.
        (".xls", b"<html><table>", True),
        (".doc", b"{\\rtf1", True),
        (".txt", "Ștefan".encode("utf-16"), True),
        (".other", bytes(range(256)), True),
    ],
)
def test_the_content_of_a_file_fits_its_ending(ending, content, fitting):
    assert does_ending_fit_content(ending, detect_content_type(io.BytesIO(content))) == fitting
