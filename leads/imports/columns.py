"""Which column of a file is what: guessed by its head, then by its content; what a user once chose goes before."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.excel.dates import looks_day_first
from crm.excel.numbers import looks_decimal
from leads import fields
from leads.excel import NEVER_READ, ONLY_FOR_NEW, heading_of
from leads.imports.words import bare, field_by_word

# Targets beside the fields: a whole name, and a line of the description for what has no field of its own.
WHOLE_NAME, TO_DESCRIPTION = "name", "notes"
SAMPLES = 3
TEXTS = 300
HEAD_ROWS = 20

OWN_ID = re.compile(r"#\d{1,18}|lead_\w+")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"\+?[\d\s()./-]{7,25}")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass
class Seen:
    """What was seen of a column while its rows went by."""

    heading: str
    filled: int = 0
    kinds: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    def see(self, kind: str, text: str) -> None:
        self.filled += 1
        self.kinds.add(kind)
        if len(self.texts) < TEXTS:
            self.texts.append(text)

    def as_json(self) -> dict[str, Any]:
        samples = list(dict.fromkeys(text[:60] for text in self.texts))[:SAMPLES]
        return {
            "heading": self.heading,
            "filled": self.filled,
            "kinds": "".join(sorted(self.kinds)),
            "samples": samples,
        }


def head_of(rows: list[tuple[int, str, list[str]]]) -> int:
    """The place of the head among the first rows: the first that is nearly as wide as the widest, and all of texts."""
    widths = [sum(1 for text in cells if text.strip()) for _number, _kinds, cells in rows]
    for place, (_number, kinds, cells) in enumerate(rows):
        texts = [
            text
            for position, text in enumerate(cells)
            if text.strip() and kinds[position : position + 1] in ("", "s")
        ]
        if widths[place] >= 0.6 * max(widths) and len(texts) == widths[place]:
            return place
    return 0


def signature(headings: list[str]) -> str:
    return hashlib.sha256("\n".join(bare(heading) for heading in headings).encode()).hexdigest()


def guess(columns: list[Seen]) -> list[str]:
    """The field of each column, '' for those that are left out. No field is given twice."""
    known = field_by_word()
    found = [known.get(bare(column.heading), "") for column in columns]
    found = [
        _by_content(column) if not field and column.filled else field
        for column, field in zip(columns, found, strict=True)
    ]
    for place, column in enumerate(columns):
        if found[place] in NEVER_READ or (found[place] == "id" and not _own_ids(column)):
            found[place] = ""
    if "id" not in found and "version" in found:
        found[found.index("version")] = ""
    return _each_once(found, columns)


def _by_content(column: Seen) -> str:
    for field_name, pattern in (("email", EMAIL), ("website", ADDRESS), ("phone", PHONE)):
        if column.texts and sum(bool(pattern.fullmatch(text.strip())) for text in column.texts) > 0.8 * len(
            column.texts
        ):
            # Numbers of seven digits may be anything; only what people write as a phone is one.
            if field_name == "phone" and not any(re.search(r"[+()\s]|^0", text) for text in column.texts):
                continue
            return field_name
    return ""


def _own_ids(column: Seen) -> bool:
    """Whether a column of ids is ours: other programs number their leads too."""
    return bool(column.texts) and all(OWN_ID.fullmatch(text.strip()) for text in column.texts)


def _each_once(found: list[str], columns: list[Seen]) -> list[str]:
    """Of two columns for a field the fuller one has it; a second e-mail or phone finds its own place."""
    second = {"email": "second_email", "phone": "mobile"}
    for name, count in Counter(found).items():
        if not name or count == 1:
            continue
        places = sorted(
            (place for place, other in enumerate(found) if other == name), key=lambda p: -columns[p].filled
        )
        for extra in places[1:]:
            found[extra] = second[name] if name in second and second[name] not in found else ""
    # A head "Name" beside a first name is the last name.
    if WHOLE_NAME in found and "first_name" in found and "last_name" not in found:
        found[found.index(WHOLE_NAME)] = "last_name"
    if WHOLE_NAME in found and "last_name" in found:
        found[found.index(WHOLE_NAME)] = ""
    return found


def reading_of(columns: list[Seen], mapping: list[str], *, english: bool) -> dict[str, Any]:
    """How dates and numbers of the file are written, as far as they tell; else as the user's language has it."""
    dates = [
        text for column, name in zip(columns, mapping, strict=True) if name in DATES for text in column.texts
    ]
    numbers = [
        text
        for column, name in zip(columns, mapping, strict=True)
        if name == "value"
        for text in column.texts
    ]
    day_first, decimal = looks_day_first(dates), looks_decimal(numbers)
    return {
        "day_first": True if day_first is None else day_first,
        "decimal": decimal or ("." if english else ","),
    }


DATES = ["next_action_on", *ONLY_FOR_NEW]


def heading_of_target(name: str) -> str:
    return _("Name") if name == WHOLE_NAME else heading_of(name)


def targets() -> list[tuple[str, str]]:
    """What a column can go to: (field, label), in the order of the form."""
    names = [name for name in fields.EXCEL if name not in NEVER_READ]
    own = [(name, heading_of_target(name)) for name in (WHOLE_NAME, *names)]
    return [("", _("Leave out")), *own, (TO_DESCRIPTION, _("Line of the description"))]


def mistakes(mapping: list[str], headings: list[str]) -> dict[int, str]:
    """What cannot be so, by the place of the column."""
    found = {}
    for place, name in enumerate(mapping):
        first = mapping.index(name)
        if name and name != TO_DESCRIPTION and first < place:
            found[place] = _("The column “%(heading)s” goes there already.") % {"heading": headings[first]}
        if name == WHOLE_NAME and {"first_name", "last_name"} & set(mapping):
            found[place] = _("First and last name come from other columns.")
    return found
