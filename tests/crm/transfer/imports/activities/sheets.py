"""Sheets with activities that users export, edit and import."""

import io
from datetime import UTC, datetime

import openpyxl

from crm.models import Activity, PlannedRow
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import AddActivity
from leads.models import Lead
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import choose, upload

AT = datetime(2026, 5, 31, 8, 38, 59, 400_000, tzinfo=UTC)
HEADS = ["Lead ID", "Type", "Outcome", "When", "Minutes", "Text"]
NEW_CALL = {"Type": "Call", "Outcome": "Reached", "When": datetime(2026, 6, 1, 10, 30), "Minutes": 5}


def add(lead, by, type="note", text="", **values) -> Activity:
    carry_out(AddActivity(by, type, text, **values), Lead.objects.filter(pk=lead.pk), by=by)
    return Activity.objects.order_by("-pk")[0]


class Book:
    """An exported workbook that a user edits: one sheet is kept, so that it is the one that is read."""

    def __init__(self, browser) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(export(browser, activities="on")))
        for name in self.book.sheetnames:
            if name not in ("Activities", "Choices"):
                del self.book[name]
        self.sheet = self.book["Activities"]
        self.places = {cell.value: cell.column for cell in self.sheet[1]}

    def change(self, activity, **cells) -> None:
        for row in self.sheet.iter_rows(min_row=2):
            if row[0].value == activity.pk:
                self._fill(row[0].row, cells)

    def append(self, **cells) -> None:
        self._fill(self.sheet.max_row + 1, cells)

    def _fill(self, row: int, cells: dict) -> None:
        for name, value in cells.items():
            self.sheet.cell(row, self.places[name.replace("_", " ")]).value = value

    def data(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def checked(browser, rows, name="activities.xlsx"):
    imported = upload(browser, rows, name)
    assert imported.stop_message == ""
    assert imported.activities
    return choose(browser, imported, "columns")


def errors(imported) -> list:
    rows = PlannedRow.objects.filter(of=imported).with_verdict("error").in_order()
    return [(row.row, sentence) for row in rows for _place, sentence in row.errors]
