"""Cells with texts: names, descriptions, email addresses and phones, read as a person would."""

import re
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.translation import gettext as _

from crm.fields.types.websites import get_website_url
from crm.fields.widgets.value_widgets import (
    CellReading,
    CellWidget,
    get_cell_text,
    normalize_text,
    validate_value,
)
from crm.platform.excel.parsing.emails_and_phones import split_emails, split_phones
from crm.platform.excel.reading.cell_links import get_linked_emails, get_linked_phone, get_linked_website
from crm.platform.text.email_addresses import tidy_email
from crm.platform.text.html_to_text import convert_html_to_text, is_html

# A text of more lines or characters isn't a name with a line break in it.
MOST_LINES, MOST_CHARACTERS = 3, 300
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


class TextCell(CellWidget):
    """A text validated by its model field. A long one that Excel may have truncated is never written back."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        if field.get_internal_type() == "TextField":
            self.rendering = normalize_text

    def clean(self, value, row=None, **keywords):
        return validate_value(self.field, get_cell_text(value))

    def read(self, value):
        try:
            return CellReading(self.clean(value))
        except ValueError:
            text = join_lines_if_short(get_cell_text(value))
            if not text:
                raise
            return CellReading(self.clean(text), (_("Line breaks replaced by spaces"),))


def join_lines_if_short(text: str) -> str:
    """A text of a few short lines as one; '' for others, such as the rest of a file in one cell."""
    lines = text.splitlines()
    return " ".join(text.split()) if 1 < len(lines) <= MOST_LINES and len(text) <= MOST_CHARACTERS else ""


class ProseCell(TextCell):
    """A text of several lines, without the HTML of another program."""

    def read(self, value):
        text = get_cell_text(value)
        if not is_html(text):
            return CellReading(self.clean(value))
        return CellReading(self.clean(convert_html_to_text(text)), (_("HTML removed"),))


class EmailCell(TextCell):
    def clean(self, value, row=None, **keywords):
        return tidy_email(super().clean(value))

    def read(self, value):
        text = get_cell_text(value)
        return _build_reading_of_several(text, split_emails(text), self.clean)

    def get_text_from_link(self, text, target):
        return "" if can_read(self, text) else get_linked_emails(target)


class PhoneCell(TextCell):
    """A phone number. A spreadsheet that opens a CSV file turns it into a number, without its + and leading zeros."""

    def clean(self, value, row=None, **keywords):
        text = super().clean(value)
        if SHORTENED.fullmatch(text):
            raise ValueError(_("A spreadsheet shortened this number. Enter all of its digits."))
        return text

    def read(self, value):
        text = get_cell_text(value)
        return _build_reading_of_several(text, split_phones(text), self.clean)

    def get_text_from_link(self, text, target):
        return "" if any(map(str.isdecimal, text)) else get_linked_phone(target)

    def is_only_reformatted(self, now, shown):
        if now == shown or len(shown) < 6 or not shown.isdecimal():
            return False
        digits = "".join(letter for letter in now if letter.isdecimal())
        return shown.lstrip("0") == digits.lstrip("0")


class WebsiteCell(TextCell):
    """Any text may be saved as a website; an address is read even if its cell leads to another one."""

    def get_text_from_link(self, text, target):
        return "" if get_website_url(text) else get_linked_website(target)


def can_read(widget: CellWidget, text: str) -> bool:
    """Whether a text is a value of the field."""
    try:
        return bool(widget.read(text).value)
    except (ValueError, ValidationError):
        return False


def _build_reading_of_several(text: str, found: list[str], clean: Callable[[str], str]) -> CellReading:
    """The first of several values, with the others."""
    if found == [text]:
        return CellReading(clean(text))
    if not found:
        return CellReading("")
    first, *others = (clean(one) for one in found)
    if others:
        return CellReading(first, (_("Several values in one cell"),), tuple(others))
    return CellReading(first, (_("Only the address or number kept"),))
