"""Names of people, in one text or in two."""

from collections.abc import Iterable

# Words that begin a last name and aren't one, in lower case: "van der Berg", "de la Cruz" (the list of the tussenvoegsels,
# of Romance and German prepositions and articles, and of Arabic and Hebrew patronymics).
PARTICLES = frozenset(
    [
        "aan",
        "af",
        "al",
        "auf",
        "av",
        "aus",
        "bin",
        "bint",
        "ben",
        "ibn",
        "d'",
        "da",
        "dal",
        "dalla",
        "das",
        "de",
        "degli",
        "dei",
        "del",
        "dela",
        "dell",
        "della",
        "den",
        "der",
        "des",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "in",
        "la",
        "las",
        "le",
        "les",
        "lo",
        "los",
        "mac",
        "op",
        "'t",
        "'s",
        "ten",
        "ter",
        "te",
        "thoe",
        "tot",
        "und",
        "van",
        "vom",
        "von",
        "voor",
        "y",
        "zu",
        "zum",
        "zur",
    ]
)
# What follows a last name: generations, degrees, and the letters after a name.
SUFFIXES = frozenset(
    ["jr", "sr", "jnr", "snr", "ii", "iii", "iv", "phd", "ph.d", "md", "m.d", "mba", "cpa", "esq", "dds"]
)

# Titles, which stay before the first name.
TITLES = frozenset(["dr", "prof", "ing", "mag", "dipl", "mr", "mrs", "ms"])


def split_name(whole: str, *, turned: bool = True, last_first: bool = False) -> tuple[str, str]:
    """First and last name: "Popescu, Ana" and "Ana Popescu" are both Ana Popescu. "Anna van der Berg" has the last name
    van der Berg, "John Smith Jr." the last name Smith Jr. With `last_first`, "Popescu Ana" is Ana Popescu.

    Programs expect to read a name back as they sent it, so their names aren't `turned`: they are split at the last
    space.
    """
    if not turned:
        first, _space, last = whole.rpartition(" ")
        return first.strip(), last
    last, comma, first = (" ".join(part.split()) for part in whole.partition(","))
    if comma and first and last:
        words = first.replace(",", " ").split()
        if all(map(_is_suffix, words)):
            return _split_at_last_name(last.split(), suffix=words)
        given = sorted((word for word in words if not _is_suffix(word)), key=lambda word: not _is_title(word))
        return " ".join(given), " ".join([last, *(word for word in words if _is_suffix(word))])
    words = whole.replace(",", " ").split()
    end = len(words)
    while end > 2 and _is_suffix(words[end - 1]):
        end -= 1
    if last_first:
        return _split_behind_last_name(words[:end], suffix=words[end:])
    return _split_at_last_name(words[:end], suffix=words[end:])


def shows_last_name_first(texts: Iterable[str]) -> bool | None:
    """Whether most of these names have their last name in capitals, and where: first in "POPESCU Ion", last in "Ion POPESCU".
    None if the capitals don't show it."""
    first = last = total = 0
    for text in texts:
        words = [word for word in text.split() if not _is_title(word) and not _is_suffix(word)]
        if len(words) < 2 or "," in text:
            continue
        total += 1
        capitals = _count_capitals(words)
        if 0 < capitals < len(words):
            first += 1
        elif not capitals and _is_in_capitals(words[-1]):
            last += 1
    return True if first > total / 2 else False if last > total / 2 else None


def _count_capitals(words: list[str]) -> int:
    """How many words at the beginning are in capitals."""
    return next((place for place, word in enumerate(words) if not _is_in_capitals(word)), len(words))


def _is_in_capitals(word: str) -> bool:
    """A single letter is an initial."""
    return word.isupper() and sum(map(str.isalpha, word)) > 1


def _split_behind_last_name(words: list[str], *, suffix: list[str]) -> tuple[str, str]:
    """The last name is the first word with the particles before it, or all words in capitals. Titles belong to the first name."""
    titles = [word for word in words if _is_title(word)]
    names = [word for word in words if not _is_title(word)]
    end = _count_capitals(names)
    if not 0 < end < len(names):
        end = 1
        while end < len(names) - 1 and names[end - 1].casefold() in PARTICLES:
            end += 1
    return " ".join([*titles, *names[end:]]), " ".join([*names[:end], *suffix])


def _split_at_last_name(words: list[str], *, suffix: list[str]) -> tuple[str, str]:
    """The last name is the last word, with the particles before it."""
    start = len(words) - 1
    for place in range(len(words) - 1):
        if _begins_last_name(words, place):
            start = place
            break
    return " ".join(words[: max(start, 0)]), " ".join([*words[max(start, 0) :], *suffix])


def _begins_last_name(words: list[str], place: int) -> bool:
    """A particle in capitals can also be a given name, such as Van: it counts only before another particle."""
    word, after = words[place], words[place + 1]
    if word.casefold() not in PARTICLES:
        return False
    return word.islower() or after.casefold() in PARTICLES


def _is_title(word: str) -> bool:
    return word.casefold().strip(".,") in TITLES


def _is_suffix(word: str) -> bool:
    return word.casefold().strip(".,") in SUFFIXES
