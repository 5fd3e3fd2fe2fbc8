"""Another spelling for a search without results: one word with one letter changed, missing, added or swapped."""

from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any

from django.db import connection

from crm.records.folding import plain
from crm.records.kinds import Kind

SHORTEST, LONGEST = 4, 20
# Words of a search that are tried; each takes a few hundred looks into the index of search words.
MOST_WORDS = 3


def suggestion(kind: Kind, text: str, viewer: Any) -> str:
    """The search with one word spelled like a word that the viewer can find; '' if there is none."""
    words = text.split()
    for place, word in list(enumerate(words))[:MOST_WORDS]:
        folded = plain(word)
        if SHORTEST <= len(folded) <= LONGEST and folded.isalpha() and folded.isascii():
            if _found(kind, [folded], viewer):
                continue
            if other := _found(kind, list(spellings(folded)), viewer):
                return " ".join([*words[:place], other, *words[place + 1 :]])
    return ""


def spellings(word: str) -> Iterator[str]:
    """All words at a distance of one, the most frequent mistakes first: letters swapped, doubled or missing, changed."""
    seen = {word}
    for other in _edited(word):
        if len(other) >= SHORTEST and other not in seen:
            seen.add(other)
            yield other


def _edited(word: str) -> Iterator[str]:
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


def _found(kind: Kind, words: list[str], viewer: Any) -> str:
    """The first of these words that a record visible to the viewer has, as a whole word; '' if none has."""
    records: Any = kind.model.objects
    seen, parameters = records.present().visible_to(viewer).values("pk").query.sql_with_params()
    table = kind.search.words._meta.db_table
    sql = f"""
        SELECT word FROM unnest(%s::text[]) WITH ORDINALITY AS tried(word, place)
        WHERE EXISTS (
            SELECT FROM (SELECT record_id FROM {table} WHERE words @@ quote_literal(word)::tsquery LIMIT 200) AS holders
            WHERE record_id IN ({seen})
        )
        ORDER BY place LIMIT 1"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [words, *parameters])
        row = cursor.fetchone()
    return row[0] if row else ""
