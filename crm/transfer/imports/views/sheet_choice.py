"""After the upload of a workbook with several sheets: choose which of them to import, then import one after the other."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.models import Import
from crm.platform.database.read_routing import on_primary
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.rendering.form_rendering import Form, prepare_widgets
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.import_access import get_own_import, get_redirect_to_required_page
from crm.transfer.imports.jobs import queue_import_job
from crm.transfer.imports.read.workbook_sheets import (
    Sheet,
    get_chosen_sheets,
    get_imports_of_upload,
    get_sheets,
    may_import,
    sort_sheets,
)


class SheetsForm(Form):
    """What each sheet is imported as, or not at all."""

    def __init__(self, *arguments, imported: Import, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.sheets = get_sheets(imported)
        self.allowed = [kind for kind in KINDS.values() if may_import(imported.user, kind)]
        for place, sheet in enumerate(self.sheets):
            asked = forms.ChoiceField(
                choices=[("", _("Skip")), *self._get_offered_kinds(sheet)],
                initial=sheet.chosen,
                required=False,
                label=sheet.sheet,
            )
            asked.widget.attrs["aria-label"] = _("Import “%(sheet)s” as") % {"sheet": sheet.sheet}
            self.fields[f"sheet_{place}"] = asked
        prepare_widgets(self)

    def _get_offered_kinds(self, sheet: Sheet) -> list[tuple[str, str]]:
        return [
            (kind.name, get_sheet_label(sheet, kind.name))
            for kind in self.allowed
            if kind.name == sheet.table or not sheet.tasks
            if not sheet.activities or kind.name in sheet.activities
        ]

    def get_chosen_sheets(self) -> list[Sheet]:
        return [
            replace(sheet, chosen=self.cleaned_data.get(f"sheet_{place}", ""))
            for place, sheet in enumerate(self.sheets)
        ]

    def clean(self):
        if not any(sheet.chosen for sheet in self.get_chosen_sheets()):
            self.add_error(None, _("Choose at least one sheet."))
        return self.cleaned_data


def get_sheet_label(sheet: Sheet, table: str) -> str:
    """ "Contacts", or "Activities (contacts)"."""
    many = str(KINDS[table].words.many)
    if sheet.tasks:
        return str(capfirst(_("tasks")))
    return _("Activities (%(records)s)") % {"records": many} if table in sheet.activities else capfirst(many)


@on_primary
def sheets(request, pk):
    imported = get_own_import(request, pk)
    if away := get_redirect_to_required_page(imported, Import.State.COLUMNS, Import.State.PLAN):
        return away
    if not imported.parts or imported.first_id or len(list(get_imports_of_upload(imported))) > 1:
        return redirect("imports:columns", imported.pk)
    form = SheetsForm(request.POST if request.method == "POST" else None, imported=imported)
    if form.is_bound and form.is_valid():
        save_chosen_sheets(imported, form.get_chosen_sheets())
        return redirect("imports:import", imported.pk)
    lines = [
        {"sheet": sheet, "field": form[f"sheet_{place}"], "closed": KINDS[sheet.table] not in form.allowed}
        for place, sheet in enumerate(form.sheets)
    ]
    context = {"imported": imported, "kind": KINDS[imported.table], "form": form, "lines": lines}
    return render(request, "imports/sheets.html", context, status=422 if form.is_bound else 200)


def save_chosen_sheets(imported: Import, chosen: list[Sheet]) -> None:
    """This import becomes that of the first sheet; it is read again if it has another one."""
    first = sort_sheets(chosen)[0]
    before = (imported.table, imported.sheet)
    imported.parts, imported.part = [vars(sheet) for sheet in chosen], 0
    imported.table, imported.sheet = first.chosen, first.sheet
    imported.save(update_fields=["parts", "part", "table", "sheet"])
    if before != (imported.table, imported.sheet):
        imported.state, imported.header_row = Import.State.READING, None
        imported.save(update_fields=["state", "header_row"])
        queue_import_job("import_read", imported)


@require_POST
def begin_part(request, pk):
    """Start the import of another sheet of the same upload, or continue it if it has begun."""
    imported = get_own_import(request, pk)
    number = parse_number(request.POST.get("part", ""))
    part = next((part for part in get_chosen_sheets(imported) if part.number == number), None)
    if part is None or not may_import(request.user, part.kind):
        raise Http404
    if part.imported or not imported.file:
        return redirect("imports:import", (part.imported or imported).pk)
    values: dict[str, Any] = {
        name: getattr(imported, name) for name in ("name", "file", "size", "sha256", "parts")
    }
    following = Import.objects.create(
        user=request.user,
        table=part.sheet.chosen,
        sheet=part.sheet.sheet,
        part=part.number,
        first_id=imported.first_id or imported.pk,
        **values,
    )
    queue_import_job("import_read", following)
    return redirect("imports:import", following.pk)
