"""Texts: lines, long texts, email addresses, phone numbers, websites."""

from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Field, Index, Q
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from crm.fields.conditions import operators
from crm.fields.conditions.field_filters import Contains
from crm.fields.sort_segments import ColumnSort
from crm.fields.types.field_type import FieldType, build_sort_index
from crm.fields.types.websites import get_website_url
from crm.fields.widgets.text_widgets import EmailCell, PhoneCell, ProseCell, WebsiteCell
from crm.platform.web.phone_links import build_dial_url
from crm.platform.web.rendering.address_breaks import render_breakable
from crm.platform.web.rendering.html_building import html

# How many characters of a long text a list row shows.
BEGINNING = 200
# The suffix of a key column (crm/fields/model_fields.py).
KEY = "_key"


def one_line(text: str) -> str:
    """The text. Raises ValidationError for several lines, such as the rest of a file pasted as a name."""
    if "\n" in text or "\r" in text:
        raise ValidationError(_("Remove the line breaks."))
    return text


class Line(FieldType):
    """A line of text. `sorted_by` is the suffix of its sort column: '' is the column itself, None doesn't sort."""

    sorted_by: ClassVar[str | None] = None

    def get_sort_column(self, field):
        return f"{field.column}{self.sorted_by or ''}"

    def build_sort(self, field):
        if self.sorted_by is None:
            return None
        return ColumnSort(self.get_sort_column(field), empty=Q(**{self.get_sort_column(field): ""}))

    def build_sort_index(self, field, name) -> Index | None:
        column = self.get_sort_column(field)
        return None if self.sorted_by is None else build_sort_index(name, column, filled=~Q(**{column: ""}))

    def get_key_column(self, field):
        return field.model._meta.get_field(self.get_sort_column(field)) if self.sorted_by == KEY else None

    def build_filter(self, field):
        folded = self.sorted_by == KEY
        column = self.get_sort_column(field) if folded else str(field.column)
        return Contains(label=field.verbose_name, column=column, folded=folded)

    def get_operators(self, field):
        return operators.TEXT_OPERATORS


class Code(Line):
    """A text that sorts by itself, letter by letter: a postal code, a language code."""

    sorted_by = ""
    code = True


class Text(Line):
    """A sortable text, sorted by its key, which ignores capitals and marks."""

    sorted_by = KEY


class Email(Line):
    sorted_by = KEY
    width = 30

    def render_fact(self, field, record):
        address = getattr(record, field.name)
        return html(
            '<a class="link" href="mailto:{}">{}</a>', quote(address, safe="@"), render_breakable(address)
        )

    def widget(self, field):
        return EmailCell(field)


class Phone(Line):
    """Shown as typed; sorted and found by its normalized form, +40722123456, in another column."""

    is_linked = True
    sorted_by = "_normal"
    width = 20

    def widget(self, field):
        return PhoneCell(field)

    def render_fact(self, field, record):
        number = getattr(record, field.name)
        return html('<a class="link" href="{}" data-dial>{}</a>', build_dial_url(number), number)

    def render_linked_cell(self, field, record):
        number = getattr(record, field.name)
        if not number:
            return ""
        # A telephone address needs no quotes, which fifty rows would repeat.
        return html(
            '<a href="{}">{}</a>' if settings.DIALER else "<a href={}>{}</a>", build_dial_url(number), number
        )

    def get_operators(self, field):
        return operators.PHONE

    def get_searched_columns(self, field):
        return [field.column, self.get_sort_column(field)]

    def search_sql(self, field, row):
        column = f'{row}."{field.column}"'
        return f"""regexp_replace({column}, '\\D', '', 'g'), {row}."{self.get_sort_column(field)}\""""


class Website(Line):
    sorted_by = ""
    width = 26

    def widget(self, field):
        return WebsiteCell(field)

    def render_fact(self, field, record):
        text = getattr(record, field.name)
        url = get_website_url(text)
        if not url:
            return super().render_fact(field, record)
        words = render_breakable(text)
        return html('<a class="link" href="{}" rel="noopener noreferrer">{}</a>', url, words)


class Prose(FieldType):
    """A text of several lines."""

    width = 50

    def format_value(self, field, value, reader=None):
        return "" if not value else str(value)

    def widget(self, field):
        return ProseCell(field)

    def render_cell(self, field, record):
        return getattr(record, f"{field.name}_begins")

    def render_fact(self, field, record) -> Any:
        return getattr(record, field.name)

    def get_only_paths(self, field: Field) -> list[str]:
        return []

    def get_list_annotations(self, field):
        """Only the beginning is fetched: a whole text may be longer than the page."""
        return {f"{field.name}_begins": Left(field.name, BEGINNING)}

    def build_filter(self, field):
        return Contains(label=field.verbose_name, column=str(field.column))

    def get_operators(self, field):
        return operators.TEXT_OPERATORS


class ItemCount(Prose):
    """A list or an object that history shows by how many items it has, because their own words depend on more than the value. `words` are
    those of ngettext_lazy by "number"."""

    def __init__(self, words: Any) -> None:
        self.words = words

    def parse_recorded_value(self, field, recorded):
        return recorded

    def format_value(self, field, value, reader=None):
        return self.words % {"number": len(value or ())}
