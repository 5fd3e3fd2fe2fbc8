"""Search by the name of a linked record: "Omnia" finds the people of the company Omnia, and so does "Ana Omnia".

The linked records are found first, so a name counts from the moment it is changed, and no other row is written for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from crm.fields.search_columns import SearchedRecord
from crm.platform.sql.expressions import estimate_rows

# A name that more linked records have finds none of them: most records would be linked to one.
MOST = 2_000
# How many words of a query can be those of the record itself, beside the name.
OWN_WORDS = 3


@dataclass(frozen=True)
class LinkedNames:
    """`field` is the link, `words` the table of search words of the linked kind, whose names have a folded key."""

    field: str
    words: type[SearchedRecord]

    def build_conditions(self, words: list[str]) -> Iterator[tuple[Q, str]]:
        """The records linked to one of a name, with the other words of the query, which must be in the record itself."""
        for name, own in split_name_and_rest(words):
            if ids := self._find_ids_by_name(name):
                yield Q(**{f"{self.field}__id__any": ids}), " ".join(own)

    def _find_ids_by_name(self, name: list[str]) -> list[int]:
        """The ids of the linked records with all these words in their name; none if there are too many."""
        rows = self.words.objects.filter(words__hold=" ".join(name))  # type: ignore[attr-defined]
        if estimate_rows(rows) > 2 * MOST:
            return []
        words: Any = self.words
        key = words._meta.get_field("record").related_model._meta.get_field("name_key")
        for word in name:
            rows = rows.filter(record__name_key__contains=key.build_key_expression(word))
        ids = list(rows.values_list("pk", flat=True)[: MOST + 1])
        return ids if len(ids) <= MOST else []


def split_name_and_rest(words: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The words of a name, and the other words: before or after the name."""
    yield words, []
    for own in range(1, min(len(words), OWN_WORDS + 1)):
        yield words[own:], words[:own]
        yield words[:-own], words[-own:]
