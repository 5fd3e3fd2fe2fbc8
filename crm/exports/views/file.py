"""Download an export again: only for the user who made it, while the file is kept."""

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe

from crm.excel.write import MEDIA_TYPES
from crm.exports.views.list import exporting
from crm.files.sending import streamed
from crm.models import Export
from crm.web.confirmation import ask, is_confirmed
from crm.web.reads import on_primary
from crm.web.security_log import note


@on_primary
@exporting
@require_safe
def file(request, pk):
    export = Export.objects.filter(user=request.user, pk=pk).first()
    if export is None or not export.downloadable:
        raise Http404
    above = settings.EXPORT_PASSWORD_ABOVE
    if 0 < above < (export.wrote or 0) and not is_confirmed(request):
        return ask(request)
    media_type = MEDIA_TYPES[export.format]
    response = streamed(export.file, content_type=media_type, as_attachment=True, filename=export.name)
    note("export_fetched", export=export.pk, table=export.table, file=export.name, rows=export.wrote)
    response["Cache-Control"] = "private, no-store"
    return response
