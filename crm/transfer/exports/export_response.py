"""The answer to someone who exports: the whole file if it takes a few seconds, otherwise a job that makes it."""

from django.contrib import messages
from django.http import HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import Export
from crm.platform.excel.writing.workbook_writer import MEDIA_TYPES
from crm.platform.web.responses import add_way_back
from crm.platform.web.security_log import write_security_line
from crm.records.listing.way_back import get_way_back
from crm.transfer.exports import jobs
from crm.transfer.exports.file_writing import PATIENCE, start_export_writing

# More records than this take longer than a user waits, whatever their columns: about 20,000 are written in a second.
MOST = 100_000


def respond_with_export(request, export: Export, data: QueryDict, *, many: bool) -> HttpResponseBase:
    """The receipt must be committed. `many` says that there are more than MOST records."""
    write_security_line("export", export=export.pk, table=export.table, file=export.name, query=export.query)
    if not many:
        writing = start_export_writing(export, data)
        if writing.spool.wait_until_whole(PATIENCE):
            words = _("Your file %(name)s is downloading.") % {"name": export.name}
            messages.success(request, words, extra_tags="exports")
            return build_whole_response(export, writing)
        if writing.failed:
            export.refresh_from_db()
            messages.error(request, export.note)
            return redirect_to_exports(request)
    jobs.queue_export(export)
    words = _(
        "The export takes longer than a few seconds. You can download the file here when it’s finished."
    )
    messages.success(request, words)
    return redirect_to_exports(request)


def redirect_to_exports(request) -> HttpResponseBase:
    """To the list of exports, which leads back to the list of records that the export was started from."""
    return redirect(add_way_back(reverse("exports:list"), get_way_back(request)))


def build_whole_response(export: Export, writing) -> StreamingHttpResponse:
    response = StreamingHttpResponse(writing.spool, content_type=MEDIA_TYPES[export.format])
    response["Content-Disposition"] = f'attachment; filename="{export.name}"'
    response["Content-Length"] = writing.spool.written
    response["Cache-Control"] = "no-store"
    return response
