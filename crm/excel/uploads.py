"""Uploads end at the limit: what comes after it is thrown away instead of stored."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from crm.excel import limits

# The name under which a request says that a file of it was dropped.
TOO_LARGE = "upload_too_large"


class LimitedUploadHandler(FileUploadHandler):
    """The first of FILE_UPLOAD_HANDLERS. A file that is too large is dropped, and `request.upload_too_large` says so."""

    def new_file(self, *arguments, **keywords):
        super().new_file(*arguments, **keywords)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > limits.FILE_BYTES:
            setattr(self.request, TOO_LARGE, True)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None
