"""Uploads end at the limit, or where the disk does: what comes after it is thrown away, and the request says why."""

import contextlib

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler

from crm.excel import limits
from crm.web.transactions import disk_full

# The name under which a request says why a file of it was dropped: "size" or "disk" (crm/excel/refusals.py).
DROPPED = "upload_dropped"


class LimitedUploadHandler(FileUploadHandler):
    """The first of FILE_UPLOAD_HANDLERS: a file that is too large is dropped."""

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
    """The last of them: a large file for which the disk has no room is dropped."""

    def receive_data_chunk(self, raw_data, start):
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if not disk_full(error):
                raise
            # Closing writes the rest, for which there is no room either.
            with contextlib.suppress(OSError):
                self.file.close()
            setattr(self.request, DROPPED, "disk")
            raise SkipFile from error
