"""Texts: lines, prose, e-mail addresses, phone numbers, websites."""

from typing import Any, ClassVar
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.db.models import Field, Index, Q
from django.db.models.functions import Left
from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.excel.widgets import EmailCell, PhoneCell
from crm.fields.filters import Contains
from crm.fields.type import FieldType, sort_index
from crm.records.segments import Ordered
from crm.templatetags.look import clip

# How many characters of a text of many lines a row of a list begins with.
BEGINNING = 200
# The end of the name of a key column (crm/fields/columns.py).
KEY = "_key"


def one_line(text: str) -> str:
    """The text. Raises ValidationError where it has several lines: a name never does, but the rest of a file has."""
    if "\n" in text or "\r" in text:
        raise ValidationError(_("Remove the line breaks."))
    return text


class Line(FieldType):
    """A line of text. `sorted_by` is what its column for sorting ends in: '' is the column itself, None does not sort."""

    sorted_by: ClassVar[str | None] = None

    def column(self, field):
        return f"{field.column}{self.sorted_by or ''}"

    def sort(self, field):
        if self.sorted_by is None:
            return None
        return Ordered(self.column(field), empty=Q(**{self.column(field): ""}))

    def index(self, field, name) -> Index | None:
        column = self.column(field)
        return None if self.sorted_by is None else sort_index(name, column, filled=~Q(**{column: ""}))

    def filter(self, field):
        folded = self.sorted_by == KEY
        column = self.column(field) if folded else str(field.column)
        return Contains(label=field.verbose_name, column=column, folded=folded)


class Code(Line):
    """A text that sorts by itself, letter by letter: a postcode, the code of a language."""

    sorted_by = ""


class Text(Line):
    """A text that people sort: by its key, in which capitals and marks do not count."""

    sorted_by = KEY


class Email(Line):
    sorted_by = KEY
    width = 30

    def fact(self, field, record):
        address = getattr(record, field.name)
        return format_html('<a class="link" href="mailto:{}">{}</a>', quote(address, safe="@"), address)

    def widget(self, field):
        return EmailCell(field)


class Phone(Line):
    """As it was typed; it sorts and is found by its normal form, +40722123456, beside it."""

    sorted_by = "_normal"
    width = 20

    def widget(self, field):
        return PhoneCell(field)

    def fact(self, field, record):
        number = getattr(record, field.name)
        return format_html('<a class="link" href="tel:{}">{}</a>', quote(number, safe="+"), number)

    def searched_columns(self, field):
        return [field.column, self.column(field)]

    def search_sql(self, field, row):
        column = f'{row}."{field.column}"'
        return f"""regexp_replace({column}, '\\D', '', 'g'), {row}."{self.column(field)}\""""


class Website(Line):
    sorted_by = ""
    width = 26


class Prose(FieldType):
    """A text of many lines."""

    width = 50

    def text(self, field, value, reader=None):
        return "" if not value else str(value)

    def cell(self, field, record):
        return clip(getattr(record, f"{field.name}_begins"))

    def fact(self, field, record) -> Any:
        return getattr(record, field.name)

    def needed(self, field: Field) -> list[str]:
        return []

    def annotated(self, field):
        """Only the beginning is fetched: a whole text may be longer than the page."""
        return {f"{field.name}_begins": Left(field.name, BEGINNING)}

    def filter(self, field):
        return Contains(label=field.verbose_name, column=str(field.column))
