"""Finding activities by the words of their texts: on the page of a record, for a program, and for the palette."""

import re
from dataclasses import dataclass, replace
from typing import Any

from crm.models import Activity
from crm.platform.sql.expressions import estimate_rows
from crm.platform.sql.functions import WORD_SEPARATORS
from crm.platform.text.text_folding import fold_text
from crm.records.kinds.kind_registry import KINDS
from crm.records.paging.index_walk import ADDED, Walk
from crm.work.models.activity import build_words_condition

LONGEST = 200
# Up to FEW are looked up by the index, unless the planner is sure of many more; of more, the newest are compared one by one.
MOST_LOOKED_UP_ACTIVITIES = 4_000
MOST_IN_INDEX = 200_000
ROWS_COMPARED = 24_000
WORDS_WEIGHED = 5
SHORTEST = 3
BEFORE, AROUND = 30, 110


def normalize_query(text: str) -> str:
    """What to search for; '' if the text has no words."""
    text = " ".join(text.replace("\0", "").split())[:LONGEST]
    return text if any(re.split(WORD_SEPARATORS, text)) else ""


def filter_walk_by_words(walk: Walk, text: str) -> Walk:
    """The same, only with the activities whose text has these words."""
    if rare := get_rare_words(text):
        found = Activity.objects.present().with_words(rare)
        ids = list(found.values_list("pk", flat=True)[: MOST_LOOKED_UP_ACTIVITIES + 1])
        if len(ids) <= MOST_LOOKED_UP_ACTIVITIES:
            judged = walk.judged if rare == text else walk.judged & build_words_condition(text)
            return replace(
                walk, rows=walk.rows.filter(pk__any=ids), judged=judged, most=MOST_LOOKED_UP_ACTIVITIES
            )
    if walk.order != ADDED:
        return replace(walk, judged=walk.judged & build_words_condition(text))
    return replace(walk, rows=walk.rows.with_words(text), window=ROWS_COMPARED)


def get_rare_words(text: str) -> str:
    """The words that the index finds quickly: for a word that most notes have, it would collect all of them, even if
    another word leaves only a few."""
    words = [word for word in text.split() if any(re.split(WORD_SEPARATORS, word))]
    longest = sorted(words, key=len)[-WORDS_WEIGHED:]
    rows = Activity.objects.present()
    rare = {word for word in longest if estimate_rows(rows.with_words(word)) <= MOST_IN_INDEX}
    return " ".join(word for word in words if word in rare)


@dataclass(frozen=True)
class FoundNote:
    """An activity with the text around the first word that was found, and its record."""

    activity: Activity
    record: Any
    around: str


def find_newest_activities(text: str, user: Any, most: int) -> list[FoundNote]:
    """The newest activities with these words, of records that the user sees and that aren't in Trash."""
    text = normalize_query(text)
    if len(text) < SHORTEST:
        return []
    walk = filter_walk_by_words(
        Walk(Activity.objects.present(), Activity.scope.build_listed_condition(user)), text
    )
    ids, _place = walk.read_page(most, None)
    rows = {row.pk: row for row in Activity.objects.filter(pk__any=ids)}
    found = [rows[pk] for pk in ids]
    records = _get_records_by_key(found)
    return [
        FoundNote(row, records[row.of, row.record], extract_excerpt(row.text, text))
        for row in found
        if (row.of, row.record) in records
    ]


def _get_records_by_key(rows: list[Activity]) -> dict[tuple[str, int], Any]:
    """The records of these activities, one query for each type."""
    found: dict[tuple[str, int], Any] = {}
    for table in sorted({row.of for row in rows}):
        ids = [row.record for row in rows if row.of == table]
        found |= {(table, record.pk): record for record in KINDS[table].model.objects.filter(pk__any=ids)}
    return found


def extract_excerpt(text: str, words: str) -> str:
    """The part of a text with the first of these words."""
    text = " ".join(text.split())
    place = max(fold_text(text).find(fold_text(words.split()[0])), 0)
    start = max(place - BEFORE, 0)
    end = start + AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
