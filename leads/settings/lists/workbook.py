"""The lists of Settings as workbooks: everything the screen shows, and more."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.platform.excel.writing.workbook_writer import Workbook
from leads.settings.lists.settings_lists import get_costs_of_year
from leads.statuses.reference_tables import join_field_labels

# For each table: header, cell type, the value of a row. `numbers` are its lead counts, by id.
Cell = tuple[Any, CellKind, Callable[[Any, dict], Any]]


def _format_yes(on: bool) -> str:
    return _("yes") if on else _("no")


def _build_number_reader(name: str) -> Callable[[Any, dict], Any]:
    return lambda row, numbers: getattr(row, name)


FIRST: list[Cell] = [
    (_lazy("Number"), CellKind.NUMBER, _build_number_reader("pk")),
    (_lazy("Label"), CellKind.TEXT, lambda row, numbers: row.label),
]
LAST: list[Cell] = [
    (_lazy("Leads"), CellKind.NUMBER, lambda row, numbers: numbers.get(row.pk, 0)),
    (_lazy("Retired"), CellKind.TEXT, lambda row, numbers: _format_yes(row.retired)),
]
BETWEEN: dict[str, list[Cell]] = {
    "status": [
        (_lazy("Pipeline"), CellKind.TEXT, lambda row, numbers: row.pipeline.label),
        (_lazy("Category"), CellKind.TEXT, lambda row, numbers: str(row.get_kind_display())),
        (_lazy("Probability (%)"), CellKind.NUMBER, _build_number_reader("probability")),
        (_lazy("Color"), CellKind.NUMBER, _build_number_reader("hue")),
        (_lazy("Position"), CellKind.NUMBER, _build_number_reader("position")),
        (_lazy("Definition"), CellKind.TEXT, _build_number_reader("meaning_said")),
        (
            _lazy("Required fields"),
            CellKind.TEXT,
            lambda row, numbers: join_field_labels(row.required_fields, row.pipeline.kind.model),
        ),
        (_lazy("Time limit (days)"), CellKind.NUMBER, _build_number_reader("most_days")),
        (_lazy("Suggested next action"), CellKind.TEXT, _build_number_reader("prompt")),
        (_lazy("Default for new leads"), CellKind.TEXT, lambda row, numbers: _format_yes(row.is_default)),
    ],
    "source": [
        (_lazy("Category"), CellKind.TEXT, lambda row, numbers: str(row.get_kind_display())),
        (_lazy("Color"), CellKind.NUMBER, _build_number_reader("hue")),
        (_lazy("First contact within (minutes)"), CellKind.NUMBER, _build_number_reader("contact_within")),
    ],
    "tag": [],
    "lost_reason": [(_lazy("Position"), CellKind.NUMBER, _build_number_reader("position"))],
}


def build_settings_workbook(
    table: str, title: str, rows: Sequence[Any], numbers: dict, *, by
) -> HttpResponse:
    """The rows as an .xlsx file to download."""
    cells = [*FIRST, *BETWEEN[table], *LAST]
    if table == "source":
        costs = get_costs_of_year()
        cells.insert(-2, (_lazy("Cost this year"), CellKind.NUMBER, lambda row, numbers: costs.get(row.pk)))
    columns = [
        SheetColumn(str(heading), kind, width=max(12, len(str(heading)) + 4))
        for heading, kind, _value in cells
    ]
    day = timezone.localdate().isoformat()
    response = HttpResponse(content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="{slugify(title)}-{day}.xlsx"'
    with Workbook(response, title=title, creator=by.name, created=timezone.now()) as book:
        book.write_table(
            title[:31], columns, ([value(row, numbers) for _heading, _kind, value in cells] for row in rows)
        )
    return response
