"""What a file contains, judged by its bytes alone: its name and what the browser says can be made up.

The signatures are those of the formats' specifications, as collected in the WHATWG's "MIME Sniffing" and in the database of file(1).
"""

import re
from typing import BinaryIO

HEAD, TAIL = 8_192, 65_536
UNKNOWN_TYPE = "application/octet-stream"
PROGRAM_TYPE = "application/x-executable"
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# The first bytes of a file.
SIGNATURES = {
    b"\x7fELF": PROGRAM_TYPE,
    # Mach-O in both byte orders; for several processors, whose signature Java classes have too.
    b"\xfe\xed\xfa\xce": PROGRAM_TYPE,
    b"\xfe\xed\xfa\xcf": PROGRAM_TYPE,
    b"\xce\xfa\xed\xfe": PROGRAM_TYPE,
    b"\xcf\xfa\xed\xfe": PROGRAM_TYPE,
    b"\xca\xfe\xba\xbe": PROGRAM_TYPE,
    b"dex\n": PROGRAM_TYPE,
    b"\0asm": PROGRAM_TYPE,
    # A script that names its interpreter.
    b"#!": PROGRAM_TYPE,
    # A shortcut of Windows, which can start anything.
    b"L\0\0\0\x01\x14\x02\0": PROGRAM_TYPE,
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"%PDF-": "application/pdf",
    b"{\\rtf": "application/rtf",
    # Word, Excel, PowerPoint and Outlook before 2007.
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "application/x-ole-storage",
    b"\x1f\x8b": "application/gzip",
    b"7z\xbc\xaf\x27\x1c": "application/x-7z-compressed",
    b"Rar!\x1a\x07": "application/vnd.rar",
    b"ID3": "audio/mpeg",
    b"OggS": "application/ogg",
}
OFFICE = "application/vnd.openxmlformats-officedocument."
# A zip with a part of this name is such a document.
PARTS = {
    b"word/document.xml": f"{OFFICE}wordprocessingml.document",
    b"xl/workbook.": f"{OFFICE}spreadsheetml.sheet",
    b"ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
    # Packages of Android and Java.
    b"AndroidManifest.xml": PROGRAM_TYPE,
    b"META-INF/MANIFEST.MF": PROGRAM_TYPE,
}
# The media types that a download may have. Pages and drawings, which can contain scripts, are sent as unknown bytes.
HARMLESS = {*PICTURES, *PARTS.values(), "application/pdf", "application/zip", "text/plain"} - {PROGRAM_TYPE}
# What a file with such an ending contains. A document with a password is an old container, and programs save pictures under the
# endings of other pictures; endings that aren't listed say too little.
ZIPS = {"application/zip", *PARTS.values()} - {PROGRAM_TYPE}
CLAIMED = {
    **dict.fromkeys([".png", ".jpg", ".jpeg", ".gif", ".webp"], PICTURES),
    ".pdf": {"application/pdf"},
    **dict.fromkeys([".docx", ".xlsx", ".xlsm", ".pptx"], ZIPS | {"application/x-ole-storage"}),
    ".zip": ZIPS,
}
OPEN_DOCUMENT = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.[a-z-]+)")
PAGE = re.compile(r"<(!doctype\s+html|html|head|body|script|iframe|xhtml:html)\b")
DRAWING = re.compile(r"<(!doctype\s+)?(\w+:)?svg\b")


def does_ending_fit_content(ending: str, content_type: str) -> bool:
    """Whether a file with this ending, such as ".pdf", may have this content."""
    return content_type in CLAIMED.get(ending, {content_type})


def detect_content_type(file: BinaryIO) -> str:
    """The media type, PROGRAM for what a computer would run, UNKNOWN for anything else."""
    head, tail = _read_edges(file)
    for signature, found in SIGNATURES.items():
        if head.startswith(signature):
            return found
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _detect_zip_type(head, tail)
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}[head[8:12]]
    if head[4:8] == b"ftyp":
        return "video/mp4"
    text = _decode_text_head(head)
    if text is not None:
        return _detect_text_type(text)
    # A program of DOS or Windows; a text may begin with these letters.
    return PROGRAM_TYPE if head.startswith(b"MZ") else UNKNOWN_TYPE


def _read_edges(file: BinaryIO) -> tuple[bytes, bytes]:
    """The first and the last bytes."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(HEAD)
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    file.seek(0)
    return head, tail


def _detect_zip_type(head: bytes, tail: bytes) -> str:
    """A zip ends with the list of its parts; an OpenDocument file begins with its type."""
    if found := OPEN_DOCUMENT.search(head):
        return found[1].decode()
    return next((kind for part, kind in PARTS.items() if part in head or part in tail), "application/zip")


def _decode_text_head(head: bytes) -> str | None:
    """The beginning of a text in lower case, or None if it is none."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in head:
        return None
    # The last character may be cut.
    text = head.decode(encoding, errors="replace").rstrip("\ufffd").lower()
    odd = sum(letter < " " and letter not in "\t\n\r\f\x1b" for letter in text) + text.count("\ufffd")
    # Texts in the encodings of one region aren't UTF-8, but mostly ASCII.
    return text if odd * 5 <= len(text) else None


def _detect_text_type(text: str) -> str:
    if DRAWING.search(text):
        return "image/svg+xml"
    if PAGE.search(text):
        return "text/html"
    return "application/xml" if text.lstrip().startswith("<?xml") else "text/plain"
