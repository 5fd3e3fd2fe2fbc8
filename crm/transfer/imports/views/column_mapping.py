"""Step two of an import: map the columns, and choose how records are matched and what new ones get."""

from typing import Any

from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.fields.schemas import WHOLE_NAME
from crm.models import Import, ImportMapping
from crm.platform.database.read_routing import on_primary
from crm.platform.excel.reading.encodings import ENCODINGS, describe_encoding, get_encoding_choices
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.activities.activity_import import find_sheet_with_own_name
from crm.transfer.imports.columns.column_notes import (
    describe_evidence,
    get_column_note,
    get_import_warnings,
    is_product_set_column,
)
from crm.transfer.imports.columns.forms import ColumnsForm
from crm.transfer.imports.columns.import_options import get_default_options, keep_valid_options
from crm.transfer.imports.columns.mapping_form import MappingForm
from crm.transfer.imports.columns.new_fields import CREATE_FIELD
from crm.transfer.imports.columns.order_questions import BOX, build_name_examples
from crm.transfer.imports.columns.program_exports import describe_recognized_program, is_skipped_by_program
from crm.transfer.imports.columns.saved_mappings import (
    add_confirmations,
    get_applied_mapping,
    get_chosen_mapping,
    get_guessed_mapping,
    get_offered_mappings,
    write_mapping,
)
from crm.transfer.imports.earlier_imports import get_earlier_import
from crm.transfer.imports.import_access import describe_file, get_own_import, get_redirect_to_required_page
from crm.transfer.imports.jobs import check_now_or_later, queue_import_job
from crm.transfer.imports.plan.options_summary import describe_chosen_options
from crm.transfer.imports.read.workbook_sheets import get_part_to_show
from crm.transfer.imports.sheet_contents import get_import_rules
from crm.transfer.imports.work.columns_form import WorkColumnsForm
from crm.transfer.imports.work.work_import import WorkImport

OPEN = (Import.State.COLUMNS, Import.State.PLAN)


@on_primary
def columns(request, pk):
    imported = get_own_import(request, pk)
    if away := get_redirect_to_required_page(imported, *OPEN):
        return away
    if isinstance(rules := get_import_rules(imported, request.user), WorkImport):
        return map_work_columns(request, imported, rules)
    data = request.POST if request.method == "POST" else None
    saved = get_chosen_mapping(KINDS[imported.table], request.user, request.GET.get("mapping", ""))
    fresh = "fresh" in request.GET
    with use_definitions_as_found():
        first = ColumnsForm.get_initial_values(imported, rules, saved, fresh=fresh)
        form = ColumnsForm(data, imported=imported, rules=rules, initial=first)
        creates_all = "create_all" in request.POST
        is_valid = not creates_all and form.is_valid()
    if creates_all:
        form = add_fields_for_all_columns(form)
    elif is_valid:
        save_choices(imported, form)
        check_now_or_later(imported)
        return redirect("imports:import", imported.pk)
    context = {**build_context(imported, form), **build_reused_mapping(imported, form, saved, fresh=fresh)}
    refused = data is not None and not creates_all
    return render(request, "imports/columns.html", context, status=422 if refused else 200)


def map_work_columns(request, imported: Import, rules: WorkImport):
    """The same for a sheet with activities or tasks, which have neither defaults nor fields of their own."""
    data = request.POST if request.method == "POST" else None
    form = WorkColumnsForm(data, imported=imported, rules=rules)
    if data is not None and form.is_valid():
        if imported.mapping != form.mapping:
            imported.file_rows.clear_corrections()
            imported.decisions = {}
        imported.mapping, imported.options = form.mapping, form.options
        imported.save(update_fields=["mapping", "options", "decisions"])
        check_now_or_later(imported)
        return redirect("imports:import", imported.pk)
    context = build_context(imported, form)
    context["warnings"] += rules.get_warnings(imported)
    return render(request, "imports/columns.html", context, status=200 if data is None else 422)


def save_choices(imported: Import, form: ColumnsForm) -> None:
    """Save the choices, also for the next file with these headers. Decisions about single rows are reset."""
    new_fields, blanks = form.new_fields, form.blanks
    if (imported.mapping, imported.new_fields, imported.blanks) != (form.mapping, new_fields, blanks):
        imported.file_rows.clear_corrections()
        imported.decisions = {}
    columns = add_confirmations(imported, form.cleaned_data)
    imported.mapping, imported.options = form.mapping, vars(form.get_chosen_options()).copy()
    imported.new_fields, imported.blanks, imported.columns = new_fields, blanks, columns
    imported.save(update_fields=["mapping", "options", "decisions", "new_fields", "blanks", "columns"])
    write_mapping(imported, form.cleaned_data["name"] or imported.name[:100])


def _has_no_field(imported: Import, place: int) -> bool:
    """Whether no field is created for a column unless the user asks for that one: what it says is set or known here."""
    return is_product_set_column(imported, place) or is_skipped_by_program(imported, place)


def add_fields_for_all_columns(form: ColumnsForm) -> ColumnsForm:
    """The same form, where each column without a field creates one."""
    posted: Any = form.data
    data = posted.copy()
    for place in range(len(form.imported.columns)):
        name = f"column_{place}"
        offered = CREATE_FIELD in dict(form.fields[name].choices)
        if not data.get(name) and offered and not _has_no_field(form.imported, place):
            data[name] = CREATE_FIELD
    return ColumnsForm(data, imported=form.imported, rules=form.rules)


def build_context(imported: Import, form: MappingForm) -> dict:
    kind = form.kind
    lines = [build_column_line(imported, form, place) for place in range(len(imported.columns))]
    return {
        "imported": imported,
        "kind": kind,
        "form": form,
        "lines": lines,
        "file": describe_file(imported),
        "known": sum(found["field"].value() not in ("", None, CREATE_FIELD) for found in lines),
        "creatable": sum(
            bool(found["type"]) and not found["field"].value() and not _has_no_field(imported, place)
            for place, found in enumerate(lines)
        ),
        "mappings": [] if imported.activities else get_offered_mappings(kind, imported.user),
        **get_earlier_import(imported),
        **get_part_to_show(imported),
        "encoding": describe_encoding(imported.encoding),
        "encodings": get_encoding_choices(imported.encoding),
        "warnings": get_import_warnings(imported),
        "program": describe_recognized_program(imported),
        "with_ids": "id" in imported.mapping,
        "activities": find_sheet_with_own_name(imported.sheets),
        "defaults": [form[name] for name in form.default_names],
    }


def build_column_line(imported: Import, form: MappingForm, place: int) -> dict:
    """A column of the file as the page shows it; `type`, `blank`, `order` and `sure` are questions that only some columns
    have."""
    names = ("type", "blank", "order", "sure")
    asked = {name: form[f"{name}_{place}"] for name in names if f"{name}_{place}" in form.fields}
    column = imported.columns[place]
    if form[f"column_{place}"].value() != column.get("by_values"):
        asked.pop("sure", None)
    is_name = BOX in form.fields and form[f"column_{place}"].value() == WHOLE_NAME
    return {
        "letter": get_column_letters(place + 1),
        "column": column,
        "field": form[f"column_{place}"],
        "note": "" if imported.activities else get_column_note(imported, place),
        "type": asked.get("type"),
        "blank": asked.get("blank"),
        "order": asked.get("order"),
        "sure": asked.get("sure"),
        "last_first": form[BOX] if is_name else None,
        "examples": build_name_examples(column["samples"]) if is_name else [],
        "evidence": describe_evidence(column["new"]) if "type" in asked else "",
    }


def build_reused_mapping(
    imported: Import, form: ColumnsForm, saved: ImportMapping | None, *, fresh: bool
) -> dict:
    """The mapping of another file that the form starts with, and the other options chosen there."""
    taken = None if fresh else saved or get_applied_mapping(imported)
    first = get_default_options(form.rules, get_guessed_mapping(imported))
    options = {**imported.options, **(saved.options if saved else {})}
    chosen = (
        describe_chosen_options(keep_valid_options(options, form.rules), first, form.rules) if taken else []
    )
    return {"taken": taken, "by_name": saved is not None, "chosen": "; ".join(chosen)}


@require_POST
def read_again(request, pk):
    """A different sheet, header row, or encoding: the file is read again."""
    imported = get_own_import(request, pk)
    if imported.has_unfinished_job or not imported.is_open or not imported.file:
        return redirect("imports:import", imported.pk)
    imported.sheet = request.POST.get("sheet", "")[:100]
    header_row = "0" if "no_header" in request.POST else request.POST.get("header_row", "")
    imported.header_row = parse_number(header_row, most=9_999_999)
    encoding = request.POST.get("encoding", "")
    imported.encoding = encoding if encoding in ENCODINGS else ""
    imported.state = Import.State.READING
    imported.save(update_fields=["sheet", "header_row", "encoding", "state"])
    queue_import_job("import_read", imported)
    return redirect("imports:import", imported.pk)
