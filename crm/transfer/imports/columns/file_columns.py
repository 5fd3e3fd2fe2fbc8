"""The columns of a file and the fields that they can be mapped to."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import is_edited_by
from crm.fields.schemas import WHOLE_NAME
from crm.fields.types.dates import Day
from crm.fields.types.field_type import get_field_type
from crm.fields.types.numbers import Number
from crm.fields.widgets.value_widgets import get_cell_text, holds_three_decimals, normalize_text
from crm.models import Import
from crm.platform.excel.parsing.day_order import DayOrder
from crm.platform.excel.parsing.number_parsing import (
    guess_decimal_separator,
    guess_thousands_separator,
    parse_amount,
)
from crm.platform.excel.reading.reader import get_cell_value
from crm.platform.text.html_to_text import convert_html_to_text, is_html
from crm.platform.text.text_folding import normalize_heading
from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.column_day_orders import get_day_orders
from crm.transfer.imports.columns.column_guessing import MOST_COUNTED, propose_field_type

# A target that isn't a field: a line in the description, for columns without their own field.
TO_DESCRIPTION = "notes"
# A target that isn't a field: the calling code of the phone in another column.
CALLING_CODE = "calling_code"
# The beginning of a target that is a custom field that the import creates; the place of its column follows.
NEW_FIELD = "new_"
# In a remembered mapping, a column that was only guessed: the next file is guessed from its own values.
ASK = "?"
SAMPLES = 3
# Longer texts are neither numbers nor dates in numbers.
LONGEST_NUMBER = 40
TEXTS = 300

OWN_ID = re.compile(r"#\d{1,18}|lead_\w+")


@dataclass
class ColumnContent:
    """What was seen of a column while reading its rows. `doubted` is the field that its header suggests and its values
    contradict, `guess` the one used until the user chooses, `by_values` the same if only the values suggest it, `sure` says that the user
    has confirmed that one, `told` is the one of an earlier file that isn't offered now. `decimal` is the
    separator of the first number that shows one, `mixed` says that another number shows the other one. `last_first` says that, as whole names, its
    values begin with the last name."""

    heading: str
    filled: int = 0
    kinds: set[str] = field(default_factory=set)
    cells: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    days: DayOrder = field(default_factory=DayOrder)
    decimal: str = ""
    mixed: bool = False
    many: bool = False
    doubted: str = ""
    guess: str = ""
    by_values: str = ""
    sure: bool = False
    told: str = ""
    last_first: bool = False

    def add_cell(self, kind: str, text: str) -> None:
        self.filled += 1
        self.kinds.add(kind)
        if len(self.cells) < TEXTS:
            self.cells.append((kind, text))
        if kind == "s" and len(text) < LONGEST_NUMBER:
            if text[0].isdigit():
                self.days.add_date(text)
            if not self.mixed and ("," in text or "." in text) and (text[0].isdigit() or text[-1].isdigit()):
                found = guess_decimal_separator([text]) or self.decimal
                self.decimal, self.mixed = self.decimal or found, bool(self.decimal) and found != self.decimal
        if text in self.counts or len(self.counts) < MOST_COUNTED:
            self.counts[text] += 1
        else:
            self.many = True

    @property
    def texts(self) -> list[str]:
        return [text for _kind, text in self.cells]

    def as_json(self) -> dict[str, Any]:
        samples = list(dict.fromkeys(text[:60] for text in self.texts))[:SAMPLES]
        return {
            "heading": self.heading,
            "filled": self.filled,
            "kinds": "".join(sorted(self.kinds)),
            "samples": samples,
            "doubted": self.doubted,
            "guess": self.guess,
            "by_values": self.by_values,
            "sure": self.sure,
            "told": self.told,
            "last_first": self.last_first,
            "new": propose_field_type(self.counts, self.kinds, many=self.many),
            **({"mixed": True} if self.mixed else {}),
            **({"days": [self.days.day, self.days.month, self.days.either]} if self.days.has_dates else {}),
        }


def hash_headings(headings: list[str]) -> str:
    return hashlib.sha256("\n".join(normalize_heading(heading) for heading in headings).encode()).hexdigest()


def guess_reading_formats(
    kind: Kind, columns: list[ColumnContent], mapping: list[str], *, english: bool
) -> dict[str, Any]:
    """The date and number formats of the file, as far as it shows them; else those of the user's language. The order of day and
    month is that of each column; one that shows none gets the one of the others."""
    dates, numbers = get_day_columns(kind), get_number_columns(kind)
    by_name = list(zip(columns, mapping, strict=True))
    fields = _get_fields_by_name(kind)
    amounts = [column for column, name in by_name if name in numbers]
    # In a field with three decimals, 12.500 is written so by programs too, such as the export of Leadwell.
    unclear = [
        column for column, name in by_name if name in numbers and not holds_three_decimals(fields[name])
    ]
    # The user may map these to numbers, or create fields for them.
    others = [
        column
        for column, name in by_name
        if (not name or name.startswith(NEW_FIELD)) and _has_amounts(column)
    ]
    decimals = [*_find_decimal_separators(amounts, unclear), *_find_decimal_separators(others, others)]
    orders = get_day_orders([column.days for column in columns], mapping, dates)
    return {
        "day_first": set(orders.values()) != {False},
        "day_orders": orders,
        "decimal": [*decimals, "." if english else ","][0],
        "mixed": [name for column, name in by_name if name in numbers and column.mixed],
    }


def _find_decimal_separators(columns: list[ColumnContent], unclear: list[ColumnContent]) -> list[str]:
    """Those that the columns show, then those that remain beside the separators of thousands that the unclear ones among them have."""
    shown = [column.decimal for column in columns if column.decimal]
    texts = [[text for kind, text in column.cells if kind == "s"] for column in unclear if not column.decimal]
    thousands = [separator for separator in map(guess_thousands_separator, texts) if separator]
    return [*shown, *("," if separator == "." else "." for separator in thousands)]


def _has_amounts(column: ColumnContent) -> bool:
    return bool(column.cells) and all(kind == "s" and _is_amount(text) for kind, text in column.cells)


def _is_amount(text: str) -> bool:
    try:
        parse_amount(text)
    except ValueError:
        return False
    return True


def get_day_columns(kind: Kind) -> list[str]:
    """The columns with days or points in time."""
    return _get_fields_of_type(kind, Day)


def get_number_columns(kind: Kind) -> list[str]:
    return [name for name in _get_fields_of_type(kind, Number) if name not in ("id", "version")]


def _get_fields_of_type(kind: Kind, wanted: type) -> list[str]:
    by_name = _get_fields_by_name(kind)
    return [
        name
        for name in kind.get_listed_names("EXCEL")
        if name in by_name and isinstance(get_field_type(by_name[name]), wanted)
    ]


def _get_fields_by_name(kind: Kind) -> dict[str, Any]:
    fields = [*kind.model._meta.concrete_fields, *kind.get_custom_fields()]
    return {field.name: field for field in fields}


def get_target_heading(kind: Kind, name: str) -> str:
    return _("Name") if name == WHOLE_NAME else kind.get_file_heading(name)


def get_read_only_field_names(kind: Kind, user) -> set[str]:
    """The custom fields that the user sees and may not edit: a file can't write them."""
    return {field.name for field in kind.get_custom_fields(user) if not is_edited_by(field, user)}


def get_column_targets(kind: Kind, user) -> list[tuple[str, str]]:
    """The targets of a column: (field, label), in the order of the form."""
    closed = kind.get_never_imported_columns(user) | get_read_only_field_names(kind, user)
    names = [name for name in kind.get_listed_names("EXCEL", user) if name not in closed]
    whole = [WHOLE_NAME] if get_rules_class(kind).splits_names else []
    lines = [(TO_DESCRIPTION, _("Add to description"))] if get_rules_class(kind).lines_go_to else []
    own = [(name, get_target_heading(kind, name)) for name in (*whole, *names)]
    codes = [(CALLING_CODE, _("Calling code of the phone"))] if "phone" in names else []
    return [("", _("Skip")), *own, *codes, *lines]


def find_correctable_column(imported: Import, rules: ImportRules, name: str) -> int | None:
    """The column where an error can be corrected: fields that only a status requires have no column."""
    whole = {"first_name": (WHOLE_NAME,), "last_name": (WHOLE_NAME,), WHOLE_NAME: ("last_name",)}
    instead = [*(whole.get(name, ()) if rules.splits_names else ()), *rules.get_correcting_fields(name)]
    places = (imported.find_column_index(f"{rules.prefix}{other}") for other in (name, *instead))
    return next((place for place in places if place is not None), None)


def get_description_lines(imported: Import, places: list[int], row: Any) -> list[str]:
    """The row's values in the columns that become lines of the description."""
    texts = [(place, _get_cell_text(row, place)) for place in places]
    return [
        f"{imported.get_heading(place)}: {convert_html_to_text(text) if is_html(text) else text}"
        for place, text in texts
        if text
    ]


def _get_cell_text(row: Any, place: int) -> str:
    if str(place) in row.fixes:
        return normalize_text(row.fixes[str(place)])
    cell = row.cells[place] if place < len(row.cells) else ""
    return get_cell_text(get_cell_value(row.kinds[place] if row.kinds and cell else "s", cell))


def get_mapping_errors(kind: Kind, mapping: list[str], headings: list[str]) -> dict[int, str]:
    """Invalid mappings, by column."""
    found = {}
    for place, name in enumerate(mapping):
        first = mapping.index(name)
        if name not in ("", TO_DESCRIPTION, ASK) and first < place:
            found[place] = _("The column “%(heading)s” is already mapped to this field.") % {
                "heading": headings[first]
            }
        if (
            get_rules_class(kind).splits_names
            and name == WHOLE_NAME
            and {"first_name", "last_name"} & set(mapping)
        ):
            found[place] = _("First and last name are already mapped to other columns.")
    return found
