"""What the cells of a column show: whether they fit the header's meaning, and whether a row of them is a header at all."""

import re
from copy import copy
from typing import Any

from crm.fields.widgets.text_widgets import EmailCell, PhoneCell
from crm.fields.widgets.value_widgets import CellWidget, DateCell, NumberCell, YesNoCell
from crm.platform.excel.parsing.date_parsing import YEAR_FIRST, YEAR_LAST
from crm.platform.excel.reading.cell_links import LinkedText
from crm.platform.excel.reading.reader import Row, get_cell_value
from crm.records.kinds.kind_registry import Kind

# How many rows are searched for the header.
HEAD_ROWS = 20
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Phone formats that can't be other numbers.
SURE_PHONE = re.compile(r"(?:\+|0|\()(?:[\s()./-]*\d){6,19}")
# Fewer values than this prove nothing: their errors are shown at the cells.
ENOUGH = 5
# The sites whose pages are never a website of their own.
SOCIAL = re.compile(
    r"(?:^|[/.])(?:linkedin|facebook|fb|instagram|twitter|x|xing|youtube|tiktok|t|wa|threads|pinterest|github|vk)\.(?:com|me|net|ru)(?:/|$)",
    re.IGNORECASE,
)
# What a column with the header of a field has instead in the files of some programs: "Mr." is no job title, and the profile of a
# person is no website.
HONORIFIC = re.compile(
    r"(?:(?:mr|mrs|ms|miss|mx|sir|dr|prof|ing|herr|frau|m|mme|mlle|sr|sra|dl|dna|d-na|dra)\b\.?\s*)+",
    re.IGNORECASE,
)
PROFILE = re.compile(r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/(?:in|pub|company)/\S*", re.IGNORECASE)
INSTEAD = {"title": HONORIFIC, "website": PROFILE}
# Cell types that reject values of other types.
TELLING = (DateCell, NumberCell, YesNoCell, EmailCell, PhoneCell)


def find_header_position(rows: list[Row]) -> int | None:
    """The position of the header among the first rows: the first row that is nearly as wide as the widest and all text.

    None if it looks like the rows below, with an email address, a phone, or a date.
    """
    widths = [sum(1 for text in cells if text.strip()) for _number, _kinds, cells in rows]
    wide = [place for place, width in enumerate(widths) if width >= 0.6 * max(widths)]
    found = next((place for place in wide if _has_only_texts(rows[place])), 0)
    if not contains_data(rows[found]):
        return found
    # A header may also contain numbers, such as years.
    return next((place for place in wide if place < found and not contains_data(rows[place])), None)


def _has_only_texts(row: Row) -> bool:
    _number, kinds, cells = row
    return all(kinds[place : place + 1] in ("", "s", "q") for place, text in enumerate(cells) if text.strip())


def contains_data(row: Row) -> bool:
    """Whether the row contains what no header does: an email address, a phone, or a date."""
    _number, kinds, cells = row
    patterns = (EMAIL, SURE_PHONE, YEAR_FIRST, YEAR_LAST)
    return bool({"d", "t"} & set(kinds)) or any(
        pattern.fullmatch(text.strip()) for text in cells for pattern in patterns
    )


def contradicts_header(kind: Kind, name: str, cells: list[tuple[str, str]]) -> bool:
    """Whether most of these cells can't be read as values of the field, or say what another field would."""
    if name in INSTEAD:
        texts = [text.strip() for _letter, text in cells if text.strip()]
        return sum(bool(INSTEAD[name].fullmatch(text)) for text in texts) > len(texts) / 2
    column = kind.resource.fields.get(name)
    widget = column and column.widget
    if not isinstance(widget, TELLING):
        return False
    values = [get_cell_value(letter, text) for letter, text in cells if letter not in ("e", "f", "q")]
    said = [value for value in values if value != "" and not widget.is_null_value(value)]
    wrong = sum(not _can_read(widget, value) for value in said)
    return len(said) >= ENOUGH and wrong > len(said) / 2


def _can_read(widget: CellWidget, value: Any) -> bool:
    """In any order of day and month, with any decimal separator."""
    if isinstance(value, LinkedText) and widget.get_text_from_link(str(value), value.target):
        return True
    if isinstance(widget, PhoneCell):
        return any(letter.isdecimal() for letter in str(value))
    for day_first, decimal in ((True, "."), (False, ",")):
        reader = copy(widget)
        reader.prepare(None, day_first=day_first, decimal=decimal)
        try:
            reader.read(value)
        except ValueError:
            continue
        return True
    return False
