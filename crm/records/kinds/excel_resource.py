"""Records in Excel: one django-import-export Resource says which columns a kind has and what each cell means.

Its widgets are the only definition of reading and writing a cell. Its row-by-row engine isn't used: export streams
tuples, import cleans each distinct value once (crm/transfer/imports).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar

from import_export import resources
from import_export.fields import Field

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.schemas import Schema
from crm.fields.types.field_type import get_field_type
from crm.fields.widgets.link_widgets import get_link_columns
from crm.fields.widgets.value_widgets import CellWidget
from crm.platform.excel.writing.cell_values import CellKind, SheetColumn

# Of how many records the linked ones are fetched together.
ROWS_AT_ONCE = 2_000


class RecordResource(resources.ModelResource):
    """`attribute` of each field is the database column. Created for one user, with their language and scope.

    A column that is only named in `Meta.fields` takes its meaning from its field type. `never_read` are columns that only
    the product writes, `only_for_new` columns that are read from a file for new records only.
    """

    never_read: ClassVar[Sequence[str]] = ()
    only_for_new: ClassVar[Sequence[str]] = ()
    # Widths that differ from the field type's width.
    widths: ClassVar[dict[str, float]] = {}

    def __init__(
        self,
        kind: Schema,
        user,
        *,
        day_first: bool = True,
        day_orders: Mapping[str, bool] = MappingProxyType({}),
        decimal: str = ".",
        mixed: Sequence[str] = (),
        more: Sequence[Any] = (),
    ) -> None:
        """`more` are fields that an import is about to create (crm/transfer/imports/columns/new_fields.py). `day_orders` are the columns of dates
        with an order of their own, `mixed` those of numbers with decimal points and commas."""
        super().__init__()
        self.kind, self.user = kind, user
        for custom in (*kind.get_custom_fields(user), *more):
            widget = custom.type.widget(custom)
            self.fields[custom.name] = Field(custom.attname, custom.name, widget=widget)
        for name, field in self.fields.items():
            day = day_orders.get(name, day_first)
            field.widget.prepare(user, day_first=day, decimal=decimal, mixed=name in mixed)

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        return Field(
            django_field.attname, field_name, widget=get_field_type(django_field).widget(django_field)
        )

    def widget(self, name: str) -> CellWidget:
        return self.fields[name].widget

    def build_columns(
        self, names: Sequence[str], *, hidden: Sequence[str] = (), by_row: bool = False
    ) -> list[SheetColumn]:
        """The columns of a workbook. With `by_row`, a hidden column at the end says for each field of `choosing` which
        drop-down a row has."""
        choosing = self.get_fields_with_row_choices(names) if by_row else []
        found = [
            SheetColumn(
                heading=self.kind.get_file_heading(name),
                kind=self.widget(name).kind,
                width=self.get_width(name),
                hidden=name in hidden,
                choices=getattr(self.widget(name), "choices", ()),
                other_choices=self.widget(name).other_choices if name in choosing else (),
                numbers_in=len(names) + 1 + choosing.index(name) if name in choosing else 0,
            )
            for name in names
        ]
        numbers = [
            SheetColumn(self.get_choice_number_heading(name), CellKind.NUMBER, hidden=True)
            for name in choosing
        ]
        return [*found, *numbers]

    def get_fields_with_row_choices(self, names: Sequence[str]) -> list[str]:
        """The fields of which some rows have drop-downs of their own."""
        return [name for name in names if self.widget(name).other_choices]

    def get_choice_number_heading(self, name: str) -> str:
        """The header of the hidden column for a field with drop-downs of single rows."""
        raise NotImplementedError

    def get_width(self, name: str) -> float:
        by_name: dict[str, Any] = {field.name: field for field in self.kind.model._meta.concrete_fields}
        found = get_custom_field(self.kind.name, name) or by_name.get(name)
        own = get_field_type(found).width if found else 16
        return self.widths.get(name, own)

    def iterate_rows(
        self, records: Iterable[Sequence[Any]], names: Sequence[str], *, by_row: bool = False
    ) -> Iterator[list[Any]]:
        """Cells of records that come as tuples of `attributes(names)`; `by_row` as for the columns."""
        choosing = self.get_fields_with_row_choices(names) if by_row else []
        numbers = [(names.index(name), self.widget(name).number_of_choices) for name in choosing]
        renderings: list[tuple[int, Callable[[Any], Any]]] = [
            (place, rendering)
            for place, name in enumerate(names)
            if (rendering := self.widget(name).get_rendering_for_rows())
        ]
        for record in self._with_known_links(records, names):
            cells = list(record)
            cells += [by_value.get(record[place]) for place, by_value in numbers]
            for place, rendering in renderings:
                cells[place] = rendering(cells[place])
            yield cells

    def _with_known_links(
        self, records: Iterable[Sequence[Any]], names: Sequence[str]
    ) -> Iterable[Sequence[Any]]:
        """The same records; the names of what they link to are fetched for many of them at once."""
        links = [
            (names.index(name), widget) for name, widget in get_link_columns(self).items() if name in names
        ]
        if not links:
            yield from records
            return
        left = iter(records)
        while portion := list(islice(left, ROWS_AT_ONCE)):
            for place, widget in links:
                widget.load_names(record[place] for record in portion)
            yield from portion

    def get_attributes(self, names: Sequence[str]) -> list[str]:
        return [self.fields[name].attribute for name in names]

    @classmethod
    def get_view_columns(cls, kind: Schema, shown: Sequence[str], user) -> list[str]:
        """The file columns with the values of these list columns, as far as the user may see them."""
        parts = {**kind.fields.PARTS, "id": []}
        names = [part for name in shown for part in parts.get(name, [name])]
        return [name for name in dict.fromkeys(names) if name in kind.get_listed_names("EXCEL", user)]
