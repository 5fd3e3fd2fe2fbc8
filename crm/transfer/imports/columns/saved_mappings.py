"""Named mappings: how a user mapped the columns of a file before, offered again by its headers and by name."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext

from crm.fields.schemas import WHOLE_NAME, Schema
from crm.models import Import, ImportMapping
from crm.platform.text.text_folding import normalize_heading
from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.templatetags.look import number
from crm.transfer.imports.columns.file_columns import (
    ASK,
    NEW_FIELD,
    TO_DESCRIPTION,
    get_mapping_errors,
    hash_headings,
)

# How many are offered by name, most recently used first.
OFFERED = 30


def get_headings(imported: Import) -> list[str]:
    return [column["heading"] for column in imported.columns]


def find_mapping_by_headings(kind: Kind, user, headings: list[str]) -> ImportMapping | None:
    """The last mapping used for a file with exactly these headers. Files without headers never match."""
    if not any(headings):
        return None
    found = (
        ImportMapping.objects.of_user(user, kind.name)
        .with_heads(hash_headings(headings))
        .last_used_first()
        .first()
    )
    return None if found and get_mapping_errors(kind, found.mapping, headings) else found


def get_offered_mappings(kind: Kind, user) -> list[ImportMapping]:
    return list(ImportMapping.objects.of_user(user, kind.name).last_used_first()[:OFFERED])


def get_chosen_mapping(kind: Kind, user, number: str) -> ImportMapping | None:
    """The mapping with this number, if it belongs to the user."""
    return ImportMapping.objects.of_user(user, kind.name).filter(pk=parse_number(number)).first()


def apply_saved_mapping(saved: ImportMapping, imported: Import) -> list[str]:
    """Apply its fields to the columns of another file, by header; unknown columns keep their guesses."""
    left = defaultdict(list)
    for heading, field in zip(saved.headings, saved.mapping, strict=False):
        left[normalize_heading(heading)].append(None if field == ASK else field)
    headings = [normalize_heading(heading) for heading in get_headings(imported)]
    mapping = [left[heading].pop(0) if left[heading] else None for heading in headings]
    given = set(mapping)
    for place, guessed in enumerate(imported.mapping):
        if mapping[place] is None:
            mapping[place] = "" if guessed in given and guessed != TO_DESCRIPTION else guessed
    return [field or "" for field in mapping]


def get_guessed_mapping(imported: Import) -> list[str]:
    """The guessed fields, before choices made for another file were applied."""
    pairs = zip(imported.columns, imported.mapping, strict=True)
    return [column.get("guess", field) for column, field in pairs]


def find_name_order(
    mapping: Sequence[str], last_first: Sequence[bool], chosen: Mapping[str, Any]
) -> bool | None:
    """Whether whole names begin with the last name: as chosen before, else as the column shows it (`last_first`, by place). None without
    such a column."""
    if WHOLE_NAME not in mapping:
        return None
    before = chosen.get("last_name_first")
    return last_first[mapping.index(WHOLE_NAME)] if before is None else before


def get_applied_mapping(imported: Import) -> ImportMapping | None:
    """The mapping of an earlier file with these headers that this import started with, not the one saved for this
    import itself."""
    known = find_mapping_by_headings(KINDS[imported.table], imported.user, get_headings(imported))
    return known if known and known.used_at < imported.at else None


def is_unconfirmed_guess(column: dict[str, Any], name: str) -> bool:
    """Whether only the values of a column say that it has this field, and the user hasn't confirmed it.

    Confirmed is what the user has chosen: another field, or the same one with the box beside it. Importing the file confirms nothing. Whoever
    overlooks a wrong guess imports it too, and from then on it would be a fact that no page mentions; a right one that nobody confirms only
    is guessed again.
    """
    return bool(name) and name == column.get("by_values") and not column.get("sure")


def get_mapping_to_remember(imported: Import) -> list[str]:
    """The mapping for the next file with these headers. A field that the import creates is known by its key once the plan is applied."""
    found = []
    for column, name in zip(imported.columns, imported.mapping, strict=True):
        created = "" if name.startswith(NEW_FIELD) else name
        found.append(ASK if is_unconfirmed_guess(column, name) else created)
    return found


def add_confirmations(imported: Import, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Its columns, with the boxes of the form beside those that were guessed."""
    places = enumerate(imported.columns)
    return [column | {"sure": bool(data.get(f"sure_{place}"))} for place, column in places]


def get_confirmed_places(saved: ImportMapping, imported: Import) -> list[int]:
    """The columns whose guessed field this mapping has confirmed, by place."""
    fields = dict(zip(map(normalize_heading, saved.headings), saved.mapping, strict=False))
    return [
        place
        for place, column in enumerate(imported.columns)
        if column.get("by_values") and fields.get(normalize_heading(column["heading"])) == column["by_values"]
    ]


def write_mapping(imported: Import, name: str) -> None:
    """Save the mapping under this name, replacing the user's mapping of the same name."""
    headings = get_headings(imported)
    ImportMapping.objects.update_or_create(
        user=imported.user,
        table=imported.table,
        name=name,
        defaults={
            "signature": hash_headings(headings),
            "headings": headings,
            "mapping": get_mapping_to_remember(imported),
            "options": imported.options,
            "used_at": timezone.now(),
        },
    )


def get_mappings(schema: Schema) -> dict[str, str]:
    """How many mappings name each field, in words; fields without any are missing."""
    rows = ImportMapping.objects.of_kind(schema.name)
    found = Counter(name for mapping in rows for name in set(mapping))
    return {name: format_mapping_count(count) for name, count in found.items()}


def format_mapping_count(count: int) -> str:
    words = ngettext("%(number)s import mapping", "%(number)s import mappings", count)
    return words % {"number": number(count)}
