"""Step one of an import: the file. It is stored, and a job reads it; this process never does."""

import io

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.excel.read import Unreadable
from crm.excel.refusals import limits_in_words
from crm.excel.uploads import DROPPED
from crm.excel.write import Workbook
from leads import fields
from leads.excel import LeadResource
from leads.imports.forms import FileForm
from leads.imports.jobs import begin
from leads.imports.own import importing
from leads.imports.stage import keep
from leads.models import Import
from leads.views.export_new import MEDIA_TYPES


@importing
def new(request):
    form = FileForm()
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES, dropped=getattr(request, DROPPED, ""))
        if form.is_valid() and (imported := kept(request, form)):
            return redirect("imports:import", imported.pk)
    context = {"form": form, "limits": limits_in_words()}
    return render(request, "leads/imports/new.html", context, status=422 if request.method == "POST" else 200)


def kept(request, form: FileForm) -> Import | None:
    """The stored upload with its reading begun; None with an error at the field."""
    upload = form.cleaned_data["file"]
    try:
        file, size, sha256 = keep(upload)
    except Unreadable as refused:
        form.add_error("file", str(refused))
        return None
    imported = Import.objects.create(
        user=request.user, name=upload.name.replace("\0", "")[-200:], file=file, size=size, sha256=sha256
    )
    begin("import_read", imported)
    return imported


@importing
@require_safe
def template(request):
    """An empty workbook with all heads and drop-downs, to be filled."""
    resource = LeadResource(request.user)
    out = io.BytesIO()
    with Workbook(out, title=_("Leads"), creator=request.user.name, created=timezone.now()) as workbook:
        workbook.table(_("Leads"), resource.columns(fields.FORM_FIELDS), [])
    response = HttpResponse(out.getvalue(), content_type=MEDIA_TYPES["xlsx"])
    response["Content-Disposition"] = 'attachment; filename="leads-template.xlsx"'
    return response
