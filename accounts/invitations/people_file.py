"""Reading a list of people from a workbook or a CSV file."""

from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from accounts.invitations.pasted_lines import write_rows_as_text
from crm.platform.excel.reading import limits
from crm.platform.excel.reading.error_messages import get_rejection_sentence
from crm.platform.excel.reading.reader import UnreadableFile, open_file_rows

# The page waits while the file is read.
FILE_BYTES = 2_000_000


def read_people_file(upload: UploadedFile, *, most: int) -> str:
    """The first `most` rows of its first sheet as text, with tabs between the cells. Raises UnreadableFile."""
    name = upload.name or ""
    if Path(name.lower()).suffix not in limits.EXTENSIONS:
        raise UnreadableFile(get_rejection_sentence("kind"))
    if (upload.size or 0) > FILE_BYTES:
        raise UnreadableFile(get_rejection_sentence("size", str(FILE_BYTES // 1_000_000)))
    with ExitStack() as stack:
        if isinstance(upload, TemporaryUploadedFile):
            path = Path(upload.temporary_file_path())
        else:
            copy = stack.enter_context(NamedTemporaryFile(suffix=Path(name).suffix))
            copy.writelines(upload.chunks())
            copy.flush()
            path = Path(copy.name)
        source = stack.enter_context(open_file_rows(path, name))
        return write_rows_as_text(cells for _number, _kinds, cells in islice(source.rows, most))
