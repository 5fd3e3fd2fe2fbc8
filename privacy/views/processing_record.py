"""The record of processing in Settings: the page, its file, and the texts that administrators write."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.excel.writing.workbook_writer import Workbook
from crm.platform.web.responses import render_response
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from crm.transfer.exports.export_response import MEDIA_TYPES
from privacy.models import ProcessingTexts
from privacy.processing.forms import ProcessingTextsForm
from privacy.processing.processing_record import build_processing_sections


@permission_required("privacy.view_processingtexts", raise_exception=True)
@require_safe
def processing_record(request):
    found = build_processing_sections(request.user)
    missing = sum(line.is_missing for section in found for line in section.lines)
    context = {"sections": found, "missing": missing}
    return render_response(request, "privacy/processing/record.html", context)


@permission_required("privacy.view_processingtexts", raise_exception=True)
@require_safe
def processing_file(request):
    """One sheet: the sections as headings, then label and text."""
    response = HttpResponse(content_type=MEDIA_TYPES["xlsx"])
    now, title = timezone.localtime(), _("Record of processing")
    with Workbook(response, title=title, creator=request.user.name, created=now) as book:
        lines = [(_("As of"), now.strftime("%Y-%m-%d %H:%M"))]
        for section in build_processing_sections(request.user):
            lines += [("", ""), (section.title, ""), *((line.label, line.text) for line in section.lines)]
        book.write_notes(title, lines)
    response["Content-Disposition"] = f'attachment; filename="{slugify(title)}-{now:%Y-%m-%d}.xlsx"'
    return response


@permission_required(("privacy.view_processingtexts", "privacy.change_processingtexts"), raise_exception=True)
@one_at_a_time
def processing_edit(request):
    form = ProcessingTextsForm(get_posted_data(request), instance=ProcessingTexts.get_current())
    if form.is_bound and form.is_valid():
        write_security_line("processing_changed")
        show_change_message(request, form.write(request.user), _("Saved the record of processing."))
        return redirect("privacy:processing")
    return render_response(request, "privacy/processing/form.html", {"form": form}, status=form.status_code)
