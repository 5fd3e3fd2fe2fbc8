"""The list of one record type: names that open records, values that are edited in place."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.custom.links.linked_records import is_link
from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.types.field_type import get_field_type
from crm.platform.sql.reference_tables import get_row_label
from crm.platform.web.rendering.html_building import DrawnOnce, escape_value, html, join_html
from crm.records.tables.tables import FieldColumn, Table

# As many fit into a wide window without cutting names; more of them scroll.
MOST_COLUMNS = 9
# Tables are laid out once for each choice of columns. If there are more choices, all are laid out again.
MOST_KEPT = 250
# The parameter of a record's page with the query of the list that it was opened from.
LIST = "list"

_kept: dict[Hashable, Any] = {}


class RecordTable(Table):
    """The list of one record type. `may_change` are the ids on the page that the viewer may change, `in_place` the
    fields that they may edit in a row; only those show an inline edit. `place` is the list's URL query with view and page, which
    the links to its records carry along; `sortable` are the columns that sort, `in_cells` those whose cells turn into fields
    (static/js/cells.js), `lacks` those among them that a record doesn't have. If all records are the reader's `own`, a
    phone hides the owner. `widths` are those of columns that aren't as usual."""

    # The columns that stay in narrow windows: 1 always, 2 on a tablet; all others are hidden first.
    priorities: ClassVar[dict[str, int]] = {}
    # What a header sorts by if its label doesn't say so.
    hints: ClassVar[dict[str, Any]] = {}
    # The link text of a value that can be edited in place, with %(value)s and %(record)s.
    inline_words: ClassVar[dict[str, Any]] = {}

    def __init__(
        self,
        data,
        *,
        columns_shown: Sequence[str],
        sort: str,
        may_change: Collection[int] = (),
        in_place: Collection[str] = (),
        in_cells: Collection[str] = (),
        lacks: Mapping[int, Sequence[str]] | None = None,
        place: str = "",
        in_trash: bool = False,
        sortable: Collection[str] = (),
        own: bool = False,
        widths: Mapping[str, int] | None = None,
    ) -> None:
        self.own, self.lacks = own, lacks or {}
        self.may_change, self.in_place, self.sortable = may_change, in_place, sortable
        # As HTML, although quoting leaves nothing to escape.
        self.query = escape_value(build_record_query(place, in_trash=in_trash))
        self.sequence_shown = columns_shown
        self.many = len(self.sequence_shown) > MOST_COLUMNS
        self.widths = widths or {}
        self.sized = any(name in self.widths for name in self.sequence_shown)
        self.once = DrawnOnce()
        # As HTML, because each row says its name and its address up to six times.
        self.names = {record.id: join_html([escape_value(record.shown_name)]) for record in data}
        self.addresses = {record.id: join_html([escape_value(record.get_absolute_url())]) for record in data}
        self.words = {name: str(words) for name, words in self.inline_words.items() if name in in_place}
        found = {name: get_custom_field(self._meta.model.table, name) for name in self.sequence_shown}
        self.custom = {name: field for name, field in found.items() if field}
        self.words |= {
            name: get_custom_link_text(field)
            for name, field in self.custom.items()
            # The cell of a link leads to the linked record.
            if name in in_place and not is_link(field)
        }
        self.words = {name: html("{}", words) for name, words in self.words.items()}
        # Instead of django-tables2's own, which copies all columns for each table.
        self.data, self.sort = data, sort
        self.columns = self._get_laid_out_columns(tuple(columns_shown), tuple(self.custom.items()))
        if in_cells and self.may_change:
            self.edits = self._name_edited_columns(in_cells)
            self.icons = (*self.icons, "edit")
            fixed = {record.id: " data-fixed" for record in data if record.id not in may_change}
            self.marks = {pk: f' data-lacks="{" ".join(names)}"' for pk, names in self.lacks.items()} | fixed

    @classmethod
    def _get_laid_out_columns(
        cls, columns_shown: tuple[str, ...], custom: tuple[tuple[str, Any], ...]
    ) -> Any:
        """The columns in order, which are the same for everyone. A custom field is another object once it has changed."""
        key = (cls, columns_shown, custom)
        found = _kept.get(key)
        if found is None:
            extra = [(name, FieldColumn(field=field, spot=name)) for name, field in custom]
            table = cls.__new__(cls)
            Table.__init__(table, [], columns_shown=list(columns_shown), sort="", extra_columns=extra)
            for bound in table.columns:
                column: Any = bound.column
                column.priority = cls.priorities.get(bound.name, column.priority)
                column.hint = cls.hints.get(bound.name, column.hint)
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            found = _kept[key] = table.columns
        return found

    def _name_edited_columns(self, in_cells: Collection[str]) -> str:
        """One text for the script instead of a mark in each cell: "company next:expected_close" are the fields by the
        place of their column, where the two differ."""
        places = {bound.name: bound.column.spot for bound in self.columns if bound.name in in_cells}
        return " ".join(name if place == name else f"{place}:{name}" for name, place in places.items())

    def get_row_name(self, record):
        return self.names[record.id]

    @classmethod
    def get_column_label(cls, name):
        custom = get_custom_field(cls._meta.model.table, name)
        return str(capfirst(str(custom.verbose_name))) if custom else super().get_column_label(name)

    def is_sortable(self, name):
        return name in self.sortable

    def get_cell_renderer(self, name, column):
        draw = super().get_cell_renderer(name, column)
        if (
            isinstance(column, FieldColumn)
            and column.type.has_few_values
            and not hasattr(self, f"render_{name}")
        ):
            draw = draw_once_per_value(column.field.attname, draw)
        if name not in self.words:
            linked = isinstance(column, FieldColumn) and column.type.is_linked
            return partial(column.type.render_linked_cell, column.field) if linked else draw
        attribute = getattr(column, "field", None) and column.field.attname
        return self._wrap_inline(name, attribute, draw)

    def get_inline_url(self, pk: int, field: str) -> str:
        """The URL for editing a value in place, built here because reverse() for each cell of a page takes too long."""
        return f"{self.addresses[pk]}/inline/{field}"

    def _wrap_inline(
        self, name: str, attribute: str | None, draw: Callable[[Any], Any]
    ) -> Callable[[Any], Any]:
        """A value that opens its small form in place: a link, so that it also works without JavaScript."""
        label = self._get_aria_label_parts(name, attribute)
        may_change, names, addresses, lacks = self.may_change, self.names, self.addresses, self.lacks

        def draw_inline_link(record):
            inside, pk = draw(record), record.id
            if pk not in may_change or not inside or name in lacks.get(pk, ()):
                return inside
            # All of this is HTML already.
            before, after = label(record)
            link = f'<a href={addresses[pk]}/inline/{name} aria-label="{before}{names[pk]}{after}">{escape_value(inside)}</a>'
            return join_html([link])

        return draw_inline_link

    def _get_aria_label_parts(self, name: str, attribute: str | None) -> Callable[[Any], tuple[str, str]]:
        """What a link says to screen readers, before and after the record's name. It is put into words once for each
        value of a field, and once for all rows if the value isn't mentioned."""
        words = self.words[name]

        def get_label_parts(record) -> tuple[str, str]:
            return split_at_record(words, value=self.describe_value(record, name))

        if "%(value)s" not in words:
            same = split_at_record(words)
            return lambda record: same
        if not attribute or name in self.custom:
            return get_label_parts
        return draw_once_per_value(attribute, get_label_parts)

    def describe_value(self, record, name: str) -> SafeString:
        """The value in the cell, for screen readers, as HTML."""
        value = getattr(record, name, "")
        if name not in self.custom and (value is None or isinstance(value, Model)):
            # The page has loaded this row, so its label isn't looked up.
            return html("{}", get_row_label(value) if value is not None else _("Unassigned"))
        field = self.custom.get(name) or record._meta.get_field(name)
        drawing = get_field_type(field)
        return html("{}", drawing.format_record_value(field, record) or drawing.none)

    def render_name(self, record):
        pk = record.id
        link = f'"{self.addresses[pk]}{self.query}"' if self.query else self.addresses[pk]
        return join_html(
            [
                f"<span class=lead><a href={link}>{self.names[pk]}</a>"
                f"<small>{escape_value(self.render_below_name(record))}</small></span>"
            ]
        )

    def render_below_name(self, record) -> str:
        """The second line of the cell that names the row."""
        return ""

    def render_id(self, record):
        return html('<span class="number">#{}</span>', record.pk)


def get_custom_link_text(field: Any) -> str:
    """The link text of a custom value, with %(value)s and %(record)s."""
    label = str(field.verbose_name).replace("%", "%%")
    words = {"value": "%(value)s", "record": "%(record)s", "field": label}
    return _("%(value)s: edit %(field)s of %(record)s") % words


def draw_once_per_value(attribute: str, draw: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same drawing, once for each value as it is stored: a country's code, not a new object for each row."""
    drawn: dict[Any, Any] = {}

    def draw_or_reuse(record):
        values = vars(record)
        value = values[attribute] if attribute in values else getattr(record, attribute)
        if value not in drawn:
            drawn[value] = draw(record)
        return drawn[value]

    return draw_or_reuse


def build_record_query(place: str, *, in_trash: bool = False) -> str:
    """The query in the links to the records of a list, which leads back to it."""
    parts = ["trash=1"] * in_trash + [f"{LIST}={quote(place)}"] * bool(place)
    return f"?{'&'.join(parts)}" if parts else ""


def split_at_record(words: str, **values: Any) -> tuple[str, str]:
    """Words with %(record)s, cut there, after the other values are filled in. No text from the database has this mark."""
    before, _mark, after = (words % {"record": "\0", **values}).partition("\0")
    return before, after
