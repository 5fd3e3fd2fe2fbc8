"""Step two of an import of activities: what the columns are, which follows from their headers."""

from typing import Any

from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import Import
from crm.platform.excel.reading.encodings import encoding_in_words, get_encoding_choices
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.activities.forms import ActivityColumnsForm
from crm.transfer.imports.activities.program_exports import SUBJECT, find_export
from crm.transfer.imports.activities.sheet_columns import get_identifying_fields
from crm.transfer.imports.check.rules_by_kind import rules_of
from crm.transfer.imports.columns.column_notes import get_import_warnings
from crm.transfer.imports.columns.saved_mappings import get_headings
from crm.transfer.imports.earlier_imports import get_earlier_import
from crm.transfer.imports.import_access import file_in_words
from crm.transfer.imports.jobs import check_now_or_later
from crm.transfer.imports.read.workbook_sheets import get_part_to_show
from crm.transfer.imports.tasks.sheet_columns import OF_KIND
from crm.transfer.models.import_file import OF_TASKS
from crm.work.activities.sheet import get_sheet_headings
from crm.work.tasks.sheet import get_sheet_headings as headings_of_tasks


def columns_of_activities(request, imported: Import):
    data = request.POST if request.method == "POST" else None
    form = ActivityColumnsForm(data, initial=ActivityColumnsForm.first(imported))
    if data is not None and form.is_valid():
        imported.options |= form.chosen()
        imported.save(update_fields=["options"])
        check_now_or_later(imported)
        return redirect("imports:import", imported.pk)
    context = build_context(imported) | {"form": form}
    return render(request, "imports/activities.html", context, status=200 if data is None else 422)


def build_context(imported: Import) -> dict[str, Any]:
    kind = KINDS[imported.table]
    names = get_column_names(imported)
    return {
        "imported": imported,
        "kind": kind,
        "file": file_in_words(imported),
        "warnings": [*get_import_warnings(imported), *_without_records(imported)],
        "lines": [
            {"letter": get_column_letters(place + 1), "column": column, "field": names[place]}
            for place, column in enumerate(imported.columns)
        ],
        "read": sum(map(bool, names)),
        "encoding": encoding_in_words(imported.encoding),
        "encodings": get_encoding_choices(imported.encoding),
        **get_earlier_import(imported),
        **get_part_to_show(imported),
    }


def _without_records(imported: Import) -> list[str]:
    """Says so if no column of another program's export names the records."""
    kind = KINDS[imported.table]
    export = find_export(kind.name, get_headings(imported))
    ways = get_identifying_fields(rules_of(kind)(kind, imported.user))
    if export is None or not export.name or set(ways) & set(imported.mapping):
        return []
    words = {"records": kind.words.many, "program": export.name}
    return [
        _(
            "No column names the %(records)s that these activities belong to. Import the %(records)s from %(program)s "
            "with their IDs first, then upload this file again."
        )
        % words
    ]


def get_column_names(imported: Import) -> list[str]:
    """What each column is, '' for those that aren't read."""
    kind = KINDS[imported.table]
    if imported.tasks:
        tasks = headings_of_tasks() | {
            f"{OF_KIND}{name}": str(other.words.one) for name, other in KINDS.items()
        }
        return [str(capfirst(tasks.get(name.removeprefix(OF_TASKS), ""))) for name in imported.mapping]
    own = get_sheet_headings(kind) | {SUBJECT: _("Subject")}
    return [own.get(name) or kind.heading(name) if name else "" for name in imported.mapping]
