"""What the import rules of activities and of tasks share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.types.field_type import get_field_type
from crm.fields.types.numbers import Number
from crm.fields.widgets.value_widgets import CellWidget
from crm.models import Import
from crm.platform.excel.parsing.day_order import DayOrder
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.file_columns import ColumnContent
from crm.transfer.imports.columns.import_options import ImportOptions
from crm.transfer.imports.read.rows_without_records import describe_rows_without_records


class WorkImport(ImportRules):
    """The rows belong to records: `kind` is their type, and `of_records` are the rules of their own import. The headers of the
    sheet and its title are those of the export."""

    # The model of the rows, and the column with their ID.
    model: ClassVar[Any]
    own_id: ClassVar[str]
    # The fields that a file can change, those that only new rows have, by the names of the model, and those that describe a row.
    edited: ClassVar[tuple[str, ...]]
    stored_as: ClassVar[Mapping[str, str]] = {}
    subtitle_fields: ClassVar[tuple[str, ...]]
    # The fields that an error doesn't cost the row: it can do without them.
    optional: ClassVar[tuple[str, ...]] = ()
    # The columns with dates.
    dates: ClassVar[tuple[str, ...]]
    defaults = ()
    required_defaults = ()
    never_empty = ()
    makers: ClassVar = {}

    @cached_property
    def record_rules(self) -> ImportRules:
        return get_rules_class(self.kind)(self.kind, self.user)

    def get_title(self) -> str:
        """The name of the sheet in a file that is exported from here."""
        raise NotImplementedError

    def recognizes(self, heads: Sequence[str]) -> bool:
        """Whether a sheet with these headers has such rows."""
        raise NotImplementedError

    def map_columns(self, columns: Sequence[ColumnContent]) -> list[str]:
        """The target of each column, '' for those that aren't read."""
        raise NotImplementedError

    def get_targets(self, imported: Import) -> list[str]:
        """The targets that its columns can have."""
        raise NotImplementedError

    def get_cells(self, heads: Sequence[str] = (), *, day_first: bool = True) -> "WorkCells":
        """What the cells of each column mean, in a sheet with these headers."""
        raise NotImplementedError

    def build_import_options(self, mapping: Sequence[str], *, day_first: bool) -> dict[str, Any]:
        """The options of an import with this mapping. In a file exported from here, an empty cell is intentional."""
        empties = f"{self.prefix}version" in mapping
        return vars(ImportOptions(empties=empties, day_first=day_first)).copy()

    def get_first_options(self, columns: Sequence[ColumnContent], mapping: Sequence[str]) -> dict[str, Any]:
        """The same with the order of day and month that the file shows."""
        pairs = zip(columns, mapping, strict=True)
        days = sum((column.days for column, name in pairs if name in self.dates), DayOrder())
        return self.build_import_options(mapping, day_first=days.day_first is not False)

    def get_number_columns(self) -> list[str]:
        """The columns whose totals a row below them may have."""
        fields = {name: self.model._meta.get_field(name) for name in self.edited}
        return [
            f"{self.prefix}{name}"
            for name, field in fields.items()
            if isinstance(get_field_type(field), Number)
        ]

    def get_own_label(self, name: str) -> str:
        """What a field of the rows is called."""
        return str(capfirst(self.model._meta.get_field(self.stored_as.get(name, name)).verbose_name))

    def get_warnings(self, imported: Import) -> list[str]:
        """What the page with the columns warns of."""
        return []

    def can_be_empty(self, name, defaults):
        return name.removeprefix(self.prefix) in self.optional

    def describe_plan(self, imported: Import) -> list[str]:
        """What applies to all rows of the preview, as sentences."""
        places = range(len(imported.columns))
        skipped = [imported.get_heading(place) for place in places if not imported.mapping[place]]
        words = _("Columns that aren’t read: %(columns)s.")
        unread = [words % {"columns": ", ".join(skipped)}] if skipped else []
        return [*unread, *describe_rows_without_records(imported)]


class WorkCells:
    """What the cells of a sheet mean, by column, for one user. The columns in `others` are those of its records."""

    def __init__(self, user: Any, own: dict[str, CellWidget], *, day_first: bool, others: Any = None) -> None:
        self.user, self.own, self.others = user, own, others
        self.fields: Any = others.fields if others else {}
        for widget in own.values():
            widget.prepare(user, day_first=day_first)

    def widget(self, name: str) -> CellWidget:
        return self.own.get(name) or self.others.widget(name)


def build_field_widgets(model: Any, names: Iterable[str]) -> dict[str, CellWidget]:
    """The widgets of these fields of a model."""
    fields = {name: model._meta.get_field(name) for name in names}
    return {name: get_field_type(field).widget(field) for name, field in fields.items()}


def get_field_choices(model: Any, name: str, wanted: Iterable[str] | None = None) -> list[tuple[str, Any]]:
    """The choices of a field, or those of them that are wanted."""
    found = model._meta.get_field(name).choices
    return [(value, label) for value, label in found if value and (wanted is None or value in wanted)]
