"""The list of one record type: names that open records, values that are edited in place."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.custom.fields import field_named
from crm.records.names import label_of_row
from crm.records.tables import FieldColumn, Table
from crm.web.markup import escaped, html, joined

# As many fit into a wide window.
MOST_COLUMNS = 10


class RecordTable(Table):
    """The list of one record type. `may_change` are the ids on the page that the viewer may change, `in_place` the
    fields that they may edit in a row; only those show an inline edit. `query` is the list's URL query, which the
    links to its records carry along; `sortable` are the columns that sort. If all records are the reader's `own`, a
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
        may_change: Collection[int] = (),
        in_place: Collection[str] = (),
        query: str = "",
        sortable: Collection[str] = (),
        own: bool = False,
        widths: Mapping[str, int] | None = None,
        **keywords,
    ) -> None:
        self.own = own
        self.may_change, self.in_place, self.sortable = may_change, in_place, sortable
        self.query = f"?list={quote(query)}" if query else ""
        self.sequence_shown = keywords["columns_shown"]
        self.many = len(self.sequence_shown) > MOST_COLUMNS
        self.widths = widths or {}
        self.sized = any(name in self.widths for name in self.sequence_shown)
        self.drawn: dict[tuple, Any] = {}
        # As HTML, because each row says its name and its address up to six times.
        self.names = {record.pk: joined([escaped(record.shown_name)]) for record in data}
        self.addresses = {record.pk: joined([escaped(record.get_absolute_url())]) for record in data}
        self.words = {name: str(words) for name, words in self.inline_words.items() if name in in_place}
        found = {name: field_named(self._meta.model.table, name) for name in self.sequence_shown}
        self.custom = {name: field for name, field in found.items() if field}
        self.words |= {name: words_of_custom(self.custom[name]) for name in self.custom if name in in_place}
        self.words = {name: html("{}", words) for name, words in self.words.items()}
        extra = [(name, FieldColumn(field=field, spot=name)) for name, field in self.custom.items()]
        super().__init__(data, extra_columns=extra, **keywords)
        for bound in self.columns:
            column: Any = bound.column
            column.priority = self.priorities.get(bound.name, column.priority)
            column.hint = self.hints.get(bound.name, column.hint)

    def name_of(self, record):
        return self.names[record.pk]

    @classmethod
    def label_of(cls, name):
        custom = field_named(cls._meta.model.table, name)
        return str(capfirst(str(custom.verbose_name))) if custom else super().label_of(name)

    def is_sortable(self, name):
        return name in self.sortable

    def once(self, *key, draw: Callable[[], Any]):
        if key not in self.drawn:
            self.drawn[key] = draw()
        return self.drawn[key]

    def drawing(self, name, column):
        draw = super().drawing(name, column)
        if isinstance(column, FieldColumn) and column.type.few and not hasattr(self, f"render_{name}"):
            draw = partial(self._once_a_value, name, column.field.attname, draw)
        if name not in self.words:
            return draw
        attribute = getattr(column, "field", None) and column.field.attname
        return partial(self._inline, name, attribute, draw)

    def _once_a_value(self, name: str, attribute: str, draw: Callable[[Any], Any], record):
        return self.once(name, stored(record, attribute), draw=lambda: draw(record))

    def inline_address(self, pk: int, field: str) -> str:
        """The URL for editing a value in place, built here because reverse() for each cell of a page takes too long."""
        return f"{self.addresses[pk]}/inline/{field}"

    def _inline(self, name: str, attribute: str | None, draw: Callable[[Any], Any], record):
        """A value that opens its small form in place: a link, so that it also works without JavaScript."""
        inside, pk = draw(record), record.pk
        if pk not in self.may_change or not inside:
            return inside
        # All of this is HTML already.
        label = self.words[name] % {
            "value": self.value_in_words(record, name, attribute),
            "record": self.names[pk],
        }
        return joined(
            [f'<a href="{self.inline_address(pk, name)}" aria-label="{label}">{escaped(inside)}</a>']
        )

    def value_in_words(self, record, name: str, attribute: str | None) -> SafeString:
        """The value in the cell, for screen readers, as HTML. A field's value is put into words once."""

        def words() -> SafeString:
            value = getattr(record, name, "")
            if name in self.custom:
                return html("{}", self.custom[name].type.text(self.custom[name], value))
            return html("{}", label_of_row(value) if value is not None else _("Unassigned"))

        if not attribute or name in self.custom:
            return words()
        return self.once("words", name, stored(record, attribute), draw=words)

    def render_name(self, record):
        return html(
            '<span class="lead"><a href="{}{}">{}</a><small>{}</small></span>',
            self.addresses[record.pk],
            self.query,
            self.names[record.pk],
            self.below_name(record),
        )

    def below_name(self, record) -> str:
        """The second line of the cell that names the row."""
        return ""

    def render_id(self, record):
        return html('<span class="number">#{}</span>', record.pk)


def words_of_custom(field: Any) -> str:
    """The link text of a custom value, with %(value)s and %(record)s."""
    label = str(field.verbose_name).replace("%", "%%")
    words = {"value": "%(value)s", "record": "%(record)s", "field": label}
    return _("%(value)s: edit %(field)s of %(record)s") % words


def stored(record: Any, attribute: str) -> Any:
    """The value as it is stored: a country's code, not a new object for each row."""
    values = vars(record)
    return values[attribute] if attribute in values else getattr(record, attribute)
