"""Search: a record must contain every word of a query, or part of it; #123 jumps to a record, 123 also finds it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value

from crm.fields.custom.search.searchable_fields import has_words_to_remove
from crm.fields.search_columns import SearchedRecord
from crm.models import Tag
from crm.platform.sql.expressions import estimate_rows
from crm.platform.sql.functions import WORD_SEPARATORS
from crm.platform.text.country_names import find_country_code
from crm.platform.text.text_folding import fold_text
from crm.platform.web.id_parsing import parse_number
from crm.records.listing.search.linked_name_search import LinkedNames
from crm.records.paging.compiled_statements import HoldsText, SearchedText

LONGEST = 200
MOST_LOOKED_UP_RECORDS = 4_000
VALUE_WORDS = 3
NUMBER = re.compile(r"#\s*(\d{1,19})")


@dataclass(frozen=True)
class Search:
    """The search of one kind: `words` is its table of search words; `public` reads its public ids, if it has any;
    `country` is its field for a country, which is found by its name; `linked` is a link that is found by its name."""

    words: type[SearchedRecord]
    country: str = ""
    tagged: bool = True
    linked: LinkedNames | None = None
    public: Callable[[str], int | None] = lambda text: None

    def parse_id(self, text: str) -> int | None:
        """The id in "#123" or in a public id, or None."""
        text = text.strip()
        match = NUMBER.fullmatch(text)
        return parse_number(match[1]) if match else self.public(text)

    def __call__(self, text: str) -> tuple[Q, bool]:
        """The records that contain all words, including tags; and whether they are certainly few."""
        text = text.strip()[:LONGEST].replace("\0", "")
        if number := self.parse_id(text):
            return Q(pk=number), True
        words = text.split()
        if not words or not _has_terms(text):
            return Q(), False
        condition, few = self._with_words(text)
        values = self._build_value_conditions(words)
        for size in range(1, len(values) + 1):
            for chosen in combinations(values, size):
                condition |= self._with_values(words, values, chosen)
        if whole := self._build_country_condition(text):
            condition |= whole
        if (number := parse_number(text)) is not None:
            condition |= Q(pk=number)
        at_linked, few_linked = self._build_linked_condition(words)
        return condition | at_linked, few and not values and not whole and few_linked

    def build_candidate_condition(self, text: str) -> Q:
        """A condition that each record with this text in a searched field meets; empty if no index can serve it.

        Parts of one or two letters are only found at the start of words, so they are left to the column itself.
        """
        parts = [part for part in re.split(WORD_SEPARATORS, text) if len(fold_text(part)) > 2]
        return self._with_words(" ".join(parts))[0] if parts else Q()

    def build_walk_condition(self, text: str) -> Q:
        """A condition for each row of a walk, without looking anything up; empty where that isn't promising.

        Two words inside names are in many records each, so finding those with both takes 50 ms. Of a few thousand records,
        one page is found sooner by walking along the sort order.
        """
        if self.parse_id(text) or sum(map(bool, re.split(WORD_SEPARATORS, text))) < 2:
            return Q()
        if self._build_linked_condition(text.split())[0] or self._build_country_condition(text):
            return Q()
        found = self._words_queryset(text)
        promising = MOST_LOOKED_UP_RECORDS // 4 < estimate_rows(
            found
        ) <= 2 * MOST_LOOKED_UP_RECORDS and not self._build_value_conditions(text.split())
        return self._build_text_condition(text) if promising else Q()

    def _build_value_conditions(self, words: list[str]) -> dict[str, Q]:
        """Conditions of the first few words that name a tag or a country."""
        found = (
            {word: Q(tags__overlap=ids) for word, ids in _find_tags_by_word(words).items()}
            if self.tagged
            else {}
        )
        for word in words:
            if (
                len(words) > 1
                and len(found) < VALUE_WORDS
                and (condition := self._build_country_condition(word))
            ):
                found[word] = found[word] | condition if word in found else condition
        return found

    def _build_linked_condition(self, words: list[str]) -> tuple[Q, bool]:
        """The records that are linked to one of this name, and whether they are few."""
        found, few = Q(), True
        words_model: Any = self.words
        model = words_model._meta.get_field("record").related_model
        for there, rest in self.linked.build_conditions(words) if self.linked else ():
            condition = there & self._with_words(rest)[0] if rest else there
            ids = list(
                model.objects.filter(condition).values_list("pk", flat=True)[: MOST_LOOKED_UP_RECORDS + 1]
            )
            few = few and len(ids) <= MOST_LOOKED_UP_RECORDS
            found |= Q(pk__any=ids) if len(ids) <= MOST_LOOKED_UP_RECORDS else condition
        return found, few

    def _build_country_condition(self, name: str) -> Q:
        code = find_country_code(name) if self.country else ""
        return Q(**{self.country: code}) if code else Q()

    def _with_values(self, words: list[str], values: dict[str, Q], chosen: tuple[str, ...]) -> Q:
        """Some of the words name a tag or the country of the record, and all others are found in its text."""
        rest = " ".join(word for word in words if word not in chosen)
        condition = Q()
        for word in chosen:
            condition &= values[word]
        return condition & self._with_words(rest)[0] if _has_terms(rest) else condition

    def _with_words(self, text: str) -> tuple[Q, bool]:
        """A word in few records is looked up here, once; for a word in many, each record of a list is checked.

        The planner knows the number well from its statistics, in 1 ms; the index takes 40 ms to find a word in 100,000
        records. If the planner is wrong, the page is just as correct, only slower.
        """
        if estimate_rows(self._words_queryset(text)) <= 2 * MOST_LOOKED_UP_RECORDS:
            few = list(
                self._annotate_rank(self._words_queryset(text), text).values_list("pk", flat=True)[
                    : MOST_LOOKED_UP_RECORDS + 1
                ]
            )
            if len(few) <= MOST_LOOKED_UP_RECORDS:
                return Q(pk__any=few), True
        return self._build_text_condition(text), False

    def _build_text_condition(self, text: str) -> Q:
        """Of each record. While words of a custom field are being removed, more is compared, so the statement isn't kept."""
        searched = SearchedText(text)
        rows = self._words_queryset(searched).filter(record=OuterRef("pk"))
        compared = self._annotate_rank(rows, text)
        return Q(HoldsText(rows, searched) if compared is rows else Exists(compared))

    def _words_queryset(self, text: str) -> QuerySet:
        return self.words.objects.filter(words__hold=text)  # type: ignore[attr-defined]

    def _annotate_rank(self, rows: QuerySet, text: str) -> QuerySet:
        """While words of a custom field are being removed that search may not find, each record is compared once more."""
        words: Any = self.words
        table = words._meta.get_field("record").related_model.table
        if not has_words_to_remove(table):
            return rows
        arguments = (Value(table), F("pk"), Value(text))
        return rows.filter(Func(*arguments, function="leadwell_has_words", output_field=BooleanField()))


def _has_terms(text: str) -> bool:
    return any(re.split(WORD_SEPARATORS, text))


def _find_tags_by_word(words: list[str]) -> dict[str, list[int]]:
    """The tags whose name contains the word, for the first few words that have any."""
    names = {tag.pk: fold_text(tag.name) for tag in Tag.objects.all()}
    found: dict[str, list[int]] = {}
    for word in words:
        ids = [pk for pk, name in names.items() if len(word) > 2 and fold_text(word) in name]
        if ids and len(found) < VALUE_WORDS:
            found[word] = ids
    return found
