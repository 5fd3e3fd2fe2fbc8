"""Download the skipped rows as a workbook with their reasons."""

import tempfile
from pathlib import Path

from django.http import FileResponse, Http404
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.models import Import
from crm.platform.database.read_routing import on_primary
from crm.platform.excel.writing.workbook_writer import MEDIA_TYPES
from crm.transfer.imports.import_access import get_own_import
from crm.transfer.imports.plan.skipped_rows import write_skipped_rows_file

IN_MEMORY = 5_000_000


@on_primary
@require_safe
def skipped_rows(request, pk):
    imported = get_own_import(request, pk)
    if (
        imported.has_unfinished_job
        or not imported.rows_kept
        or imported.state not in (Import.State.PLAN, Import.State.DONE)
    ):
        raise Http404
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    if not write_skipped_rows_file(imported, file):
        raise Http404
    file.seek(0)
    rest = slugify(_("skipped rows"))
    name = f"{Path(imported.name).stem}-{rest}.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPES["xlsx"])
    response["Cache-Control"] = "private, no-store"
    return response
