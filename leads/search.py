"""Search: every word of a query, or a part of it, must be found in what a lead holds; #123 jumps to the lead, 123 finds it too."""

import re
from itertools import combinations

from django.db.models import Exists, OuterRef, Q

from crm.functions import SPLIT
from crm.sql import expected
from leads.models import LeadSearch, Tag
from leads.models.lead import id_of_public

LONGEST = 200
FEW = 4_000
TAGGED_WORDS = 3
NUMBER = re.compile(r"#\s*(\d{1,18})")


def lead_number(text: str) -> int | None:
    """The id in "#123" or "lead_…", or None."""
    text = text.strip()
    if match := NUMBER.fullmatch(text):
        return int(match[1])
    return id_of_public(text)


def matching(text: str) -> tuple[Q, bool]:
    """The leads in which all words are found, tags included; and whether they are certainly few."""
    text = text.strip()[:LONGEST].replace("\0", "")
    if number := lead_number(text):
        return Q(pk=number), True
    words = text.split()
    if not words or not _has_terms(text):
        return Q(), False
    condition, few = _with_words(text)
    tags = _tags_by_word(words)
    for size in range(1, len(tags) + 1):
        for chosen in combinations(tags, size):
            rest = " ".join(word for word in words if word not in chosen)
            tagged = Q()
            for word in chosen:
                tagged &= Q(tags__overlap=tags[word])
            condition |= tagged & _with_words(rest)[0] if _has_terms(rest) else tagged
    if text.isdecimal() and len(text) < 19:
        condition |= Q(pk=int(text))
    return condition, few and not tags


def _with_words(text: str) -> tuple[Q, bool]:
    """A word that few leads hold is looked up here, once; for one that many hold each lead of a list is asked.

    How many hold it the planner knows well from its statistics, in 1 ms; to be told so by the index takes 40 ms of a
    word in 100,000 leads. Where it is wrong the page is as right, only slower.
    """
    found = LeadSearch.objects.filter(words__hold=text).values_list("pk", flat=True)
    if expected(found) <= 2 * FEW:
        few = list(found[: FEW + 1])
        if len(few) <= FEW:
            return Q(pk__any=few), True
    return Q(Exists(LeadSearch.objects.filter(lead=OuterRef("pk"), words__hold=text))), False


def _has_terms(text: str) -> bool:
    return any(re.split(SPLIT, text))


def _tags_by_word(words: list[str]) -> dict[str, list[int]]:
    """The tags whose name holds the word, for the first few words that have any."""
    names = {tag.pk: tag.name.casefold() for tag in Tag.objects.all()}
    found: dict[str, list[int]] = {}
    for word in words:
        ids = [pk for pk, name in names.items() if len(word) > 2 and word.casefold() in name]
        if ids and len(found) < TAGGED_WORDS:
            found[word] = ids
    return found
