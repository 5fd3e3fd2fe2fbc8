"""Storing uploaded files that are about to be attached to an activity."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.files.uploadedfile import UploadedFile

from crm.platform.files.content_detection import PICTURES, detect_content_type
from crm.platform.files.file_names import clean_file_name
from crm.platform.files.kept_file import KeptFile
from crm.platform.files.limits import get_max_bytes
from crm.platform.files.store import generate_name, put_file, remove_unnamed_file, write_draft
from crm.platform.files.store import remove_file as remove_one
from crm.platform.files.thumbnails import THUMBNAIL_ENDING, get_thumbnail_path, make_thumbnail

ATTACHMENT_FOLDER = "attached"


@contextmanager
def store_uploads(uploads: Iterable[UploadedFile]) -> Iterator[list[KeptFile]]:
    """The uploads as files in the store. If anything fails inside, they are removed again. So it is entered within the transaction:
    what a failed commit leaves behind is removed by the hourly sweep, because no one knows whether it was one.

    Raises NotKept.
    """
    found: list[KeptFile] = []
    try:
        for upload in uploads:
            found.append(_store_upload(upload))
        yield found
    except BaseException:
        for each in found:
            remove_unnamed_with_thumbnail(each.file)
        raise


def _store_upload(upload: UploadedFile) -> KeptFile:
    with write_draft(upload.chunks(), most=get_max_bytes()) as whole:
        with whole.path.open("rb") as content:
            content_type = detect_content_type(content)
        small, file = get_thumbnail_path(whole.path), generate_name(ATTACHMENT_FOLDER)
        has_thumbnail = content_type in PICTURES and make_thumbnail(whole.path)
        try:
            put_file(whole.path, file)
            if has_thumbnail:
                with _remove_on_failure(file):
                    put_file(small, file + THUMBNAIL_ENDING)
        finally:
            small.unlink(missing_ok=True)
    return KeptFile(
        clean_file_name(upload.name or ""), whole.size, content_type, whole.sha256, file, has_thumbnail
    )


@contextmanager
def _remove_on_failure(file: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        remove_unnamed_file(file)
        raise


def remove_with_thumbnail(file: str) -> None:
    """Remove a file and its thumbnail from the store. Raises StoreAway."""
    remove_one(file + THUMBNAIL_ENDING)
    remove_one(file)


def remove_unnamed_with_thumbnail(file: str) -> None:
    """Remove a file that no row names, and its thumbnail, now or later."""
    remove_unnamed_file(file + THUMBNAIL_ENDING)
    remove_unnamed_file(file)
