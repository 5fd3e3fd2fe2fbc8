"""Merge fields in templates: {first_name} becomes the first name of the record, {first_name|there} has a fallback.

Other programs write {{first_name}}, and so do people who know them and texts that come from there: it is the same field.

There is a fixed list of them, and nothing else in a template means anything, so no template can read more than its user sees
on the page.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "first_name": _("first name"),
    "last_name": _("last name"),
    "name": _("name"),
    "company": _("company"),
    "owner": _("owner"),
    "me": _("your name"),
}
PLACE = re.compile(r"(?P<twice>\{(?=\{))?\{\s*(?P<name>\w+)\s*(?:\|(?P<fallback>[^{}\n]*))?\}(?(twice)\})")
# Nothing but a merge field has two braces, so a name of any characters is meant as one; {a b} may be the style of a page.
TWICE = re.compile(r"\{\{\s*([^\s{}|][^{}|\n]*?)\s*(?:\|[^{}\n]*)?\}\}")
# What Markdown would read as more than a character; also what makes a line a heading, a list or a quote.
MARKUP = re.compile(r"([\\`*_\[\]<>~|])")
LINE_START = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)]))")


def find_names(text: str) -> set[str]:
    """What stands where the name of a merge field is expected."""
    return {place["name"] for place in PLACE.finditer(text)} | set(TWICE.findall(text))


def find_unknown_fields(text: str) -> list[str]:
    """The names in a template that aren't merge fields."""
    return sorted(find_names(text) - set(FIELDS))


def get_merge_values(record: Any, user: Any) -> dict[str, str]:
    """The values of the merge fields for a record and the user who writes."""
    owner = getattr(record, "owner", None)
    return {
        "first_name": getattr(record, "first_name", ""),
        "last_name": getattr(record, "last_name", ""),
        "name": str(record),
        "company": str(getattr(record, "company", None) or _get_company_name(record)),
        "owner": owner.name if owner else "",
        "me": user.name,
    }


def _get_company_name(record: Any) -> str:
    """The company that a request names, or the name of a company itself."""
    return getattr(record, "company_name", "") or getattr(record, "name", "")


def fill_merge_fields(text: str, values: dict[str, str], *, escape: bool = True) -> str:
    """The template with these values; an empty one becomes its fallback, or the text around it closes up. In Markdown, values
    are only text."""

    def get_value(place: re.Match[str]) -> str:
        if place["name"] not in FIELDS:
            return place[0]
        value = " ".join(values[place["name"]].split())
        if not value:
            return place["fallback"] or ""
        return escape_markdown(value) if escape else value

    pieces, end = [], 0
    for place in PLACE.finditer(text):
        pieces += [text[end : place.start()], get_value(place)]
        end = place.end()
    pieces.append(text[end:])
    return join_closed_up(pieces, {number for number in range(1, len(pieces), 2) if not pieces[number]})


def escape_markdown(value: str) -> str:
    marked = MARKUP.sub(r"\\\1", value)
    started = LINE_START.match(marked)
    if not started:
        return marked
    if started[2].isdigit():
        # "1. Name" would begin a list.
        return f"{marked[: started.end()]}\\{marked[started.end() :]}"
    return f"{started[1]}\\{marked[started.start(2) :]}"


SPACES = " \t\u00a0"
# As many characters around a field are looked at.
NEAR = 300
TAGS = r"(?:</?(?:a|b|code|em|i|s|small|strong|sub|sup|u)(?:\s[^<>]*)?>)*"
IN_LINE = re.compile(TAGS.removesuffix("*"))
BEFORE = re.compile(rf"(?P<comma>,?)[{SPACES}]+(?P<tags>{TAGS})\Z")
AFTER = re.compile(rf"(?P<tags>{TAGS})(?:,[{SPACES}]*|[{SPACES}]+)?")
# A tag or a line end ends what belongs together.
BREAK = re.compile(r"[>\n]")
CLOSING = ",.;:!?)"


def join_closed_up(pieces: Sequence[str], empty: Collection[int]) -> str:
    """The text of these pieces: fields at the odd places, and what is written around them at the even ones. It closes up around the
    fields that are `empty`, by their places."""
    texts = list(pieces)
    if not empty:
        return "".join(texts)
    later = [""] * (len(texts) + 1)
    for place in reversed(range(len(texts))):
        later[place] = (texts[place][:NEAR] + later[place + 1])[:NEAR]
    earlier = ""
    for place in range(1, len(texts), 2):
        if place in empty:
            around = texts[place - 1], texts[place + 1]
            texts[place - 1], texts[place + 1] = close_up(earlier, *around, later[place + 2])
        earlier = (earlier + texts[place - 1] + texts[place])[-NEAR:]
    return "".join(texts)


def close_up(earlier: str, before: str, after: str, later: str) -> tuple[str, str]:
    """The texts right before and after an empty field, without a space or comma too many. What comes `earlier` and `later`
    is only looked at."""
    line = BREAK.split(IN_LINE.sub("", (earlier + before)[-NEAR:]))[-1]
    following = IN_LINE.sub("", (after + later)[:NEAR])[:1]
    if not any(map(str.isalpha, line)):
        # Nothing of the line is left of it, except for the mark of a list or a quote.
        return before, AFTER.sub(lambda found: found["tags"], after, count=1)
    found = BEFORE.search(before)
    ends = following in ("", "\n", "<", *CLOSING)
    if not found or not (ends or following in SPACES):
        return before, after
    comma = "" if ends else found["comma"]
    return before[: found.start()] + comma + found["tags"], after
