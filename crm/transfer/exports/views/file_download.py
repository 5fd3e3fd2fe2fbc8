"""Download an export again: only for the user who made it, while the file is kept."""

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe

from crm.models import Export
from crm.platform.database.read_routing import on_primary
from crm.platform.excel.writing.workbook_writer import MEDIA_TYPES
from crm.platform.files.file_responses import build_streaming_response
from crm.platform.web.password_confirmation import is_confirmed, redirect_to_confirmation
from crm.platform.web.security_log import write_security_line
from crm.transfer.exports.views.export_list import exporting


@on_primary
@exporting
@require_safe
def file(request, pk):
    export = Export.objects.filter(user=request.user, pk=pk).first()
    if export is None or not export.downloadable:
        raise Http404
    above = settings.EXPORT_PASSWORD_ABOVE
    if 0 < above < (export.wrote or 0) and not is_confirmed(request):
        return redirect_to_confirmation(request)
    media_type = MEDIA_TYPES[export.format]
    response = build_streaming_response(
        export.file, content_type=media_type, as_attachment=True, filename=export.name
    )
    write_security_line(
        "export_fetched", export=export.pk, table=export.table, file=export.name, rows=export.wrote
    )
    response["Cache-Control"] = "private, no-store"
    return response
