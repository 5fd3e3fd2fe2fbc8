"""The suppression list from a file, and as a file."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crm.models import Operation
from crm.platform.excel.reading.error_messages import get_rejection_sentence
from crm.platform.excel.reading.reader import UnreadableFile
from crm.platform.excel.reading.upload_handlers import get_drop_reason
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import one_at_a_time
from mailings.models import Suppression
from mailings.settings.sending_forms import FileForm
from mailings.suppression.suppression_list import NAMED, SuppressionImport, import_file, write_file


@permission_required("mailings.add_suppression", raise_exception=True)
@one_at_a_time
def suppression_import(request):
    is_post = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if is_post else FileForm()
    if is_post and (dropped := get_drop_reason(request)):
        form.errors["file"] = form.error_class([get_rejection_sentence(dropped)])
    elif is_post and form.is_valid():
        try:
            imported, record = import_file(form.cleaned_data["file"], request.user)
        except UnreadableFile as refused:
            form.add_error("file", str(refused))
        else:
            write_security_line("suppression_imported", rows=imported.added)
            _show_import_message(request, imported, record)
            return redirect("mailing_settings:suppressed")
    status = 422 if is_post else 200
    return render(request, "mailings/suppressed_import.html", {"form": form}, status=status)


def _show_import_message(request, imported: SuppressionImport, record: Operation) -> None:
    words = ngettext(
        "Added %(added)s of %(found)s address.", "Added %(added)s of %(found)s addresses.", imported.found
    )
    tags = f"undo-{record.pk}" if record.pk else ""
    messages.success(request, words % {"added": imported.added, "found": imported.found}, extra_tags=tags)
    if imported.invalid:
        rows = ", ".join(map(str, imported.invalid[:NAMED]))
        words = ngettext(
            "%(number)s address is invalid and was skipped, in row %(rows)s.",
            "%(number)s addresses are invalid and were skipped, among them those in rows %(rows)s.",
            len(imported.invalid),
        )
        messages.warning(request, words % {"number": len(imported.invalid), "rows": rows})


@permission_required("mailings.view_suppression", raise_exception=True)
@require_safe
def suppression_export(request):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = slugify(_("Suppression list"))
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    rows = Suppression.objects.visible_to(request.user).newest_first()
    write_security_line("suppression_exported", rows=write_file(response, rows.iterator(chunk_size=2_000)))
    return response
