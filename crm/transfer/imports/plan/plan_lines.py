"""The plan as its page shows it: a section for each outcome, with the cells that are wrong or change."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import is_custom
from crm.fields.types.field_type import get_field_label
from crm.fields.widgets.link_widgets import get_link_columns
from crm.models import Import, ImportRow, PlannedRow
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.platform.web.id_parsing import parse_number
from crm.records.history.timeline import get_recorded_text, get_word_for_empty
from crm.transfer.imports.check.import_rules import TO_MAKE, ImportRules
from crm.transfer.imports.columns.import_options import DUPLICATE_CHOICES, REPEATED_CHOICES
from crm.transfer.imports.columns.new_fields import build_planned_fields

Verdict = PlannedRow.Verdict
# Rows of a section shown with others, and on its own page.
AT_FIRST, A_PAGE = 10, 50
SECTIONS = [
    Verdict.ERROR,
    Verdict.CHANGED,
    Verdict.DUPLICATE,
    Verdict.NEW,
    Verdict.LEFT_OUT,
    Verdict.UNCHANGED,
]


@dataclass(frozen=True)
class WrongCell:
    """`name` is the form field that corrects the cell, '' if no cell of the file can."""

    address: str
    heading: str
    sentence: str
    name: str = ""
    text: str = ""
    options: str = ""


@dataclass(frozen=True)
class ChangedCell:
    heading: str
    old: str
    new: str


@dataclass(frozen=True)
class Conflict:
    """A cell whose value was changed here since the file was made. `name` is the form field that decides."""

    name: str
    heading: str
    file: str
    now: str
    who: str
    at: Any
    takes: bool


@dataclass
class PlanLine:
    """One row of the file on the preview page."""

    planned: PlannedRow
    record: Any = None
    wrong: list[WrongCell] = field(default_factory=list)
    changes: list[ChangedCell] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    choices: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return self.planned.errors[0][1] if self.planned.errors else ""


@dataclass(frozen=True)
class PlanSection:
    """`counted` is the number of rows with what they are, such as "3 leads"."""

    verdict: str
    count: int
    counted: str
    lines: list[PlanLine]
    next: int | None


class PlanPage:
    """What a URL asks for: all sections with their first rows, or one of them page by page (?show=error&after=12)."""

    def __init__(self, imported: Import, rules: ImportRules, data: QueryDict) -> None:
        self.imported, self.rules, self.user, self.kind = imported, rules, rules.user, rules.kind
        self.by_column = self.get_fields_by_column()
        self.links = get_link_columns(self.kind.resource)
        show = data.get("show", "")
        self.show = show if show in Verdict.values else ""
        self.words = data.get("q", "").strip().replace("\0", "")[:200] if self.show else ""
        self.after = (parse_number(data.get("after", "")) or 0) if self.show else 0
        self.only_conflicts = self.show == Verdict.CHANGED and "conflicts" in data

    def get_fields_by_column(self) -> dict[str, Any]:
        """The fields by the names that their values have in the plan."""
        found: dict[str, Any] = {str(row.column): row for row in self.kind.model._meta.local_concrete_fields}
        custom = (*self.kind.get_custom_fields(self.user), *build_planned_fields(self.imported))
        return found | {field.name: field for field in custom}

    def build_sections(self) -> list[PlanSection]:
        counts = self.imported.counts
        wanted = [self.show] if self.show else SECTIONS[:-1]
        return [
            self._build_section(verdict, counts.get(verdict, 0)) for verdict in wanted if counts.get(verdict)
        ]

    def _build_section(self, verdict: str, count: int) -> PlanSection:
        rows = PlannedRow.objects.filter(of=self.imported).with_verdict(verdict).after(self.after)
        rows = rows.with_words_in_title(self.words) if self.words else rows
        rows = rows.with_conflicts() if self.only_conflicts else rows
        size = A_PAGE if self.show else AT_FIRST
        found = list(rows.in_order()[: size + 1])
        more = len(found) > size
        after = found[size - 1].row if more else None
        counted = self.rules.format_row_count(count)
        return PlanSection(verdict, count, counted, self._build_lines(found[:size]), after)

    def _build_lines(self, planned: list[PlannedRow]) -> list[PlanLine]:
        cells = {
            row.row: row
            for row in ImportRow.objects.filter(of=self.imported).numbered([row.row for row in planned])
        }
        records = self._get_records([row.record for row in planned if row.record])
        return [self._build_line(row, cells.get(row.row), records.get(row.record or 0)) for row in planned]

    def _get_records(self, wanted: list[int]) -> dict[int, Any]:
        """The rows were matched with records that the importer may change."""
        rows: Any = self.kind.model.objects
        return dict(rows.present().changeable_by(self.user).in_bulk(wanted))

    def _build_line(self, planned: PlannedRow, row: ImportRow | None, record: Any) -> PlanLine:
        line = PlanLine(planned, record)
        if planned.verdict == Verdict.ERROR and row:
            line.wrong = [self._build_wrong_cell(row, place, sentence) for place, sentence in planned.errors]
        line.choices = self._get_choices(planned)
        if planned.action == "change" and record:
            line.changes = self._build_changes(planned)
        elif planned.action == "add":
            line.changes = self._build_standing(planned)
        if row:
            line.conflicts = [self._build_conflict(planned, row, name) for name in sorted(planned.conflicts)]
        return line

    def _get_choices(self, planned: PlannedRow) -> list[tuple[str, Any]]:
        if planned.verdict == Verdict.DUPLICATE:
            return REPEATED_CHOICES if planned.match == "file" else DUPLICATE_CHOICES
        return DUPLICATE_CHOICES if planned.verdict == Verdict.CHANGED else []

    def _build_wrong_cell(self, row: ImportRow, place: int | None, sentence: str) -> WrongCell:
        if place is None:
            return WrongCell(str(row.row), "", sentence)
        target = self.imported.mapping[place]
        return WrongCell(
            address=f"{get_column_letters(place + 1)}{row.row}",
            heading=self.imported.get_heading(place),
            sentence=sentence,
            name=f"fix_{row.row}_{place}",
            text=row.get_text(place),
            options=f"known-{target}" if target in self.known_values else "",
        )

    @property
    def known_values(self) -> list[str]:
        return [name for name in self.rules.offered if name in self.imported.mapping]

    def get_offers(self) -> dict[str, list[str]]:
        """Options for a corrected cell, by field: for drop-downs that also allow other texts."""
        cells = self.rules.get_cells()
        return {
            f"known-{name}": list(getattr(cells.widget(name), "choices", ())) for name in self.known_values
        }

    def _build_changes(self, planned: PlannedRow) -> list[ChangedCell]:
        return [
            ChangedCell(
                self._get_heading(column),
                self._tell_value(column, planned.old.get(column)),
                self._tell_value(column, planned.values[column]),
            )
            for column in planned.values
            if not column.endswith("_normal")
        ]

    def _build_standing(self, planned: PlannedRow) -> list[ChangedCell]:
        """For a new record: what the file links it to, and the kind's `standing` fields, such as status and owner."""
        links = [name for name in self.links if name in self.imported.mapping]
        columns = [self._get_column(name) for name in (*links, *self.rules.standing)]
        return [
            ChangedCell(self._get_heading(column), "", self._format_value(column, planned.values.get(column)))
            for column in columns
        ]

    def _get_heading(self, column: str) -> str:
        field = self.by_column[column]
        return get_field_label(field) if is_custom(field) else self.kind.get_file_heading(field.name)

    def _get_column(self, name: str) -> str:
        return str(self.kind.get_field(name).column)

    def _build_conflict(self, planned: PlannedRow, row: ImportRow, name: str) -> Conflict:
        now, who, at = planned.conflicts[name]
        place = self.imported.find_column_index(f"{self.rules.prefix}{name}")
        column = self._get_column(name)
        return Conflict(
            name=f"take_{row.row}_{name}",
            heading=self._get_heading(column),
            file=(row.get_text(place) if place is not None else "")
            or get_word_for_empty(self.by_column[column]),
            now=self._tell_value(column, now),
            who=who or _("Another user"),
            at=parse_datetime(at),
            takes=name in row.takes,
        )

    def _tell_value(self, column: str, value: Any) -> str:
        """The same, or the word for an empty value of the field."""
        return self._format_value(column, value) or get_word_for_empty(self.by_column[column])

    def _format_value(self, column: str, value: Any) -> str:
        """A planned value in words; values yet to be created are shown by name."""
        values = value if isinstance(value, list) else [value]
        made = [
            item.removeprefix(TO_MAKE)
            for item in values
            if isinstance(item, str) and item.startswith(TO_MAKE)
        ]
        if not made:
            return get_recorded_text(self.by_column[column], value, self.user)
        there = [item for item in values if not (isinstance(item, str) and item.startswith(TO_MAKE))]
        known = get_recorded_text(self.by_column[column], there, self.user) if there else ""
        new = ", ".join(_("%(name)s (new)") % {"name": name} for name in made)
        return f"{known}, {new}" if known else new
