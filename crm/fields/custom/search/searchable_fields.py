"""Custom fields that search finds: their values are among the search words of their records.

The words of a record are the same for everyone who sees it, so only fields that everyone can see are searched. While words
of a field that isn't searched any more are being removed, search compares each record with its present text.
"""

from crm.fields.custom.search.search_triggers import READY, SEARCHABLE
from crm.fields.custom.values.field_registry import get_all_custom_fields
from crm.fields.models.custom_field import CustomField


def is_searched(definition: CustomField) -> bool:
    """Whether search may find the values of a field; the same as WANTED in search_triggers.py."""
    return (
        definition.searched
        and definition.type in SEARCHABLE
        and not (definition.roles or definition.retired or definition.deleted)
    )


def get_final_search_state(definition: CustomField) -> str:
    """What `searched_as` is once the search words are right."""
    return READY if is_searched(definition) else ""


def has_words_to_remove(table: str) -> bool:
    """Whether search words of a record type may contain values that search may not find."""
    return any(
        row.searched_as and not is_searched(row)
        for row in (field.definition for field in get_all_custom_fields(table))
    )
