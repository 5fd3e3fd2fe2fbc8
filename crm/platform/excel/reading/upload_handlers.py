"""Uploads stop at the size limit or when the disk is full: the rest is discarded, and the request says why."""

import contextlib

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from crm.platform.excel.reading import limits
from crm.platform.web.transactions import is_disk_full

# The request attribute of get_drop_reason().
DROPPED = "upload_dropped"


def get_drop_reason(request: HttpRequest) -> str:
    """Why a file was dropped: "size" or "disk" (crm/platform/excel/reading/error_messages.py); '' if none was."""
    return vars(request).get(DROPPED, "")


class LimitedUploadHandler(FileUploadHandler):
    """The first of FILE_UPLOAD_HANDLERS: drops files that are too large."""

    def new_file(self, *arguments, **keywords):
        super().new_file(*arguments, **keywords)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > limits.FILE_BYTES:
            setattr(self.request, DROPPED, "size")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None


class RoomyUploadHandler(TemporaryFileUploadHandler):
    """The last one: drops a large file that doesn't fit on the disk."""

    def receive_data_chunk(self, raw_data, start):
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if not is_disk_full(error):
                raise
            # Closing flushes the rest, which doesn't fit either.
            with contextlib.suppress(OSError):
                self.file.close()
            setattr(self.request, DROPPED, "disk")
            raise SkipFile from error
