"""Step one of an import: the file is stored and read by a job, never by this process."""

import io

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.models import Import
from crm.platform.excel.reading.error_messages import describe_limits
from crm.platform.excel.reading.reader import UnreadableFile
from crm.platform.excel.reading.upload_handlers import get_drop_reason
from crm.platform.excel.writing.workbook_writer import MEDIA_TYPES, Workbook
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import kind_view
from crm.transfer.imports.columns.file_columns import get_read_only_field_names
from crm.transfer.imports.columns.forms import FileForm
from crm.transfer.imports.jobs import queue_import_job
from crm.transfer.imports.read.staging import store_upload


@kind_view("add", "import")
def new(request, kind: Kind):
    form = FileForm()
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES, dropped=get_drop_reason(request))
        if form.is_valid() and (imported := store_and_queue(request, kind, form)):
            return redirect("imports:import", imported.pk)
    may_export = request.user.has_perm(kind.get_right("export"))
    context = {"kind": kind, "form": form, "limits": describe_limits(), "may_export": may_export}
    return render(request, "imports/new.html", context, status=422 if request.method == "POST" else 200)


def store_and_queue(request, kind: Kind, form: FileForm) -> Import | None:
    """The stored upload, with the reading job queued; None with an error at the field."""
    upload = form.cleaned_data["file"]
    try:
        file, size, sha256 = store_upload(upload)
    except UnreadableFile as refused:
        form.add_error("file", str(refused))
        return None
    imported = Import.objects.create(
        user=request.user,
        table=kind.name,
        name=upload.name.replace("\0", "")[-200:],
        file=file,
        size=size,
        sha256=sha256,
    )
    queue_import_job("import_read", imported)
    return imported


@kind_view("add", "import")
@require_safe
def template(request, kind: Kind):
    """An empty workbook with all headers and drop-downs to fill in."""
    resource, title = kind.resource(kind, request.user), str(capfirst(str(kind.words.many)))
    formed = kind.get_listed_names("FORM_FIELDS", request.user)
    closed = get_read_only_field_names(kind, request.user)
    names = [
        name for name in kind.get_listed_names("EXCEL", request.user) if name in formed and name not in closed
    ]
    out = io.BytesIO()
    with Workbook(out, title=title, creator=request.user.name, created=timezone.now()) as workbook:
        workbook.write_table(title, resource.build_columns(names), [])
    response = HttpResponse(out.getvalue(), content_type=MEDIA_TYPES["xlsx"])
    name = slugify(title), slugify(_("template"))
    response["Content-Disposition"] = f'attachment; filename="{"-".join(name)}.xlsx"'
    return response
