"""Taking leads out: which columns, which kind of file; then the file itself, as it is written."""

from typing import cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.forms import Form
from crm.screens import answer
from leads import fields
from leads.columns import columns_of
from leads.excel import ALONG, columns_of_view
from leads.exports.approval import ask, has_to_ask
from leads.exports.selection import Selection
from leads.exports.write import begin
from leads.listing import COUNT_AT_FIRST
from leads.models import Export, SavedView
from leads.views.list import open_view

exporting = permission_required(["leads.export_lead", "leads.view_lead"], raise_exception=True)
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ExportForm(Form):
    columns = forms.ChoiceField(label=_("Columns"), widget=forms.RadioSelect, initial="view")
    format = forms.ChoiceField(label=_("File"), choices=Export.Format.choices, initial=Export.Format.XLSX)

    def __init__(self, *arguments, shown: list[str], **keywords) -> None:
        super().__init__(*arguments, **keywords)
        view = ngettext_lazy(
            "The %(number)s column of this view", "The %(number)s columns of this view", len(shown)
        )
        everything = _("All %(number)s fields, to edit and import again")
        columns = cast(forms.ChoiceField, self.fields["columns"])
        columns.choices = [
            ("view", view % {"number": len(shown)}),
            ("all", everything % {"number": len(fields.EXCEL) - len(ALONG)}),
        ]


@exporting
@require_safe
def new(request):
    shown, view = shown_columns(request)
    return draw(request, Selection(request.GET, request.user), ExportForm(shown=shown), view)


@exporting
@require_POST
@transaction.non_atomic_requests
def write(request):
    """The receipt is made first and committed; then the file flows."""
    shown, view = shown_columns(request)
    selection = Selection(request.GET, request.user)
    form = ExportForm(request.POST, shown=shown)
    if not form.is_valid() or selection.listing.errors:
        return draw(request, selection, form, view, status=422)
    asks = has_to_ask(selection, request.user)
    chosen = columns_of_view(shown) if form.cleaned_data["columns"] == "view" else fields.EXCEL
    with transaction.atomic():
        export = receipt(selection, chosen, form.cleaned_data["format"], view)
        if asks:
            ask(export, selection)
    if asks:
        messages.success(request, _now("You can fetch the file here when somebody has approved it."))
        return redirect("exports:list")
    return file_as_it_is_written(export, request.GET)


def receipt(selection: Selection, chosen: list[str], kind: str, view) -> Export:
    return Export.objects.create(
        user=selection.user,
        name=f"{slugify(view.name if view else '') or 'leads'}-{timezone.localtime():%Y-%m-%d-%H%M}.{kind}",
        words=selection.words,
        query=selection.query,
        columns=[*ALONG, *(name for name in chosen if name not in ALONG)],
        format=kind,
    )


def file_as_it_is_written(export: Export, data: QueryDict) -> StreamingHttpResponse:
    response = StreamingHttpResponse(begin(export, data), content_type=MEDIA_TYPES[export.format])
    response["Content-Disposition"] = f'attachment; filename="{export.name}"'
    response["Cache-Control"] = "no-store"
    return response


def shown_columns(request):
    """The columns of the list as the user had it before them, and its saved view."""
    view = open_view(request.user, request.GET)
    return columns_of(request.user, view), view


def draw(request, selection: Selection, form: ExportForm, view, status: int = 200):
    matched = selection.matched_at_first()
    more = selection.frozen is None and matched > COUNT_AT_FIRST
    context = {
        "selection": selection,
        "form": form,
        "view": view,
        "matched": COUNT_AT_FIRST if more else matched,
        "more": more,
        "errors": selection.listing.errors,
        "asks": not selection.listing.errors and has_to_ask(selection, request.user),
        "approval_above": settings.EXPORT_APPROVAL_ABOVE,
        "views": SavedView.objects.visible_to(request.user).in_order(),
    }
    if selection.listing.errors:
        status = max(status, 400)
    return answer(
        request,
        "leads/exports/new.html",
        context,
        fragments={"dialog": "leads/exports/_new.html"},
        status=status,
    )
