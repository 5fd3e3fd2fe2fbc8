"""Export records: choose columns and file type, then download the file, at once or when its job has made it."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.fields.schemas import ID_AND_VERSION
from crm.models import Export, SavedView
from crm.platform.web.password_confirmation import is_confirmed
from crm.platform.web.password_confirmation import redirect_to_confirmation as ask_for_password
from crm.platform.web.rendering.form_rendering import Form
from crm.platform.web.responses import add_way_back, render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import build_view_parameter
from crm.records.listing.record_list import COUNT_AT_FIRST, PAGE_PARAMETERS, RecordList
from crm.records.listing.way_back import get_way_back_or_list
from crm.records.screens.views.kind_access import kind_view
from crm.records.screens.views.list import get_open_view
from crm.records.tables.list_columns import get_list_columns
from crm.transfer.exports import linked_sheets
from crm.transfer.exports.approval import has_to_ask, request_approval
from crm.transfer.exports.export_response import MOST, redirect_to_exports, respond_with_export
from crm.transfer.exports.selection import Selection


class ExportForm(Form):
    columns = forms.ChoiceField(label=_("Columns"), widget=forms.RadioSelect, initial="view")
    format = forms.ChoiceField(label=_("File"), choices=Export.Format.choices, initial=Export.Format.XLSX)
    also = forms.MultipleChoiceField(
        label=_("Also export"), required=False, widget=forms.CheckboxSelectMultiple
    )
    activities = forms.BooleanField(
        label=_("Add a sheet with notes, calls and meetings"), required=False, initial=False
    )

    def __init__(self, *arguments, kind: Kind, shown: list[str], user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        view = ngettext_lazy("%(number)s column in this view", "%(number)s columns in this view", len(shown))
        everything = _("All %(number)s fields, to edit and reimport")
        number = len(kind.get_listed_names("EXCEL", user)) - len(ID_AND_VERSION)
        columns = cast(forms.ChoiceField, self.fields["columns"])
        columns.choices = [
            ("view", view % {"number": len(shown)}),
            ("all", everything % {"number": number}),
        ]
        also = cast(forms.MultipleChoiceField, self.fields["also"])
        words = _now("%(linked)s of these %(records)s")
        also.choices = [
            (other.name, words % {"linked": capfirst(str(other.words.many)), "records": kind.words.many})
            for other in linked_sheets.get_linkable_kinds(kind, user)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("activities") and data.get("format") == Export.Format.CSV:
            self.add_error(
                "activities", _now("A CSV file has only one sheet. To export activities, choose Excel.")
            )
        if data.get("also") and data.get("format") == Export.Format.CSV:
            self.add_error("also", _now("A CSV file has only one sheet. To export several, choose Excel."))
        return data


@kind_view("export")
@require_safe
def new(request, kind: Kind):
    shown, view = get_shown_columns(request, kind)
    selection = Selection(kind, request.GET, request.user)
    if is_large(selection) and not is_confirmed(request):
        return ask_for_password(request)
    return render_export_page(
        request,
        selection,
        ExportForm(kind=kind, shown=shown, user=request.user),
        view,
    )


@transaction.non_atomic_requests
@kind_view("export")
@require_POST
def write(request, kind: Kind):
    """The receipt is created and committed first."""
    shown, view = get_shown_columns(request, kind)
    selection = Selection(kind, request.GET, request.user)
    form = ExportForm(request.POST, kind=kind, shown=shown, user=request.user)
    if not form.is_valid() or selection.listing.errors:
        return render_export_page(request, selection, form, view, status=422)
    asked = form.cleaned_data
    if is_large(selection, asked["also"]) and not is_confirmed(request):
        return ask_for_password(request)
    of_view = form.cleaned_data["columns"] == "view"
    every = kind.get_listed_names("EXCEL", request.user)
    chosen = kind.resource.get_view_columns(kind, shown, request.user) if of_view else every
    sheets = {"activities": asked["activities"], "also": asked["also"]}
    return build_file_response(request, selection, chosen, asked["format"], view, **sheets)


def is_large(selection: Selection, also: Sequence[str] = ()) -> bool:
    """Whether the user has to enter their password for such an export."""
    above = settings.EXPORT_PASSWORD_ABOVE
    if above <= 0 or selection.listing.errors:
        return False
    return selection.count_first_matches() > above or (
        bool(also) and selection.count_matches() + linked_sheets.count_linked_records(selection, also) > above
    )


def build_file_response(
    request,
    selection: Selection,
    chosen: list[str],
    file_type: str,
    view,
    *,
    activities: bool = False,
    also: Sequence[str] = (),
):
    """The file with these columns, and with activities and records of other kinds if wanted, or the list of exports if
    someone has to approve it, or if it takes longer."""
    asks = has_to_ask(selection, request.user, also)
    with transaction.atomic():
        export = create_receipt(selection, chosen, file_type, view, activities=activities, also=also)
        if asks:
            request_approval(export, selection)
    if asks:
        messages.success(
            request,
            _now("The export is waiting for approval. Once it’s approved, you can download the file here."),
        )
        return redirect_to_exports(request)
    return respond_with_export(request, export, selection.data, many=selection.has_more_than(MOST))


def create_receipt(
    selection: Selection,
    chosen: list[str],
    file_type: str,
    view,
    *,
    activities: bool = False,
    also: Sequence[str] = (),
) -> Export:
    kind = selection.kind
    # A saved view that was changed since it was opened is a different selection: its name would be misleading.
    unchanged = view and not differs_from_view(selection.listing, view)
    name = slugify(view.name if unchanged else "") or slugify(str(kind.words.many))
    return Export.objects.create(
        user=selection.user,
        table=kind.name,
        name=f"{name}-{timezone.localtime():%Y-%m-%d-%H%M}.{file_type}",
        words=linked_sheets.describe_content(selection, activities=activities, also=also),
        query=selection.query,
        columns=[*ID_AND_VERSION, *(name for name in chosen if name not in ID_AND_VERSION)],
        format=file_type,
        activities=activities,
        also=list(also),
    )


def differs_from_view(listing: RecordList, view: SavedView) -> bool:
    """Whether the selection has a different filter or search than the view it was opened from."""
    return get_selecting_parameters(listing) != get_selecting_parameters(
        RecordList(listing.kind, view.parameters, listing.viewer)
    )


def get_selecting_parameters(listing: RecordList) -> dict[str, list[str]]:
    """The part of a URL that selects records, regardless of order."""
    data = listing.data
    return {name: sorted(data.getlist(name)) for name in data if name not in ("sort", *PAGE_PARAMETERS)}


def get_shown_columns(request, kind: Kind):
    """The columns of the list the user was looking at, and its saved view."""
    view = get_open_view(kind, request.user, request.GET)
    return get_list_columns(kind, request.user, view), view


def render_export_page(request, selection: Selection, form: ExportForm, view, status: int = 200):
    matched = selection.count_first_matches()
    more = selection.frozen is None and matched > COUNT_AT_FIRST
    context = {
        "kind": selection.kind,
        "selection": selection,
        "form": form,
        "view": view,
        "matched": COUNT_AT_FIRST if more else matched,
        "more": more,
        "errors": selection.listing.errors,
        "asks": not selection.listing.errors and has_to_ask(selection, request.user),
        "approval_above": settings.EXPORT_APPROVAL_ABOVE,
        "views": SavedView.objects.of_table(selection.kind.name).visible_to(request.user).in_order(),
    }
    context |= build_way_back_context(request, selection, view)
    if selection.listing.errors:
        status = max(status, 400)
    return render_response(
        request,
        "exports/new.html",
        context,
        fragments={"dialog": "exports/_new.html"},
        status=status,
    )


def build_way_back_context(request, selection: Selection, view) -> dict[str, str]:
    """The list that the export was started from, and the URL that writes the file and keeps the list."""
    kind = selection.kind
    list_url = get_way_back_or_list(request, kind, QueryDict(selection.listing.place))
    url = f"{kind.get_url('export_write')}?{selection.query}{build_view_parameter(view and view.pk)}"
    return {"list_url": list_url, "write_url": add_way_back(url, list_url)}
