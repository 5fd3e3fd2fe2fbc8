"""Maps the columns of a file: by the user's earlier choice, else by the header unless the values contradict it, else by
the content."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.custom.fields import is_edited_by
from crm.excel.day_order import DayOrder
from crm.excel.linked import links_of
from crm.excel.numbers import looks_decimal
from crm.excel.plain_text import is_html, plain_text
from crm.excel.read import value_of
from crm.excel.widgets import text_of, tidy
from crm.fields.dates import Day
from crm.fields.numbers import Number
from crm.fields.type import type_of
from crm.imports.day_orders import orders_of
from crm.imports.evidence import EMAIL, contradicted
from crm.imports.guessing import MOST_COUNTED, proposal
from crm.imports.rules import WHOLE_NAME, ImportRules
from crm.imports.words import bare, field_by_word
from crm.models import Import
from crm.records.kinds import Kind
from crm.records.named import is_bare_number

# A target that isn't a field: a line in the description, for columns without their own field.
TO_DESCRIPTION = "notes"
# A target that isn't a field: the calling code of the phone in another column.
CALLING_CODE = "calling_code"
# The beginning of a target that is a custom field that the import creates; the place of its column follows.
NEW_FIELD = "new_"
SAMPLES = 3
# Longer texts are neither numbers nor dates in numbers.
LONGEST_NUMBER = 40
TEXTS = 300

OWN_ID = re.compile(r"#\d{1,18}|lead_\w+")
PHONE = re.compile(r"\+?[\d\s()./-]{7,25}")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass
class Seen:
    """What was seen of a column while reading its rows. `doubted` is the field that its header suggests and its values
    contradict, `guess` the one used until the user chooses, `told` the one of an earlier file that isn't offered now."""

    heading: str
    filled: int = 0
    kinds: set[str] = field(default_factory=set)
    cells: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    days: DayOrder = field(default_factory=DayOrder)
    decimal: str = ""
    many: bool = False
    doubted: str = ""
    guess: str = ""
    told: str = ""

    def see(self, kind: str, text: str) -> None:
        self.filled += 1
        self.kinds.add(kind)
        if len(self.cells) < TEXTS:
            self.cells.append((kind, text))
        if kind == "s" and len(text) < LONGEST_NUMBER:
            if text[0].isdigit():
                self.days.see(text)
            if (
                not self.decimal
                and ("," in text or "." in text)
                and (text[0].isdigit() or text[-1].isdigit())
            ):
                self.decimal = looks_decimal([text]) or ""
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
            "told": self.told,
            "new": proposal(self.counts, self.kinds, many=self.many),
            **({"days": [self.days.day, self.days.month, self.days.either]} if self.days.matters else {}),
        }


def signature(headings: list[str]) -> str:
    return hashlib.sha256("\n".join(bare(heading) for heading in headings).encode()).hexdigest()


def guess(kind: Kind, columns: list[Seen], user, meant: dict[str, str] | None = None) -> list[str]:
    """The field of each column, '' for skipped columns. `meant` are headers of a recognized program, which come first. No field is assigned twice. Numbers of other programs are neither
    IDs nor links."""
    known, closed = (
        field_by_word(kind, user) | (meant or {}),
        kind.never_read(user) | names_closed(kind, user),
    )
    links = links_of(kind.resource)
    found = [known.get(bare(column.heading), "") for column in columns]
    for place, column in enumerate(columns):
        if contradicted(kind, found[place], column.cells):
            found[place], column.doubted = "", found[place]
    found = [
        _by_content(kind, column)
        if not field and column.filled and bare(column.heading) not in (meant or {})
        else field
        for column, field in zip(columns, found, strict=True)
    ]
    for place, column in enumerate(columns):
        others = found[place] in links and all(map(is_bare_number, column.texts))
        if found[place] in closed or others or (found[place] == "id" and not _own_ids(column)):
            found[place] = ""
    if "id" not in found and "version" in found:
        found[found.index("version")] = ""
    return _each_once(kind, found, columns)


def _by_content(kind: Kind, column: Seen) -> str:
    for field_name, pattern in (("email", EMAIL), ("website", ADDRESS), ("phone", PHONE)):
        if field_name not in kind.fields.EXCEL:
            continue
        if column.texts and sum(bool(pattern.fullmatch(text.strip())) for text in column.texts) > 0.8 * len(
            column.texts
        ):
            # Seven-digit numbers may be anything; only values formatted as phones count.
            if field_name == "phone" and not any(re.search(r"[+()\s]|^0", text) for text in column.texts):
                continue
            return field_name
    return ""


def _own_ids(column: Seen) -> bool:
    """Whether a column of IDs is ours: other programs also number their leads."""
    return bool(column.texts) and all(OWN_ID.fullmatch(text.strip()) for text in column.texts)


def _each_once(kind: Kind, found: list[str], columns: list[Seen]) -> list[str]:
    """If two columns match a field, the fuller one gets it; a second email or phone gets its own field."""
    second = {"email": "second_email", "phone": "mobile"}
    for name, count in Counter(found).items():
        if name in ("", TO_DESCRIPTION) or count == 1:
            continue
        places = sorted(
            (place for place, other in enumerate(found) if other == name), key=lambda p: -columns[p].filled
        )
        for extra in places[1:]:
            other = second.get(name, "")
            found[extra] = other if other in kind.fields.EXCEL and other not in found else ""
    if not kind.imports.splits_names:
        return found
    # A "Name" header next to a first name is the last name.
    if WHOLE_NAME in found and "first_name" in found and "last_name" not in found:
        found[found.index(WHOLE_NAME)] = "last_name"
    if WHOLE_NAME in found and "last_name" in found:
        found[found.index(WHOLE_NAME)] = ""
    return found


def reading_of(kind: Kind, columns: list[Seen], mapping: list[str], *, english: bool) -> dict[str, Any]:
    """The date and number formats of the file, as far as it shows them; else those of the user's language. The order of day and
    month is that of each column; one that shows none gets the one of the others."""
    dates, numbers = days_of(kind), numbers_of(kind)
    by_name = list(zip(columns, mapping, strict=True))
    decimals = [column.decimal for column, name in by_name if name in numbers and column.decimal]
    orders = orders_of([column.days for column in columns], mapping, dates)
    return {
        "day_first": set(orders.values()) != {False},
        "day_orders": orders,
        "decimal": [*decimals, "." if english else ","][0],
    }


def days_of(kind: Kind) -> list[str]:
    """The columns with days or points in time."""
    return _of_type(kind, Day)


def numbers_of(kind: Kind) -> list[str]:
    return [name for name in _of_type(kind, Number) if name not in ("id", "version")]


def _of_type(kind: Kind, wanted: type) -> list[str]:
    by_name: dict[str, Any] = {field.name: field for field in kind.model._meta.concrete_fields}
    by_name |= {field.name: field for field in kind.custom()}
    return [
        name
        for name in kind.listed("EXCEL")
        if name in by_name and isinstance(type_of(by_name[name]), wanted)
    ]


def heading_of_target(kind: Kind, name: str) -> str:
    return _("Name") if name == WHOLE_NAME else kind.resource.heading(kind, name)


def names_closed(kind: Kind, user) -> set[str]:
    """The custom fields that the user sees and may not edit: a file can't write them."""
    return {field.name for field in kind.custom(user) if not is_edited_by(field, user)}


def targets(kind: Kind, user) -> list[tuple[str, str]]:
    """The targets of a column: (field, label), in the order of the form."""
    closed = kind.never_read(user) | names_closed(kind, user)
    names = [name for name in kind.listed("EXCEL", user) if name not in closed]
    whole = [WHOLE_NAME] if kind.imports.splits_names else []
    lines = [(TO_DESCRIPTION, _("Add to description"))] if kind.imports.lines_go_to else []
    own = [(name, heading_of_target(kind, name)) for name in (*whole, *names)]
    codes = [(CALLING_CODE, _("Calling code of the phone"))] if "phone" in names else []
    return [("", _("Skip")), *own, *codes, *lines]


def column_of(imported: Import, rules: ImportRules, name: str) -> int | None:
    """The column where an error can be corrected: fields that only a status requires have no column."""
    whole = {"first_name": (WHOLE_NAME,), "last_name": (WHOLE_NAME,), WHOLE_NAME: ("last_name",)}
    instead = [*(whole.get(name, ()) if rules.splits_names else ()), *rules.place_of(name)]
    places = (imported.place_of(other) for other in (name, *instead))
    return next((place for place in places if place is not None), None)


def lines_of(imported: Import, places: list[int], row: Any) -> list[str]:
    """The row's values in the columns that become lines of the description."""
    texts = [(place, _text_of_cell(row, place)) for place in places]
    return [
        f"{imported.heading(place)}: {plain_text(text) if is_html(text) else text}"
        for place, text in texts
        if text
    ]


def _text_of_cell(row: Any, place: int) -> str:
    if str(place) in row.fixes:
        return tidy(row.fixes[str(place)])
    cell = row.cells[place] if place < len(row.cells) else ""
    return text_of(value_of(row.kinds[place] if row.kinds and cell else "s", cell))


def mistakes(kind: Kind, mapping: list[str], headings: list[str]) -> dict[int, str]:
    """Invalid mappings, by column."""
    found = {}
    for place, name in enumerate(mapping):
        first = mapping.index(name)
        if name and name != TO_DESCRIPTION and first < place:
            found[place] = _("The column “%(heading)s” is already mapped to this field.") % {
                "heading": headings[first]
            }
        if kind.imports.splits_names and name == WHOLE_NAME and {"first_name", "last_name"} & set(mapping):
            found[place] = _("First and last name are already mapped to other columns.")
    return found
