"""Export the tasks that the list shows: choose the file type, then download the file."""

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.models import Export
from crm.platform.web.password_confirmation import is_confirmed
from crm.platform.web.password_confirmation import redirect_to_confirmation as ask_for_password
from crm.platform.web.rendering.form_rendering import Form
from crm.platform.web.responses import encode_filled_parameters
from crm.templatetags.look import number
from crm.transfer.exports.approval import RIGHT
from crm.transfer.exports.export_response import MOST, respond_with_export
from crm.transfer.exports.task_file import TABLE, TaskSelection
from crm.work.tasks.sheet_columns import get_exportable_kinds, get_sheet_headings
from crm.work.tasks.sheet_columns import get_sheet_title as title_of_sheet


class TaskExportForm(Form):
    format = forms.ChoiceField(label=_("File"), choices=Export.Format.choices, initial=Export.Format.XLSX)


@transaction.non_atomic_requests
def export(request):
    if not get_exportable_kinds(request.user):
        raise PermissionDenied
    selection = TaskSelection(request.GET, request.user)
    form = TaskExportForm(request.POST if request.method == "POST" else None)
    if 0 < settings.EXPORT_PASSWORD_ABOVE < selection.count_matches() and not is_confirmed(request):
        return ask_for_password(request)
    refused = get_too_many_reason(selection) or " ".join(
        str(error) for errors in selection.form.errors.values() for error in errors
    )
    if form.is_valid() and not refused:
        export = create_receipt(request, selection, form.cleaned_data["format"])
        return respond_with_export(request, export, request.GET, many=selection.count_matches() > MOST)
    context = {
        "form": form,
        "words": describe_selection(selection),
        "refused": refused,
        "query": encode_filled_parameters(request.GET),
    }
    return render(request, "tasks/export.html", context, status=422 if form.is_bound or refused else 200)


def create_receipt(request, selection: TaskSelection, file_type: str) -> Export:
    """Committed before the file is written."""
    return Export.objects.create(
        user=request.user,
        table=TABLE,
        name=f"{slugify(title_of_sheet())}-{timezone.localtime():%Y-%m-%d-%H%M}.{file_type}",
        words=describe_selection(selection),
        query=request.GET.urlencode(),
        columns=list(get_sheet_headings()),
        format=file_type,
    )


def describe_selection(selection: TaskSelection) -> str:
    count = selection.count_matches()
    return ngettext("%(number)s task", "%(number)s tasks", count) % {"number": number(count)}


def get_too_many_reason(selection: TaskSelection) -> str:
    """Why the user can't export so many tasks without approval, or ''."""
    most = settings.EXPORT_APPROVAL_ABOVE
    if not most or selection.user.has_perm(RIGHT) or selection.count_matches() <= most:
        return ""
    return _now("Exports of more than %(most)s tasks require approval. Filter the list first.") % {
        "most": number(most)
    }
