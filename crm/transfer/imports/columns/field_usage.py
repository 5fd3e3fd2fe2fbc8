"""The remembered columns of files that a field is used by."""

from collections import Counter

from django.utils.translation import ngettext

from crm.fields.schemas import Schema
from crm.models import ImportMapping
from crm.templatetags.look import number


def get_mappings(schema: Schema) -> dict[str, str]:
    """How many mappings name each field, in words; fields without any are missing."""
    rows = ImportMapping.objects.of_kind(schema.name)
    found = Counter(name for mapping in rows for name in set(mapping))
    return {name: words_of_mappings(count) for name, count in found.items()}


def words_of_mappings(count: int) -> str:
    words = ngettext("%(number)s import mapping", "%(number)s import mappings", count)
    return words % {"number": number(count)}
