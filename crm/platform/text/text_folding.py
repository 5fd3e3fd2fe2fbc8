"""Text without capitals and marks: in the database, where records are looked up, and in Python for a few words in memory.

PostgreSQL and Python disagree on some letters of Unicode (Katakana with dakuten, Devanagari, Hebrew, Arabic, Greek
capitals). So anything compared with a column is always folded by the database; `plain` is only compared with itself.
"""

import unicodedata
from collections.abc import Iterable

from django.db import connection

LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "ð": "d",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)


def fold_text(text: str) -> str:
    """For sorting and finding labels in memory. Never compare it with a database column."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return letters.translate(LETTERS)


def has_all_words(text: str, label: str) -> bool:
    """Whether each typed word starts a word of the label, ignoring capitals and marks."""
    folded = f" {fold_text(label)}"
    return all(f" {word}" in folded for word in fold_text(text).split())


def fold_texts(
    texts: Iterable[str], *, function: str = "leadwell_fold", length: int | None = None
) -> dict[str, str]:
    """Each text as a key column stores it, cut at `length` characters; all in one query."""
    wanted = list(dict.fromkeys(texts))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT left({function}(text), %s) FROM unnest(%s::text[]) WITH ORDINALITY AS t(text, place) ORDER BY place",
            [length or 2**31 - 1, wanted],
        )
        return dict(zip(wanted, (key for (key,) in cursor.fetchall()), strict=True))


def normalize_heading(heading: str) -> str:
    """A header without case, marks, and punctuation: "E-Mail*" becomes "e mail"."""
    letters = "".join(letter if letter.isalnum() else " " for letter in fold_text(heading))
    return " ".join(letters.split())
