"""Suggests a field for each column of a file: by its header, or by its values if the header says nothing.

A header that is known always comes before a guess from values. So a guess gets only a field that no header means, and never pushes
another column to a second email or phone.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.fields.person_name_parts import shows_last_name_first, split_name
from crm.fields.record_labels import is_bare_number
from crm.fields.schemas import WHOLE_NAME
from crm.fields.widgets.link_widgets import get_link_columns
from crm.platform.text.text_folding import fold_text, normalize_heading
from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.cell_evidence import contradicts_header
from crm.transfer.imports.columns.file_columns import (
    OWN_ID,
    TO_DESCRIPTION,
    ColumnContent,
    get_column_targets,
)
from crm.transfer.imports.columns.header_words import SECOND_FIELDS, HeaderCertainty, Headers, get_headers
from crm.transfer.imports.columns.shared_headers import LAST_NAME_FIRST
from crm.transfer.imports.columns.value_suggestion import guess_field_by_values

# A longer name isn't a first name alone.
MOST_FIRST_NAMES = 2
LAST_FIRST = frozenset(LAST_NAME_FIRST.split(", "))
# The headers of last names that people also write above whole names. A Spanish "Apellidos" has two last names.
LOOSE = frozenset(["nume", "nachname", "last name", "lastname", "surname", "cognome", "nom"])
# "Omnia SRL" and "Test 3" are no persons.
NO_PERSON = re.compile(
    r"\d|\b(?:s\.?r\.?l|s\.?a|p\.?f\.?a|gmbh|ag|kg|ltd|llc|inc|plc|kft|s\.?p\.?a|s\.?a\.?s|sarl|b\.?v)\b\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class HeadingMeaning:
    """What a header means, '' for nothing known. `known` says that the header is known, even as one of a column that isn't read."""

    field: str = ""
    surely: HeaderCertainty = HeaderCertainty.VALUES
    place: int = 0
    known: bool = False


def suggest_fields(
    kind: Kind, columns: Sequence[ColumnContent], user: Any, meant: Mapping[str, str] | None = None
) -> list[str]:
    """The field of each column, '' for skipped columns. `meant` are headers of a recognized program, which come first. No field is assigned
    twice. Numbers of other programs are neither IDs nor links."""
    rules = get_rules_class(kind)(kind, user)
    headers, offered = get_headers(kind, user), {name for name, _label in get_column_targets(kind, user)}
    meanings = [_get_heading_meaning(column.heading, headers, meant or {}) for column in columns]
    found = [meaning.field for meaning in meanings]
    silent = [not meaning.known for meaning in meanings]
    for place, column in enumerate(columns):
        if _contradicts_header(kind, found[place], column, rules):
            found[place], column.doubted, silent[place] = "", found[place], True
    links = get_link_columns(kind.resource)
    for place, column in enumerate(columns):
        others = found[place] in links and all(map(is_bare_number, column.texts))
        if found[place] not in offered or others or (found[place] == "id" and not has_product_ids(column)):
            found[place] = ""
    if "id" not in found and "version" in found:
        found[found.index("version")] = ""
    found = assign_each_field_once(
        kind,
        found,
        [_rank_column(meaning, column) for meaning, column in zip(meanings, columns, strict=True)],
    )
    if _is_first_name(found, columns):
        found[found.index(WHOLE_NAME)] = "first_name"
    found = choose_name_columns(kind, found, [column.filled for column in columns])
    if (lone := _find_lone_names(kind, found, columns)) is not None:
        found[lone] = WHOLE_NAME
    for column in columns if rules.splits_names else ():
        column.last_first = is_last_name_first(column.heading, column.texts)
    return _add_guesses(kind, found, columns, silent, offered, rules)


def _get_heading_meaning(heading: str, headers: Headers, meant: Mapping[str, str]) -> HeadingMeaning:
    word = normalize_heading(heading)
    if word in meant:
        return HeadingMeaning(meant[word], HeaderCertainty.PROGRAM, list(meant).index(word), known=True)
    field, surely = headers.find_meaning(heading)
    return HeadingMeaning(field, surely, known=bool(field))


def _rank_column(meaning: HeadingMeaning, column: ColumnContent) -> tuple:
    """The best first: a column with values, the surest header, and the fuller one."""
    return not column.filled, meaning.surely, meaning.place, -column.filled


def _contradicts_header(kind: Kind, name: str, column: ColumnContent, rules: Any) -> bool:
    """Whether the values contradict the header. Other programs have a department of their own: that of a person in their company."""
    if name == "department" and column.filled:
        here = {fold_text(row.name) for row in rules.departments.values()}
        return here.isdisjoint(fold_text(text.strip()) for text in column.texts)
    return contradicts_header(kind, name, column.cells)


def has_product_ids(column: ColumnContent) -> bool:
    """Whether a column of IDs is ours: other programs also number their records."""
    return bool(column.texts) and all(OWN_ID.fullmatch(text.strip()) for text in column.texts)


def assign_each_field_once(kind: Kind, found: Sequence[str], ranks: Sequence[Any]) -> list[str]:
    """If several columns mean a field, the one with the lowest rank gets it; a second email or phone gets its own field."""
    given = list(found)
    for name in dict.fromkeys(found):
        if name == TO_DESCRIPTION:
            # The lines of any number of columns go there.
            continue
        places = sorted(
            (place for place, other in enumerate(found) if other == name), key=lambda place: ranks[place]
        )
        for extra in places[1:]:
            other = SECOND_FIELDS.get(name, "")
            given[extra] = other if other in kind.fields.EXCEL and other not in given else ""
    return given


def _is_first_name(found: Sequence[str], columns: Sequence[ColumnContent]) -> bool:
    """Whether a "Name" beside a last name is the first name, as "Nombre" and "Nome" are: hardly any of its values has a last name."""
    if WHOLE_NAME not in found or "last_name" not in found or "first_name" in found:
        return False
    last_names = {
        word for text in columns[found.index("last_name")].texts for word in fold_text(text).split()
    }
    texts = [fold_text(text).split() for text in columns[found.index(WHOLE_NAME)].texts]
    with_last = sum(not last_names.isdisjoint(words[1:]) or len(words) > MOST_FIRST_NAMES for words in texts)
    return bool(texts and last_names) and with_last <= len(texts) / 10


def choose_name_columns(kind: Kind, found: Sequence[str], filled: Sequence[int]) -> list[str]:
    """A whole name isn't read beside a last name, unless the columns of its parts are empty. A header "Name" next to a first name is the last
    name. `filled` counts the values of each column."""
    given = list(found)
    parts = [place for place, name in enumerate(given) if name in ("first_name", "last_name")]
    if not get_rules_class(kind).splits_names or WHOLE_NAME not in given or not parts:
        return given
    whole = given.index(WHOLE_NAME)
    if filled[whole] and not any(filled[place] for place in parts):
        for place in parts:
            given[place] = ""
    elif "last_name" in given:
        given[whole] = ""
    else:
        given[whole] = "last_name"
    return given


def _find_lone_names(kind: Kind, found: Sequence[str], columns: Sequence[ColumnContent]) -> int | None:
    """The place of a column of last names whose cells have first names too, in a file that has no other column of names. A file that
    was exported from here says exactly what it says."""
    if not get_rules_class(kind).splits_names or not {WHOLE_NAME, "first_name", "id"}.isdisjoint(found):
        return None
    place = found.index("last_name") if "last_name" in found else None
    if place is None or normalize_heading(columns[place].heading) not in LOOSE:
        return None
    texts = columns[place].texts
    people = [text for text in texts if split_name(text, last_first=True)[0] and not NO_PERSON.search(text)]
    return place if len(people) > len(texts) / 2 else None


def is_last_name_first(heading: str, texts: Sequence[str]) -> bool:
    """Whether the whole names of a column begin with the last name: as their capitals show it, else as the header says."""
    shown = shows_last_name_first(texts)
    return normalize_heading(heading) in LAST_FIRST | LOOSE if shown is None else shown


def _add_guesses(
    kind: Kind,
    found: list[str],
    columns: Sequence[ColumnContent],
    silent: Sequence[bool],
    offered: Collection[str],
    rules: Any,
) -> list[str]:
    """The same with the fields that are left, for the columns whose headers say nothing; the fuller columns come first."""
    countries = {str(row.country) for row in rules.departments.values() if row.country}
    for place in sorted(range(len(columns)), key=lambda place: -columns[place].filled):
        column = columns[place]
        if found[place] or not silent[place]:
            continue
        free = {name for name in SECOND_FIELDS.keys() | {"website"} if name in offered}
        name = guess_field_by_values(column.heading, column.cells, free, countries)
        # Without any header, the second column of emails is a second email.
        if name in found and not column.heading:
            name = SECOND_FIELDS.get(name, "")
        if name and name in offered and name not in found:
            found[place] = column.by_values = name
    return found
