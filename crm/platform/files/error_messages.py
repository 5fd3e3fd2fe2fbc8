"""Why files can't be attached, in sentences that name the file and say what to do."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from crm.platform.excel.reading.error_messages import get_rejection_sentence as sentence_of_imports
from crm.platform.files.content_detection import PROGRAM_TYPE, detect_content_type, does_ending_fit_content
from crm.platform.files.file_names import clean_file_name
from crm.platform.files.limits import MAX_FILES, get_max_bytes

# What the systems that people use would run or install; scripts look like any other text.
PROGRAM_ENDINGS = {
    f".{ending}"
    for ending in [
        "apk",
        "app",
        "appx",
        "bat",
        "chm",
        "cmd",
        "com",
        "cpl",
        "deb",
        "dll",
        "dmg",
        "exe",
        "gadget",
        "hta",
        "iso",
        "jar",
        "js",
        "jse",
        "lnk",
        "mjs",
        "msc",
        "msi",
        "msix",
        "msp",
        "pif",
        "pkg",
        "ps1",
        "psm1",
        "reg",
        "rpm",
        "scf",
        "scr",
        "sh",
        "sys",
        "url",
        "vb",
        "vbe",
        "vbs",
        "ws",
        "wsf",
        "wsh",
    ]
}


def get_refusal_sentence(code: str, name: str = "") -> str:
    """The reason in the user's language. The name is missing if the file was dropped while it arrived."""
    words = {
        "size": _("“%(name)s” is larger than %(megabytes)s MB.")
        if name
        else _("One of the files is larger than %(megabytes)s MB."),
        "empty": _("“%(name)s” is empty."),
        "program": _("“%(name)s” is an executable file. Executable files can’t be attached."),
        "other": _("“%(name)s” isn’t what its name says. Save it again in its program, or rename it."),
        "many": _("Choose at most %(files)s files at a time."),
        "together": _("Together, the files are larger than %(megabytes)s MB. Choose fewer or smaller ones."),
        "disk": sentence_of_imports("disk"),
        "store": sentence_of_imports("store"),
    }[code]
    return words % {"name": name, "megabytes": settings.FILE_MEGABYTES, "files": MAX_FILES}


def get_refusal_sentences(uploads: Sequence[UploadedFile]) -> list[str]:
    """What is wrong with these files; nothing is kept yet."""
    if len(uploads) > MAX_FILES:
        return [get_refusal_sentence("many")]
    codes = ((clean_file_name(upload.name or ""), get_refusal_code(upload)) for upload in uploads)
    return [get_refusal_sentence(code, name) for name, code in codes if code]


def get_too_much_error(uploads: Sequence[UploadedFile], others: Sequence[Any]) -> str:
    """What is wrong with these uploads and files on the disk going along in one email, or ''. A mail server limits the size of
    the whole email, so all together may be as large as one file on a record."""
    if len(uploads) + len(others) > MAX_FILES:
        return get_refusal_sentence("many")
    size = sum(upload.size or 0 for upload in uploads) + sum(file.size for file in others)
    return get_refusal_sentence("together") if size > get_max_bytes() else ""


def get_refusal_code(upload: UploadedFile) -> str:
    """Why this file can't be attached, or ''."""
    if not upload.size:
        return "empty"
    if upload.size > get_max_bytes():
        return "size"
    ending = PurePosixPath(clean_file_name(upload.name or "")).suffix.lower()
    # An UploadedFile passes read, seek and tell on to the file that it wraps.
    found = detect_content_type(upload)  # type: ignore[arg-type]
    if ending in PROGRAM_ENDINGS or found == PROGRAM_TYPE:
        return "program"
    return "" if does_ending_fit_content(ending, found) else "other"
