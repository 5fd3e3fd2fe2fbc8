"""How similar two people or companies are: their names without marks, capitals, legal forms and the order of words.

Similarities are from 0 to 100: the share of letters that both texts have in the same order (the normalized Indel similarity of
RapidFuzz, https://rapidfuzz.github.io/RapidFuzz/Usage/fuzz.html).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

HIGHEST = 100
# Words that say what a company is, not who it is: as folded keys have them, without dots.
LEGAL_FORMS = frozenset(
    [
        "ab",
        "ag",
        "as",
        "asa",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "doo",
        "eood",
        "gmbh",
        "inc",
        "incorporated",
        "kft",
        "kg",
        "limited",
        "llc",
        "llp",
        "ltd",
        "mbh",
        "nv",
        "oo",
        "oy",
        "oyj",
        "plc",
        "pfa",
        "ra",
        "sa",
        "sarl",
        "sas",
        "sc",
        "sca",
        "scs",
        "se",
        "snc",
        "spa",
        "spz",
        "srl",
        "srls",
        "sro",
        "the",
        "und",
        "vof",
        "zoo",
        "zrt",
    ]
)
WORD = re.compile(r"[^\W_]+")
DIGITS = re.compile(r"\d+")


@lru_cache(maxsize=20_000)
def get_name_essence(key: str) -> str:
    """The words of a folded name in order, without legal forms: "sc omnia trade s.r.l." is "omnia trade"."""
    words = WORD.findall(key.replace(".", ""))
    return " ".join(sorted(word for word in words if word not in LEGAL_FORMS) or sorted(words))


@dataclass(frozen=True, slots=True)
class ComparedName:
    """A person at a company, or a company, whose name of a person is ''. `number` is the record."""

    number: int
    name: str
    company: str

    @classmethod
    def from_keys(cls, number: int, name: str, company: str) -> "ComparedName":
        """From folded keys."""
        return cls(number, get_name_essence(name), get_name_essence(company))


def measure_similarity(one: str, other: str, least: float) -> float:
    """Of two essences; 0 below `least`. Different numbers are different names: "Garage 51" isn't "Garage 52"."""
    if one == other:
        return HIGHEST
    if DIGITS.findall(one) != DIGITS.findall(other):
        return 0
    return fuzz.ratio(one, other, score_cutoff=least)


def get_similar_ones(
    one: ComparedName, others: Sequence[ComparedName], least: float, *, by_name: bool
) -> list[tuple[ComparedName, int]]:
    """Those of the others whose name and company are both similar, each with the smaller of the two similarities.

    `by_name` compares the names first, which is faster where the companies are mostly the same.
    """
    first = one.name if by_name else one.company
    texts = [other.name if by_name else other.company for other in others]
    found = []
    for _text, _score, place in process.extract(
        first, texts, scorer=fuzz.ratio, score_cutoff=least, limit=None
    ):
        other = others[place]
        score = min(
            measure_similarity(one.name, other.name, least),
            measure_similarity(one.company, other.company, least),
        )
        if score >= least:
            found.append((other, int(score)))
    return found
