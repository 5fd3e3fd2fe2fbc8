"""Texts: lines, prose, e-mail addresses, phone numbers, websites."""

from typing import Any
from urllib.parse import quote

from django.db.models import Field, Index, Q
from django.db.models.functions import Left
from django.utils.html import format_html

from crm.excel.widgets import EmailCell
from crm.fields.filters import Contains
from crm.fields.type import FieldType, sort_index
from crm.records.segments import Ordered
from crm.templatetags.look import clip

# How many characters of a text of many lines a row of a list begins with.
BEGINNING = 200


class Line(FieldType):
    """A line of text that lists do not sort by."""

    def filter(self, field):
        return Contains(label=field.verbose_name, column=str(field.column))


class Code(Line):
    """A text that sorts by itself, letter by letter: a postcode, the code of a language."""

    def sort(self, field):
        return Ordered(self.column(field), empty=Q(**{self.column(field): ""}))

    def index(self, field, name) -> Index:
        column = self.column(field)
        return sort_index(name, column, filled=~Q(**{column: ""}))


class Text(Code):
    """A text that people sort: by its key, in which capitals and marks do not count."""

    def column(self, field):
        return f"{field.column}_key"

    def filter(self, field):
        return Contains(label=field.verbose_name, column=self.column(field), folded=True)


class Email(Text):
    width = 30

    def fact(self, field, record):
        address = getattr(record, field.name)
        return format_html('<a class="link" href="mailto:{}">{}</a>', quote(address, safe="@"), address)

    def widget(self, field):
        return EmailCell(field)


class Phone(Code):
    """As it was typed; it sorts and is found by its normal form, +40722123456, beside it."""

    width = 20

    def column(self, field):
        return f"{field.column}_normal"

    def fact(self, field, record):
        number = getattr(record, field.name)
        return format_html('<a class="link" href="tel:{}">{}</a>', quote(number, safe="+"), number)

    def searched_columns(self, field):
        return [field.column, self.column(field)]

    def search_sql(self, field, row):
        column = f'{row}."{field.column}"'
        return f"""regexp_replace({column}, '\\D', '', 'g'), {row}."{self.column(field)}\""""


class Website(Code):
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
