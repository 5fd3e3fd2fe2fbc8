"""Another spelling for a search without results: one word with one letter changed, missing, added or swapped."""

from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any

from django.db import connection

from crm.fields.custom.search.searchable_fields import has_words_to_remove
from crm.platform.text.text_folding import fold_text
from crm.records.kinds.kind_registry import Kind

SHORTEST, LONGEST = 4, 20
# Words of a search that are tried; each takes a few hundred looks into the index of search words.
MOST_WORDS = 3
# Of the records with a word, so many are checked for one that the viewer may see.
MOST_HOLDERS = 1_000


def suggest_spelling(kind: Kind, text: str, viewer: Any) -> str:
    """The search with one word spelled like a word that the viewer can find; '' if there is none."""
    words = text.split()
    if has_words_to_remove(kind.name):
        # The words of others may still be in the index.
        return ""
    for place, word in list(enumerate(words))[:MOST_WORDS]:
        folded = fold_text(word)
        if SHORTEST <= len(folded) <= LONGEST and folded.isalpha() and folded.isascii():
            if _find_first_visible_word(kind, [folded], viewer):
                continue
            if other := _find_first_visible_word(kind, list(generate_spellings(folded)), viewer):
                return " ".join([*words[:place], other, *words[place + 1 :]])
    return ""


def generate_spellings(word: str) -> Iterator[str]:
    """All words at a distance of one, the most frequent mistakes first: letters swapped, doubled or missing, changed."""
    seen = {word}
    for other in _generate_one_letter_edits(word):
        if len(other) >= SHORTEST and other not in seen:
            seen.add(other)
            yield other


def _generate_one_letter_edits(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
    for place in range(len(word)):
        for letter in ascii_lowercase:
            yield word[:place] + letter + word[place + 1 :]
    for place in range(len(word) + 1):
        for letter in ascii_lowercase:
            yield word[:place] + letter + word[place:]


def _find_first_visible_word(kind: Kind, words: list[str], viewer: Any) -> str:
    """The first of these words that a record visible to the viewer has, as a whole word; '' if none has."""
    records: Any = kind.model.objects
    for word, holders in _find_existing_words(kind, words):
        if records.present().visible_to(viewer).filter(pk__in=holders).exists():
            return word
    return ""


def _find_existing_words(kind: Kind, words: list[str]) -> list[tuple[str, list[int]]]:
    """The words that there are, in the same order, each with some of the records that have it.

    Who sees them is asked afterwards: in one query, PostgreSQL would read the whole table for each word, which took 79 s
    with a million leads.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT word, ARRAY(SELECT record_id FROM {kind.search.words._meta.db_table}
                                   WHERE words @@ quote_literal(word)::tsquery LIMIT {MOST_HOLDERS})
                FROM unnest(%s::text[]) WITH ORDINALITY AS tried(word, place) ORDER BY place""",
            [words],
        )
        return [(word, holders) for word, holders in cursor.fetchall() if holders]
